"""Usage day by day (01 §3): what charts show, in the customer's zone."""

from datetime import date
from decimal import Decimal

import pytest

from lago.catalog.models import ChargeFilter
from lago.core.db import db
from lago.metering.daily_usage import daily_usage
from lago.metering.usage import priced_usage
from lago.subscriptions.terms import current_windows
from tests.builders.usage import a_charge, a_customer, a_metric, a_plan, a_subscription, store_events, subscribed, utc


def windows_of(subscription):
    return current_windows(subscription, utc("2024-03-20T00:00"))


def days_of(subscription):
    """Per charge the days of March 2024 that have a value or events, as `{day of the month: (value, events)}`."""
    found = daily_usage(subscription, windows_of(subscription), subscription.plan.charges)
    return [
        {one.day.day: (one.value, one.events_count) for one in charge.days if one.value or one.events_count}
        for charge in found
    ]


def with_values(account, aggregation, *rows, **metric):
    """The days of a metric whose events have (timestamp, value of the property `v`)."""
    subscription = subscribed(account, a_metric(account, aggregation=aggregation, field_name="v", **metric))
    store_events(account, *({"timestamp": utc(at), "properties": {"v": value}} for at, value in rows))
    (days,) = days_of(subscription)
    return days


def test_every_day_of_the_window_is_there_once(owner):
    subscription = subscribed(owner, a_metric(owner), start="2024-03-05T12:00")
    (usage,) = daily_usage(subscription, windows_of(subscription), subscription.plan.charges)
    assert [day.day for day in usage.days] == [date(2024, 3, number) for number in range(5, 32)]


def test_a_day_is_one_of_the_customer_s_zone(owner):
    plan = a_plan(owner, a_metric(owner))
    subscription = a_subscription(a_customer(owner, timezone="America/New_York"), plan, start="2024-03-01T05:00")
    store_events(
        owner, {"timestamp": utc("2024-03-10T04:59")}, {"timestamp": utc("2024-03-10T05:00")},
        {"timestamp": utc("2024-03-11T03:59")}, {"timestamp": utc("2024-03-11T04:00")},  # clocks went forward between
    )
    assert days_of(subscription) == [{9: (1, 1), 10: (2, 2), 11: (1, 1)}]


@pytest.mark.parametrize("aggregation, value, events", [
    ("sum_agg", "9.5", 3), ("weighted_sum_agg", "9.5", 3), ("max_agg", "7.5", 3), ("latest_agg", "-1", 3),
    ("count_agg", "4", 4),
])
def test_a_day_has_what_its_events_say(owner, aggregation, value, events):
    days = with_values(
        owner, aggregation, ("2024-03-07T10:00", 3), ("2024-03-07T08:00", "7.5"), ("2024-03-07T11:00", -1),
        ("2024-03-07T12:00", "n/a"), ("2024-03-08T00:00", 1), ("2024-02-29T23:59", 50), ("2024-04-01T00:00", 50),
    )
    assert days == {7: (Decimal(value), events), 8: (1, 1)}


def test_of_two_events_at_one_moment_the_one_told_last_is_the_latest(owner):
    assert with_values(owner, "latest_agg", ("2024-03-07T10:00", 25), ("2024-03-07T10:00", 26)) == {7: (26, 2)}


def operation(at, value, name="add"):
    return {"timestamp": utc(at), "properties": {"v": value, "operation_type": name}}


@pytest.mark.parametrize("recurring, days", [
    (False, {7: (2, 2), 8: (0, 2), 9: (0, 1)}), (True, {7: (1, 2), 8: (0, 2), 9: (-1, 1)}),
])
def test_a_distinct_value_is_added_once_until_it_is_removed(owner, recurring, days):
    metric = a_metric(owner, aggregation="unique_count_agg", field_name="v", recurring=recurring)
    subscription = subscribed(owner, metric)
    store_events(
        owner, operation("2024-02-10T00:00", "old"), operation("2024-02-10T00:00", "gone"),
        operation("2024-03-07T00:00", "a"), operation("2024-03-07T00:00", "old"),
        operation("2024-03-08T00:00", "b"), operation("2024-03-08T01:00", "b", "remove"),
        operation("2024-03-09T00:00", "gone", "remove"),
    )
    assert days_of(subscription) == [days]


def test_each_group_has_its_own_values(owner):
    metric = a_metric(owner, aggregation="unique_count_agg", field_name="v")
    subscription = subscribed(owner, metric, properties={"amount": "1", "pricing_group_keys": ["team"]})
    store_events(owner, *({"properties": {"v": "a", "team": team}} for team in ("red", "blue", "red")))
    assert days_of(subscription) == [{5: (2, 3)}]


@pytest.mark.parametrize("aggregation", ["count_agg", "sum_agg", "unique_count_agg"])
def test_the_days_add_up_to_the_units_where_filters_overlap(owner, aggregation):
    """{region: eu} and {tier: pro} both count an event that is both (01 §3.3)."""
    subscription = subscribed(owner, a_metric(owner, aggregation=aggregation, field_name="v"))
    filtered(subscription, {"region": ["eu"]}, {"tier": ["pro"]})
    store_events(
        owner, *({"properties": {"v": n, **parts}} for n, parts in enumerate(
            [{"region": "eu"}, {"tier": "pro"}, {"region": "eu", "tier": "pro"}, {}, {"region": "us"}], 1
        )),
    )
    priced = priced_usage(subscription, windows_of(subscription))
    (days,) = days_of(subscription)
    assert days[5][0] == sum(fee.usage.units for fee in priced) == (18 if aggregation == "sum_agg" else 6)


def filtered(subscription, *values):
    """Lays filters over the subscription's only charge."""
    (charge,) = subscription.plan.charges
    for position, one in enumerate(values):
        db.session.add(ChargeFilter(
            organization_id=charge.organization_id, charge_id=charge.id, properties={"amount": "1"}, values=one,
            position=position,
        ))
    db.session.flush()
    db.session.refresh(charge)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_all_charges_are_read_by_one_query(owner, count_queries, count):
    kinds = ["count_agg", "sum_agg", "max_agg", "unique_count_agg", "latest_agg"][:count]
    subscription = subscribed(owner, *(a_metric(owner, kind, kind, field_name="v") for kind in kinds))
    windows, charges = windows_of(subscription), list(subscription.plan.charges)
    with count_queries() as statements:
        assert len(daily_usage(subscription, windows, charges)) == count
    assert len(statements) == min(count, 1)


def test_charges_on_one_metric_are_read_together(owner, count_queries):
    metric = a_metric(owner)
    plan = a_plan(owner, metric)
    a_charge(plan, metric, code="again")
    subscription = a_subscription(a_customer(owner), plan)
    store_events(owner, {})
    with count_queries(forget=False) as statements:
        assert days_of(subscription) == [{5: (1, 1)}, {5: (1, 1)}]
    assert "".join(statements).count("FROM events") == 1
