"""Which filter of a charge an event is counted by, over a window and alone (01 §3.3, §5.10)."""

import pytest

from lago.catalog.models import BillableMetricFilter
from lago.core.db import db
from lago.metering.buckets import bucket_of_event
from lago.metering.usage import priced_usage
from lago.subscriptions.terms import current_windows
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

ALL = ["__ALL_FILTER_VALUES__"]
THREE = {"F1": {"region": ["eu", "us"]}, "F2": {"region": ["eu"], "tier": ["pro"]}, "F3": {"region": ALL}}
FOUR = THREE | {"F4": {"tier": ["pro"]}}


def filtered(account, filters):
    """A subscription to a charge with these filters, the oldest first."""
    metric = a_metric(account)
    for key, values in (("region", ["eu", "us", "apac"]), ("tier", ["std", "pro"])):
        db.session.add(
            BillableMetricFilter(
                organization_id=metric.organization_id, billable_metric_id=metric.id, key=key, values=values
            )
        )
    db.session.flush()
    db.session.refresh(metric)
    plan = a_plan(account)
    charge = a_charge(plan, metric)
    for name, values in filters.items():
        a_charge_filter(charge, values=values, invoice_display_name=name)
    return a_subscription(a_customer(account), plan)


def counted_by(account, filters, properties):
    """The buckets that count an event, by name; `-` is the default one."""
    subscription = filtered(account, filters)
    store_events(account, {"properties": properties})
    found = priced_usage(subscription, current_windows(subscription, utc("2024-03-20T00:00")))
    return [one.charge_filter.invoice_display_name if one.charge_filter else "-" for one in found if one.events_count]


@pytest.mark.parametrize("properties, names", [
    ({"region": "eu", "tier": "pro"}, ["F2"]),
    ({"region": "eu", "tier": "std"}, ["F1"]),
    ({"region": "us", "tier": "pro"}, ["F1"]),
    ({"region": "us"}, ["F1"]),
    ({"region": "us", "tier": None}, ["F1"]),
    ({"region": "apac", "tier": "pro"}, ["F3"]),
    ({"region": "apac"}, ["F3"]),
    ({"region": "mars", "tier": "pro"}, ["-"]),
    ({"region": None}, ["-"]),
    ({}, ["-"]),
])
def test_5_10_the_most_specific_filter_counts(owner, properties, names):
    assert counted_by(owner, THREE, properties) == names


@pytest.mark.parametrize("properties, names", [
    ({"region": "us", "tier": "pro"}, ["F1", "F4"]), ({"region": "eu", "tier": "pro"}, ["F2"]),
    ({"tier": "pro"}, ["F4"]),
])
def test_5_10_filters_that_are_not_nested_count_twice(owner, properties, names):
    assert counted_by(owner, FOUR, properties) == names


def test_of_twins_the_oldest_counts(owner):
    twins = {"A": {"region": ["eu"]}, "B": {"region": ["eu"]}}
    assert counted_by(owner, twins, {"region": "eu"}) == ["A"]


def test_partly_equal_values_count_twice(owner):
    filters = {"A": {"region": ["eu", "us"]}, "B": {"region": ["us", "apac"]}}
    assert counted_by(owner, filters, {"region": "us"}) == ["A", "B"]


def test_a_number_matches_its_text(owner):
    assert counted_by(owner, {"A": {"region": ["1"]}}, {"region": 1}) == ["A"]


@pytest.mark.parametrize("filters, properties, name", [
    (THREE, {"region": "eu", "tier": "pro"}, "F2"),
    (FOUR, {"region": "us", "tier": "pro"}, "F1"),
    ({"F3": {"region": ALL}, "F1": {"region": ["eu", "us"]}}, {"region": "us"}, "F3"),  # in a window F1 would have it
    (THREE, {"region": "mars"}, None),
])
def test_5_10_a_single_event_has_one_filter(owner, filters, properties, name):
    (charge,) = filtered(owner, filters).plan.charges
    found = bucket_of_event(charge, properties).charge_filter
    assert (found and found.invoice_display_name) == name
