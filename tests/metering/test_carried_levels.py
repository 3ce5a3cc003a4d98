"""The levels of recurring weighted sums from one period to the next (01 §3.6, §5.6)."""

from decimal import Decimal
from hashlib import sha256

import pytest
from sqlalchemy import select

from lago.core.db import db
from lago.metering.carried_levels import carry
from lago.metering.models import CarriedLevel
from lago.metering.usage import Narrowing, priced_usage
from lago.subscriptions.terms import current_windows
from tests.builders.stories import fee, invoices, metric, plan, standard, subscribe, use
from tests.builders.usage import (
    a_charge,
    a_charge_filter,
    a_customer,
    a_metric,
    a_plan,
    a_subscription,
    store_events,
    utc,
)


def a_level_metric(account, recurring=True):
    return a_metric(
        account, aggregation="weighted_sum_agg", field_name="v", recurring=recurring, weighted_interval="seconds"
    )


def levelled(account, recurring=True, previous=None, properties=None, start="2025-03-01T00:00", **fields):
    """A subscription to a level at 3.00 a unit; `previous`: one that it follows."""
    the_plan = a_plan(account, a_level_metric(account, recurring), properties=properties or {"amount": "3"})
    customer = a_customer(account)
    if previous:
        ended = a_subscription(customer, the_plan, status="terminated", start=previous, terminated_at=utc(start))
        fields["previous_subscription_id"] = ended.id
    return a_subscription(customer, the_plan, start=start, **fields)


def used(subscription, month, **options):
    return priced_usage(subscription, current_windows(subscription, utc(f"2025-{month}-20T00:00")), **options)


def bill(subscription, month):
    """What an invoice of the month has, which keeps the levels."""
    found = used(subscription, month)
    carry(one.end_level for one in found if one.end_level)
    return found


def change(moment, value, **properties):
    return {"timestamp": utc(f"2025-{moment}"), "properties": {"v": value, **properties}}


def kept():
    rows = db.session.scalars(select(CarriedLevel).order_by(CarriedLevel.seq))
    return [(row.grouped_by, row.level, row.timestamp) for row in rows]


def test_5_6_a_level_weighs_as_long_as_it_stands(owner):
    subscription = levelled(owner)
    store_events(owner, change("03-01T00:00", 20), change("04-11T00:00", 10), change("04-21T12:00", -6))
    bill(subscription, "03")
    (april,) = bill(subscription, "04")
    assert april.usage.units == Decimal("24.7666666666666667")
    assert (april.total_aggregated_units, april.events_count, april.amounts.amount_cents) == (24, 2, 7430)
    assert kept() == [({}, 20, utc("2025-03-01T00:00")), ({}, 24, utc("2025-04-21T12:00"))]
    (may,) = used(subscription, "05")
    assert (may.usage.units, may.total_aggregated_units, may.events_count) == (24, 24, 0)


def test_5_6_a_level_that_does_not_recur_begins_with_nothing(owner):
    subscription = levelled(owner, recurring=False)
    store_events(owner, change("03-01T00:00", 20), change("04-11T00:00", 10), change("04-21T12:00", -6))
    bill(subscription, "03")
    (april,), (may,) = used(subscription, "04"), used(subscription, "05")
    assert round(april.usage.units, 10) == Decimal("4.7666666667")  # 10 x 907200 + 4 x 820800 of 2592000 seconds
    assert (may.usage.units, kept()) == (0, [])


def test_a_late_start_weighs_only_what_is_left(owner):
    subscription = levelled(owner, start="2025-04-16T00:00")
    store_events(owner, change("04-10T00:00", 99), change("04-16T00:00", 10))
    (april,) = used(subscription, "04")
    assert april.usage.units == 5  # 15 of 30 days; what was before the first subscription does not count


def test_without_events_a_level_is_kept_as_of_the_start(owner):
    subscription = levelled(owner)
    store_events(owner, change("03-05T00:00", 4))
    bill(subscription, "03")
    bill(subscription, "04")
    assert kept()[1] == ({}, 4, utc("2025-04-01T00:00"))


def test_a_level_that_came_to_nothing_is_kept_too(owner):
    subscription = levelled(owner)
    store_events(owner, change("03-05T00:00", 4), change("04-01T00:00", -4))
    bill(subscription, "03")
    (april,) = bill(subscription, "04")
    assert (april.usage.units, april.events_count, used(subscription, "05")[0].usage.units) == (0, 1, 0)


def test_a_level_is_kept_once_for_its_moment(owner):
    subscription = levelled(owner)
    store_events(owner, change("03-05T00:00", 4))
    bill(subscription, "03")
    store_events(owner, change("03-02T00:00", 100))  # told late, and older than the last one
    bill(subscription, "03")
    assert kept() == [({}, 4, utc("2025-03-05T00:00"))]
    store_events(owner, change("03-06T00:00", 1))
    bill(subscription, "03")
    assert used(subscription, "04")[0].usage.units == 105


def test_current_usage_keeps_nothing_and_stands_to_the_end_of_the_period(owner):
    subscription = levelled(owner)
    store_events(owner, change("03-16T12:00", 62))
    (march,) = used(subscription, "03", current=True)
    assert (march.usage.units, kept()) == (31, [])


def test_the_first_level_after_another_subscription_comes_from_its_events(owner):
    subscription = levelled(owner, previous="2025-01-01T00:00")
    store_events(
        owner, change("01-05T00:00", 7), change("02-28T23:59:59", 1), change("02-28T23:59:59.5", 50),
        change("03-01T00:00", "x"),
    )
    (march,) = bill(subscription, "03")
    assert march.usage.units == 8  # events up to a second before the start
    store_events(owner, change("01-06T00:00", 1000))  # once a level is kept, history does not matter
    assert used(subscription, "04")[0].usage.units == 8


def groups_of(usages):
    return {usage.grouped_by["team"]: usage.usage.units for usage in usages}


GROUPED = {"amount": "3", "pricing_group_keys": ["team"]}


def test_each_group_has_a_level_of_its_own(owner):
    subscription = levelled(owner, properties=GROUPED)
    store_events(
        owner, change("03-01T00:00", 6, team="red"), change("03-01T00:00", 3), change("04-16T00:00", 2, team="blue"),
    )
    bill(subscription, "03")
    assert groups_of(bill(subscription, "04")) == {"red": 6, "blue": 1, None: 3}
    assert groups_of(used(subscription, "05")) == {"red": 6, "blue": 2, None: 3}


def test_a_missing_and_a_blank_group_have_levels_of_their_own(owner):
    subscription = levelled(owner, properties=GROUPED)
    store_events(owner, change("03-01T00:00", 6, team=""), change("03-01T00:00", 3))
    bill(subscription, "03")
    found = used(subscription, "04")
    assert sorted((usage.grouped_by["team"], usage.usage.units) for usage in found) == [(None, 3), (None, 6)]


def test_a_group_of_any_length_has_a_level_of_its_own_kept_once(owner):
    """More than an entry of an index can hold, and nothing that could be compressed."""
    team = "".join(sha256(str(n).encode()).hexdigest() for n in range(1000))
    subscription = levelled(owner, properties=GROUPED)
    store_events(owner, change("03-01T00:00", 6, team=team), change("03-01T00:00", 3, team="red"))
    bill(subscription, "03")
    bill(subscription, "03")
    assert kept() == [({"team": keys}, level, utc("2025-03-01T00:00")) for keys, level in ((team, 6), ("red", 3))]


@pytest.mark.parametrize("recurring", [True, False])
def test_groups_after_another_subscription_begin_with_its_events(owner, recurring):
    subscription = levelled(owner, recurring, previous="2025-01-01T00:00", properties=GROUPED)
    store_events(owner, change("01-05T00:00", 7, team="red"), change("03-01T00:00", 1, team="blue"))
    assert groups_of(used(subscription, "03")) == {"red": 7, "blue": 1}


def test_a_grouped_level_without_events_keeps_nothing(owner):
    subscription = levelled(owner, properties=GROUPED)
    (march,) = bill(subscription, "03")
    assert (march.grouped_by, march.usage.units, kept()) == ({"team": None}, 0, [])


def test_narrowed_usage_begins_with_the_levels_that_belong_to_it(owner):
    subscription = levelled(owner, properties=GROUPED)
    store_events(owner, change("03-01T00:00", 6, team="red"), change("03-01T00:00", 3, team="blue"))
    bill(subscription, "03")
    (red,) = used(subscription, "04", narrowing=Narrowing(only=(("team", ("red",)),)), current=True)
    (all_of_them,) = used(subscription, "04", narrowing=Narrowing(grouped=False), current=True)
    assert (red.usage.units, all_of_them.usage.units) == (6, 9)


def test_each_filter_has_a_level_of_its_own(owner):
    the_plan = a_plan(owner)
    charge = a_charge(the_plan, a_level_metric(owner))
    a_charge_filter(charge, values={"region": ["eu"]})
    subscription = a_subscription(a_customer(owner), the_plan, start="2025-03-01T00:00")
    store_events(owner, change("03-01T00:00", 6, region="eu"), change("03-01T00:00", 3))
    bill(subscription, "03")
    assert [usage.usage.units for usage in used(subscription, "04")] == [6, 3]


def test_all_levels_are_read_by_one_query_and_written_by_one(owner, count_queries):
    the_plan = a_plan(owner)
    level = a_level_metric(owner)
    for number in range(3):
        a_charge(the_plan, level, code=f"c{number}")
    subscription = a_subscription(a_customer(owner), the_plan, start="2025-03-01T00:00")
    store_events(owner, change("03-05T00:00", 4))
    windows = current_windows(subscription, utc("2025-03-20T00:00"))
    priced_usage(subscription, windows)  # the plan's charges are known from here on
    with count_queries() as statements:
        carry(one.end_level for one in priced_usage(subscription, windows) if one.end_level)
    assert len(statements) == 3
    assert len(kept()) == 3


def test_plans_without_levels_ask_for_none(owner, count_queries):
    subscription = a_subscription(a_customer(owner), a_plan(owner, a_metric(owner)), start="2025-03-01T00:00")
    windows = current_windows(subscription, utc("2025-03-20T00:00"))
    with count_queries() as statements:
        priced_usage(subscription, windows)
    assert len(statements) == 1


def test_an_invoice_carries_the_level_into_the_next_period(sandbox):
    sandbox.at("2025-03-01T00:00:00Z")
    storage = metric(
        sandbox, "storage", "weighted_sum_agg", field_name="gb", recurring=True, weighted_interval="seconds"
    )
    plan(sandbox, charges=[standard(storage, "1")])
    subscribe(sandbox)
    sandbox.at("2025-03-16T12:00:00Z")
    use(sandbox, "storage", properties={"gb": 62})
    sandbox.at("2025-05-01T06:00:00Z")
    march, april = invoices(sandbox)
    assert [(fee(one, "charge")["units"], fee(one, "charge")["total_aggregated_units"]) for one in (march, april)] == [
        ("31.0", "62.0"), ("62.0", "62.0"),
    ]
