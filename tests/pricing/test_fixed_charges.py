"""Units of fixed charges: what a period has, what it costs, what more of them cost at once (02 §8)."""

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.billing_periods import Terms
from lago.pricing.fees import fee_amounts
from lago.pricing.fixed_charges import (
    BilledTime,
    Quantity,
    UnitsEntry,
    added_amounts,
    fixed_price,
    less_what_was_paid,
    next_period_starts,
    period_ahead,
    quantity,
    relevant_entries,
    share_from,
)
from lago.pricing.local_time import dawn
from tests.pricing.boundaries import instant
from tests.pricing.steady import steady

UTC = ZoneInfo("UTC")
STANDARD = {"amount": "7.35"}


def tier(first, last, price, flat="0"):
    return {"from_value": first, "to_value": last, "per_unit_amount": price, "flat_amount": flat}


TWO_TIERS = {"graduated_ranges": [tier(0, 5, "10", "1"), tier(6, None, "4", "2")]}
TWO_TIERS_WITH_FLAT = {"graduated_ranges": [tier(0, 10, "5", "20"), tier(11, None, "3")]}
VOLUME = {"volume_ranges": [tier(0, 5, "10", "3"), tier(6, None, "8")]}


def entries(*pairs):
    return [UnitsEntry(Decimal(units), instant(moment)) for units, moment in pairs]


def time(first, last, duration, zone=UTC):
    return BilledTime(instant(first), instant(last), duration, zone)


APRIL = time("2024-04-01 00:00", "2024-04-30 23:59:59.999999", 30)
MAY = time("2024-05-01 00:00", "2024-05-31 23:59:59.999999", 31)
JUNE = time("2024-06-01 00:00", "2024-06-30 23:59:59.999999", 30)
IN_APRIL = entries((10, "2024-03-05 08:00"), (16, "2024-04-13 10:00"), (4, "2024-04-25 10:00"))


def cents(price, currency="EUR"):
    return fee_amounts(price, currency).amount_cents


def test_prorated_units_weigh_by_the_days_that_they_lasted():
    units = quantity(IN_APRIL, APRIL, prorated=True)
    assert units == Quantity(Decimal(4), Decimal("11.2"))  # 10 x 12/30 + 16 x 12/30 + 4 x 6/30
    price = fixed_price("standard", STANDARD, units, "EUR", prorated=True)
    assert (cents(price), price.units, price.unit_amount) == (8232, 4, Decimal("20.58"))


def test_units_that_are_not_prorated_are_the_last_ones():
    units = quantity(IN_APRIL, APRIL, prorated=False)
    assert units == Quantity(Decimal(4), Decimal(4))
    assert cents(fixed_price("standard", STANDARD, units, "EUR", prorated=False)) == 2940


def test_full_units_choose_the_tier_that_prices_prorated_ones():
    units = quantity(IN_APRIL, APRIL, prorated=True)
    assert cents(fixed_price("graduated", TWO_TIERS, units, "EUR", prorated=True)) == 11_300  # 11.2 x 10 + 1
    assert cents(fixed_price("volume", VOLUME, units, "EUR", prorated=True)) == 11_500  # 11.2 x 10 + 3


def test_weights_are_rounded_to_six_decimals_each():
    history = entries((7, "2024-05-01 00:00:01"), (3, "2024-05-11 09:00"))
    units = quantity(history, MAY, prorated=True)
    assert units.units == Decimal("4.290323")  # 2.258065 + 2.032258
    assert cents(fixed_price("standard", {"amount": "12"}, units, "EUR", prorated=True)) == 5148


@pytest.mark.parametrize("model, properties, expected", [
    ("standard", STANDARD, 0), ("graduated", TWO_TIERS, 100), ("volume", VOLUME, 300),
])
def test_no_units_cost_the_first_flat_amount(model, properties, expected):
    assert cents(fixed_price(model, properties, quantity([], APRIL, prorated=False), "EUR", prorated=False)) == expected


def test_graduated_units_that_are_not_prorated_tell_their_tiers():
    price = fixed_price("graduated", TWO_TIERS, Quantity(Decimal(7), Decimal(7)), "EUR", prorated=False)
    assert cents(price) == 6100  # 5 x 10 + 1 + 2 x 4 + 2
    assert [row["units"] for row in price.amount_details["graduated_ranges"]] == ["5.0", "2.0"]


def test_of_the_time_before_only_the_last_written_entry_counts():
    march = (1, "2024-03-20 00:00"), (2, "2024-03-01 00:00")
    written = entries(*march, (3, "2024-04-10 00:00"), (4, "2024-05-01 00:00"))
    assert [entry.units for entry in relevant_entries(written, APRIL.starts, APRIL.ends)] == [2, 3]


def test_an_entry_within_the_time_may_have_been_written_before_one_of_earlier_time():
    """15 from May on was planned; before that 12 were taken at once."""
    written = entries((10, "2024-04-01 00:00:01"), (15, "2024-05-01 00:00"), (12, "2024-04-20 09:00"))
    assert quantity(written, APRIL, prorated=False).full == 12
    assert quantity(written, MAY, prorated=False).full == 12
    assert quantity(written, MAY, prorated=True).units == 12
    assert quantity(written, APRIL, prorated=True).units == Decimal("10.733333")  # 10 x 19/30 + 12 x 11/30


def test_what_is_taken_in_the_second_after_the_start_replaces_what_it_began_with():
    written = entries((10, "2024-04-01 00:00:01"), (6, "2024-04-01 00:00"))
    assert quantity(written, APRIL, prorated=True) == Quantity(Decimal(6), Decimal(6))


def test_the_day_of_an_end_counts():
    ended = time("2024-04-01 00:00", "2024-04-10 08:00", 30)
    assert quantity(entries((3, "2024-03-01 00:00")), ended, prorated=True).units == 1  # 10 of 30 days


def test_days_are_those_of_the_customers_zone():
    zone = ZoneInfo("America/New_York")
    april = time("2024-04-01 04:00", "2024-05-01 03:59:59.999999", 30, zone)
    written = entries((0, "2024-04-01 04:00:01"), (30, "2024-04-21 03:59"))  # 20 April, 23:59 there
    assert quantity(written, april, prorated=True).units == 11


def test_a_day_of_23_hours_after_the_end_is_not_charged():
    zone = ZoneInfo("Europe/Berlin")  # 31 March 2024 has 23 hours
    month = time("2024-02-29 23:00", "2024-03-30 22:59:59.999999", 30, zone)
    assert quantity(entries((1, "2024-02-01 00:00")), month, prorated=True).units == 1


def test_added_units_are_a_quotient_of_doubles_and_decimals():
    """19/30 cut to 16 digits: exact arithmetic would give 1397."""
    share = share_from(instant("2024-06-12 10:00"), JUNE)
    assert share == Decimal("0.6333333333333333")
    amounts = added_amounts("standard", STANDARD, Decimal(3), "EUR", share)
    assert (amounts.amount_cents, amounts.unit_amount_cents) == (1396, 465)
    assert amounts.precise_unit_amount == Decimal("4.655000000000000")  # 13.9649999... / 3, to 15 decimals


def test_added_units_are_priced_from_zero():
    amounts = added_amounts("graduated", TWO_TIERS_WITH_FLAT, Decimal(4), "EUR")
    assert (amounts.amount_cents, amounts.unit_amount_cents, amounts.precise_unit_amount) == (4000, 1000, 10)


def test_the_share_is_of_dates_in_utc():
    zone = ZoneInfo("America/New_York")
    june = time("2024-06-01 04:00", "2024-07-01 03:59:59.999999", 30, zone)
    assert share_from(instant("2024-06-12 01:00"), june) == Decimal("0.6666666666666666")  # 12 June to 1 July: 20/30


def test_an_upgrade_takes_off_what_was_paid_for_the_same_days():
    new = added_amounts("standard", {"amount": "25"}, Decimal(1), "EUR")
    month = instant("2024-06-01 00:00"), instant("2024-06-30 23:59:59.999999")
    rest = instant("2024-06-16 00:00"), instant("2024-06-30 23:59:59.999999")
    left = less_what_was_paid(new, 3000, month, rest)
    assert (left.amount_cents, left.precise_amount_cents, left.precise_unit_amount) == (1000, 1000, 25)
    assert less_what_was_paid(new, 30_000, month, rest).amount_cents == 0


@pytest.mark.parametrize("by_month, at, expected", [
    (False, "2024-05-10 12:00", ("2024-03-05 09:00", "2024-12-31 23:59:59.999999", 366)),
    (True, "2024-05-10 12:00", ("2024-05-01 00:00", "2024-05-31 23:59:59.999999", 31)),
    (True, "2024-03-05 09:00:01", ("2024-03-05 09:00", "2024-03-31 23:59:59.999999", 31)),
])
def test_what_is_paid_in_advance_is_the_period_that_runs(by_month, at, expected):
    terms = Terms("yearly", "calendar", date(2024, 3, 5), True, True, by_month)
    ahead = period_ahead(terms, UTC, instant(at), instant("2024-03-05 09:00"))
    assert (ahead.starts, ahead.ends, ahead.duration) == (instant(expected[0]), instant(expected[1]), expected[2])


def test_the_next_period_begins_at_midnight_where_the_customer_lives():
    terms = Terms("monthly", "anniversary", date(2024, 1, 31), False)
    starts = next_period_starts(terms, ZoneInfo("Asia/Tokyo"), instant("2024-02-10 00:00"))
    assert starts == instant("2024-02-28 15:00")  # 29 February there


changes = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 29), st.integers(0, 23)), min_size=1, max_size=6)


@steady
@given(changes)
def test_prorated_units_lie_between_the_least_and_the_most(given_changes):
    begun = UnitsEntry(Decimal(given_changes[0][0]), dawn(date(2024, 4, 1), UTC))
    written = [begun] + [
        UnitsEntry(Decimal(units), dawn(date(2024, 4, day + 1), UTC).replace(hour=hour))
        for units, day, hour in given_changes
    ]
    sizes = [entry.units for entry in written]
    rounding = Decimal("0.000001") * len(written)
    assert min(sizes) - rounding <= quantity(written, APRIL, prorated=True).units <= max(sizes) + rounding
