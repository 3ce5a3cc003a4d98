"""What one event counted for (01 §1.7, §1.8, §3): the answer to "where is my event?"."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from lago.catalog.models import BillableMetricFilter, ChargeFilter
from lago.core.db import db
from lago.metering.counted_for import Standing, counted_for
from lago.metering.event_effect import Kind
from lago.metering.models import Event
from tests.builders.usage import a_charge, a_customer, a_metric, a_plan, a_subscription, store_events, subscribed, utc

MARCH_9 = utc("2024-03-09T00:00")


def sent(account, **fields):
    """An event as it was stored, on 5 March 2024 unless said otherwise."""
    number = db.session.query(Event).count()
    store_events(account, {"transaction_id": f"t{number}", **fields})
    return db.session.scalars(select(Event).where(Event.transaction_id == f"t{number}")).one()


def with_value(account, value, operation=None, **fields):
    properties = {"v": value, **({"operation_type": operation} if operation else {})}
    return sent(account, properties=properties, **fields)


def the_effect(event):
    (subscription,) = counted_for(event).subscriptions
    (charge,) = subscription.charges
    (share,) = charge.shares
    return share.effect


def not_started(subscription):
    subscription.started_at = None
    db.session.flush()


def measured(account, aggregation, **fields):
    return subscribed(account, a_metric(account, aggregation=aggregation, field_name="v", **fields))


def test_without_a_metric_of_its_code_it_counts_for_nothing(owner, outsider):
    a_metric(outsider)
    a_metric(owner, deleted_at=MARCH_9)
    found = counted_for(sent(owner))
    assert (found.metric, found.subscriptions) == (None, ())


def test_without_a_subscription_it_counts_for_nothing(owner):
    a_metric(owner)
    assert counted_for(sent(owner, external_subscription_id=None)).subscriptions == ()
    assert counted_for(sent(owner, external_subscription_id="unknown")).subscriptions == ()


def test_the_period_is_the_one_that_has_its_time(owner):
    subscribed(owner, a_metric(owner))
    (found,) = counted_for(sent(owner, timestamp=utc("2024-04-30T23:00"))).subscriptions
    assert (found.standing, found.window.starts) == (Standing.WITHIN, utc("2024-04-01T00:00"))


@pytest.mark.parametrize("timestamp, standing", [
    ("2024-03-01T09:29:59.999", Standing.BEFORE_START), ("2024-03-01T09:30:00", Standing.WITHIN),
    ("2024-03-10T00:00:00", Standing.WITHIN), ("2024-03-10T00:00:00.000001", Standing.AFTER_END),
    ("9999-12-31T23:59", Standing.AFTER_END), ("0001-01-01T00:00", Standing.BEFORE_START),
])
def test_before_the_start_and_after_the_end_it_does_not_count(owner, timestamp, standing):
    subscribed(
        owner, a_metric(owner), start="2024-03-01T09:30:00.000700", status="terminated",
        terminated_at=utc("2024-03-10T00:00"),
    )
    (found,) = counted_for(sent(owner, timestamp=utc(timestamp))).subscriptions
    assert (found.standing, found.window is not None, len(found.charges)) == (
        standing, standing is Standing.WITHIN, int(standing is Standing.WITHIN),
    )


def test_an_active_subscription_has_a_last_period_too(owner):
    subscribed(owner, a_metric(owner))
    assert counted_for(sent(owner, timestamp=utc("9999-12-31T23:59"))).subscriptions[0].window is None


@pytest.mark.parametrize("aggregation, recurring, counts", [
    ("sum_agg", True, True), ("unique_count_agg", True, True), ("sum_agg", False, False),
    ("weighted_sum_agg", True, False),
])
def test_a_recurring_metric_counts_what_came_before_the_start(owner, aggregation, recurring, counts):
    measured(owner, aggregation, recurring=recurring)
    (found,) = counted_for(with_value(owner, 4, timestamp=utc("2024-01-05T00:00"))).subscriptions
    assert (found.standing, len(found.charges)) == (Standing.BEFORE_START, int(counts))
    assert counts is (found.window is not None and found.window.starts == utc("2024-03-01T00:00"))


def test_subscriptions_of_one_external_id_share_the_event_by_time(owner):
    metric = a_metric(owner)
    plan, customer = a_plan(owner, metric), a_customer(owner)
    changed_at = utc("2024-03-05T00:00")
    a_subscription(customer, plan, status="terminated", terminated_at=changed_at)
    a_subscription(customer, a_plan(owner, code="other"), start="2024-03-05T00:00")
    not_started(a_subscription(customer, plan, status="canceled"))
    new, old = counted_for(sent(owner, timestamp=changed_at)).subscriptions
    assert (new.subscription.status, new.standing, new.charges) == ("active", Standing.WITHIN, ())
    assert (old.standing, len(old.charges)) == (Standing.WITHIN, 1)  # the very moment is in both


def test_a_pending_subscription_counts_nothing_yet(owner):
    not_started(subscribed(owner, a_metric(owner), status="pending"))
    (found,) = counted_for(sent(owner)).subscriptions
    assert (found.standing, found.window) == (Standing.NOT_STARTED, None)


def test_each_charge_on_the_metric_counts_it(owner):
    metric, other = a_metric(owner), a_metric(owner, "storage")
    plan = a_plan(owner, metric, other)
    a_charge(plan, metric, code="again")
    a_subscription(a_customer(owner), plan)
    (found,) = counted_for(sent(owner)).subscriptions
    assert [one.charge.code for one in found.charges] == ["calls_charge", "again"]


@pytest.mark.parametrize("aggregation, value, kind, units", [
    ("count_agg", "n/a", Kind.COUNTED, 1), ("sum_agg", "2.50", Kind.ADDED, Decimal("2.50")),
    ("sum_agg", 1e3, Kind.ADDED, 1000), ("sum_agg", -4, Kind.ADDED, -4), ("sum_agg", "1e3", Kind.NO_NUMBER, 0),
    ("sum_agg", True, Kind.NO_NUMBER, 0), ("sum_agg", " 5", Kind.NO_NUMBER, 0), ("sum_agg", None, Kind.NO_PROPERTY, 0),
    ("sum_agg", "5\n", Kind.NO_NUMBER, 0), ("weighted_sum_agg", "7", Kind.MOVED_LEVEL, 7),
    ("latest_agg", "x", Kind.NO_NUMBER, 0),
])
def test_it_adds_what_its_property_says(owner, aggregation, value, kind, units):
    measured(owner, aggregation)
    effect = the_effect(with_value(owner, value))
    assert (effect.kind, effect.units) == (kind, units)


def test_of_a_maximum_only_the_greatest_decides(owner):
    measured(owner, "max_agg")
    low, high = with_value(owner, 3), with_value(owner, "17.25", timestamp=MARCH_9)
    with_value(owner, 99, timestamp=utc("2024-04-09T00:00"))
    assert (the_effect(high).kind, the_effect(high).units) == (Kind.GREATEST, Decimal("17.25"))
    assert (the_effect(low).kind, the_effect(low).other) == (Kind.NOT_GREATEST, Decimal("17.25"))


def test_of_a_latest_value_a_later_number_takes_the_place(owner):
    measured(owner, "latest_agg")
    first, second = with_value(owner, 25), with_value(owner, 26)  # at one moment: the one told last is later
    with_value(owner, "n/a", timestamp=MARCH_9)
    assert [the_effect(first).kind, the_effect(second).kind] == [Kind.REPLACED, Kind.LATEST]


@pytest.mark.parametrize("recurring, changes", [(False, [1, 0, -1, 1, 0, 1]), (True, [1, 0, -1, 0, -1, 1])])
def test_a_distinct_value_is_added_removed_or_already_there(owner, recurring, changes):
    kinds = {1: Kind.VALUE_ADDED, 0: Kind.NO_CHANGE, -1: Kind.VALUE_REMOVED}
    measured(owner, "unique_count_agg", recurring=recurring)
    with_value(owner, "old", timestamp=utc("2024-02-10T00:00"))
    with_value(owner, "gone", timestamp=utc("2024-02-10T00:00"))
    events = [
        with_value(owner, value, operation, timestamp=MARCH_9 + timedelta(hours=hour))
        for hour, (value, operation) in enumerate([
            ("a", None), ("a", "add"), ("a", "remove"), ("old", None), ("gone", "remove"), (None, None),
        ])
    ]
    assert [the_effect(event).kind for event in events] == [kinds[change] for change in changes]


def test_the_group_is_that_of_its_properties(owner):
    metric = a_metric(owner, aggregation="unique_count_agg", field_name="v")
    subscribed(owner, metric, properties={"amount": "1", "pricing_group_keys": ["team", "zone"]})
    store_events(owner, {"properties": {"v": "a", "team": "blue"}})
    event = sent(owner, properties={"v": "a", "team": "red", "zone": " "})
    (subscription,) = counted_for(event).subscriptions
    (share,) = subscription.charges[0].shares
    assert (share.grouped_by, share.effect.kind) == ({"team": "red", "zone": None}, Kind.VALUE_ADDED)


@pytest.fixture
def filtered(owner):
    """The filters of 01 §5.10: F1 to F4, on one charge."""
    metric = a_metric(owner)
    for key, values in (("region", ["eu", "us", "apac"]), ("tier", ["std", "pro"])):
        db.session.add(BillableMetricFilter(
            organization_id=metric.organization_id, billable_metric_id=metric.id, key=key, values=values
        ))
    subscription = subscribed(owner, metric)
    (charge,) = subscription.plan.charges
    for position, values in enumerate((
        {"region": ["eu", "us"]}, {"region": ["eu"], "tier": ["pro"]}, {"region": ["__ALL_FILTER_VALUES__"]},
        {"tier": ["pro"]},
    )):
        db.session.add(ChargeFilter(
            organization_id=charge.organization_id, charge_id=charge.id, properties={"amount": "1"}, values=values,
            position=position, invoice_display_name=f"F{position + 1}",
        ))
    db.session.flush()
    db.session.refresh(metric)
    db.session.refresh(charge)
    return owner


def name(charge_filter):
    return charge_filter.invoice_display_name if charge_filter else "default"


@pytest.mark.parametrize("properties, buckets, passed_over", [
    ({"region": "eu", "tier": "pro"}, ["F2"], {"F1": ["F2"], "F3": ["F1", "F2"], "F4": ["F2"]}),
    ({"region": "eu", "tier": "std"}, ["F1"], {"F3": ["F1"]}),
    ({"region": "us"}, ["F1"], {"F3": ["F1"]}),
    ({"region": "apac"}, ["F3"], {}),
    ({"region": "mars"}, ["default"], {}),
    ({}, ["default"], {}),
    ({"region": "us", "tier": "pro"}, ["F1", "F4"], {"F3": ["F1"]}),
])
def test_the_filters_that_count_it_and_those_that_do_not(filtered, properties, buckets, passed_over):
    (found,) = counted_for(sent(filtered, properties=properties)).subscriptions
    (charge,) = found.charges
    assert [name(share.bucket.charge_filter) for share in charge.shares] == buckets
    assert {
        name(one.charge_filter): [name(taker) for taker in one.taken_by] for one in charge.passed_over
    } == passed_over


def test_in_advance_one_filter_has_the_price_of_the_event(filtered):
    """(us, pro) matches F1, F3 and F4 with one key each: the one changed longest ago is first (01 §5.10)."""
    event = sent(filtered, properties={"region": "us", "tier": "pro"})
    (charge,) = counted_for(event).subscriptions[0].charges
    assert charge.billed_alone_in is None
    charge.charge.pay_in_advance = True
    (charge,) = counted_for(event).subscriptions[0].charges
    assert name(charge.billed_alone_in.charge_filter) == "F1"


@pytest.mark.parametrize("aggregation", ["count_agg", "max_agg", "latest_agg", "unique_count_agg"])
def test_many_charges_cost_no_more_queries(owner, count_queries, aggregation):
    metric = a_metric(owner, aggregation=aggregation, field_name="v")
    plan = a_plan(owner, metric)
    a_subscription(a_customer(owner), plan)
    event = with_value(owner, 4)

    def queries():
        db.session.expunge_all()
        with count_queries() as statements:
            counted_for(event)
        return len(statements)

    few = queries()
    plan = db.session.merge(plan)
    for number in range(6):
        a_charge(plan, metric, code=f"c{number}")
    assert queries() == few
