"""Lines of subscriptions that end, and of those whose customer moved to another time zone (03 §4.2, §9)."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from lago.pricing.windows import PreviousEnds, Situation, windows, windows_of_closed_period
from tests.pricing.boundaries import START, ended_line, instant, line_of, terms

UTC = ZoneInfo("UTC")


def test_a_termination_bills_the_current_month_of_a_split_plan():
    """Where the reference bills the previous month again (03 §13.1)."""
    line = ended_line("yearly calendar arrears", "2025-06-10 12:00", by_month="charges")
    assert line.charges_from_datetime == instant("2025-06-01 00:00")


@pytest.mark.parametrize("situation", [Situation.TERMINATED, Situation.UPGRADED])
def test_a_termination_bills_usage_though_only_fixed_charges_are_monthly(situation):
    """Where the reference bills no usage outside the first month (03 §13.2)."""
    line = ended_line("yearly calendar arrears", "2025-06-10 12:00", situation, by_month="fixed_charges")
    assert (line.charges_from_datetime, line.charges_to_datetime) == (instant(START), instant("2025-06-10 12:00"))


def test_a_termination_bills_fixed_charges_though_only_usage_is_monthly():
    line = ended_line("yearly calendar arrears", "2025-06-10 12:00", by_month="charges")
    assert line.fixed_charges_to_datetime == instant("2025-06-10 12:00")


def test_the_fee_ends_at_the_second_of_the_termination():
    line = ended_line("monthly calendar arrears", "2025-03-12 16:20:00.700")
    assert line.to_datetime == instant("2025-03-12 16:20:01")


def test_usage_ends_at_the_very_instant_of_the_termination():
    line = ended_line("monthly calendar arrears", "2025-03-12 16:20:00.700")
    assert line.charges_to_datetime == instant("2025-03-12 16:20:00.700")


def test_a_later_termination_leaves_the_line_of_an_active_subscription():
    refreshed = line_of("monthly calendar arrears", "2025-03-01 00:10", Situation.TERMINATED, ended="2025-03-02 12:00")
    assert refreshed == line_of("monthly calendar arrears", "2025-03-01 00:10")


def test_current_usage_of_a_terminated_subscription_ends_with_it():
    line = line_of("monthly calendar arrears", "2025-03-12 16:20", Situation.CURRENT, ended="2025-03-12 16:20")
    assert line.charges_to_datetime == instant("2025-03-12 16:20")


def test_a_backdated_line_never_ends_before_the_start():
    line = windows(
        terms("monthly calendar arrears", "2025-01-01"), UTC, Situation.ACTIVE,
        instant("2025-03-20 10:00"), instant("2025-03-15 09:00"),
    )
    assert (line.from_datetime, line.to_datetime) == (instant("2025-03-15 00:00"), instant("2025-03-15 09:00"))


# From Kolkata to UTC at the end of February: the last usage window ended at local midnight, 5:30 hours before UTC's.
MOVED = PreviousEnds(instant("2025-02-28 18:29:59"), instant("2025-02-28 18:29:59"))


def test_usage_goes_on_where_it_ended_in_another_zone():
    line = line_of("monthly calendar arrears", "2025-04-01 00:10", previous=MOVED)
    assert (line.charges_from_datetime, line.fixed_charges_from_datetime) == (instant("2025-02-28 18:30"),) * 2


def test_the_fee_window_ignores_a_change_of_zone():
    line = line_of("monthly calendar arrears", "2025-04-01 00:10", previous=MOVED)
    assert line.from_datetime == instant("2025-03-01 00:00")


def test_an_end_26_hours_away_is_not_the_previous_one():
    previous = PreviousEnds(charges_to_datetime=instant("2025-02-27 21:59:59"))
    line = line_of("monthly calendar arrears", "2025-04-01 00:10", previous=previous)
    assert line.charges_from_datetime == instant("2025-03-01 00:00")


def closed(kind, at, subscribed=START, zone="UTC", by_month="", **fields):
    return windows_of_closed_period(
        terms(kind, subscribed, zone, by_month), ZoneInfo(zone), instant(at), instant(subscribed), **fields
    )


def test_ending_on_a_billing_day_bills_the_closed_period():
    line = closed("monthly calendar arrears", "2025-03-01 00:05")
    ends = instant("2025-02-28 23:59:59")
    assert (line.from_datetime, line.to_datetime, line.charges_to_datetime) == (instant("2025-02-01 00:00"), ends, ends)


@pytest.mark.parametrize("kind, at, by_month", [
    ("monthly calendar arrears", "2025-03-02 00:05", ""),
    ("yearly calendar arrears", "2025-03-01 00:05", ""),
    ("yearly calendar arrears", "2025-03-02 00:05", "fixed_charges"),
    ("monthly anniversary arrears", "2025-01-17 18:00", ""),
])
def test_no_period_has_closed_on_other_days(kind, at, by_month):
    assert closed(kind, at, by_month=by_month) is None


def test_monthly_usage_closes_every_month():
    line = closed("yearly calendar arrears", "2025-03-01 00:05", by_month="charges")
    assert line.charges_from_datetime == instant("2025-02-01 00:00")


@pytest.mark.parametrize("kind", ["yearly calendar arrears", "yearly calendar advance"])
@pytest.mark.parametrize("by_month", ["charges", "fixed_charges"])
def test_a_month_that_closes_within_a_longer_period_ends_the_whole_line(kind, by_month):
    """The fee is for the months lived; in the reference it is that of the year before (arrears)."""
    line, ends = closed(kind, "2025-03-01 00:05", by_month=by_month), instant("2025-02-28 23:59:59")
    by_year, month = (instant(START), ends), (instant("2025-02-01 00:00"), ends)
    assert (line.from_datetime, line.to_datetime) == (instant("2025-01-17 00:00"), ends)
    expected = {"charges": month, "fixed_charges": by_year} if by_month == "charges" else {
        "charges": by_year, "fixed_charges": month
    }
    assert expected == {
        name: (getattr(line, f"{name}_from_datetime"), getattr(line, f"{name}_to_datetime")) for name in expected
    }


def test_a_period_closes_in_which_the_subscription_lived_under_a_day():
    """In the reference it does not, and the day is not billed."""
    line = closed("monthly calendar arrears", "2025-02-01 00:05", subscribed="2025-01-31 12:00")
    assert (line.charges_from_datetime, line.to_datetime) == (
        instant("2025-01-31 12:00"), instant("2025-01-31 23:59:59")
    )


def test_a_billing_day_is_local():
    line = closed("monthly calendar arrears", "2025-03-31 14:00", zone="Asia/Tokyo")
    assert line is None and closed("monthly calendar arrears", "2025-03-31 15:00", zone="Asia/Tokyo") is not None


def test_a_closed_period_goes_on_where_usage_ended_in_another_zone():
    line = closed("monthly calendar arrears", "2025-04-01 00:05", previous=MOVED)
    assert line.charges_from_datetime == instant("2025-02-28 18:30")


def test_windows_of_successive_lines_touch():
    march = line_of("monthly calendar arrears", "2025-04-01 00:10")
    april = line_of("monthly calendar arrears", "2025-05-01 00:10")
    assert april.charges_from_datetime - march.charges_to_datetime == timedelta(microseconds=1)
