"""Units by keys for display, of each aggregation (01 §3.11); where they are shown: api/test_usage_breakdowns.py."""

from decimal import Decimal

import pytest

from lago.metering.usage import priced_usage
from lago.subscriptions.terms import current_windows
from tests.builders.stories import fee, invoices, metric, plan, standard, subscribe, use
from tests.builders.usage import a_charge, a_customer, a_metric, a_plan, a_subscription, store_events, utc

BY_CLOUD = {"amount": "1", "presentation_group_keys": [{"value": "cloud"}]}


def broken_down(account, aggregation, *events, recurring=False, prorated=False, properties=None, **fields):
    """The rows of the one charge in March, by cloud: one list for each group."""
    metric = a_metric(account, aggregation=aggregation, field_name="v", recurring=recurring, **fields)
    the_plan = a_plan(account)
    a_charge(the_plan, metric, prorated=prorated, properties=properties or BY_CLOUD)
    subscription = a_subscription(a_customer(account), the_plan, start="2024-01-01T00:00")
    store_events(account, *events)
    usages = priced_usage(subscription, current_windows(subscription, utc("2024-03-20T00:00")))
    return [[(row.presentation_by["cloud"], row.units) for row in usage.presentation_breakdowns] for usage in usages]


def event(cloud, value, moment="2024-03-11T00:00", **properties):
    return {"timestamp": utc(moment), "properties": {"cloud": cloud, "v": value, **properties}}


EVENTS = [event("aws", 3), event("aws", "1.5"), event("gcp", -2), event("gcp", "x"), event(None, 7)]


@pytest.mark.parametrize("aggregation, rows", [
    ("count_agg", [("aws", 2), ("gcp", 2), (None, 1)]),
    ("sum_agg", [("aws", Decimal("4.5")), ("gcp", -2), (None, 7)]),
    ("max_agg", [("aws", 3), ("gcp", -2), (None, 7)]),
    ("latest_agg", [("aws", Decimal("1.5")), ("gcp", 0), (None, 7)]),
    ("unique_count_agg", [("aws", 2), ("gcp", 2), (None, 1)]),
])
def test_each_aggregation_breaks_down(owner, aggregation, rows):
    assert broken_down(owner, aggregation, *EVENTS) == [rows]


def test_rows_are_not_rounded(owner):
    rows = broken_down(owner, "sum_agg", event("aws", "1.2"), event("gcp", "1.2"), rounding_function="ceil")
    assert rows == [[("aws", Decimal("1.2")), ("gcp", Decimal("1.2"))]]


@pytest.mark.parametrize("prorated, units", [(False, 12), (True, 2)])
def test_a_prorated_sum_shows_only_what_came_in_the_window(owner, prorated, units):
    events = event("aws", 10, "2024-02-01T00:00"), event("aws", 2)
    assert broken_down(owner, "sum_agg", *events, recurring=True, prorated=prorated) == [[("aws", units)]]


def test_prorated_values_are_shown_as_they_are(owner):
    events = event("aws", "a", "2024-02-01T00:00"), event("aws", "b")
    assert broken_down(owner, "unique_count_agg", *events, recurring=True, prorated=True) == [[("aws", 2)]]


def test_each_group_has_rows_of_its_own(owner):
    events = event("aws", 1, team="red"), event("gcp", 2, team="red"), event("aws", 4, team="blue")
    properties = BY_CLOUD | {"pricing_group_keys": ["team"]}
    assert broken_down(owner, "sum_agg", *events, properties=properties) == [[("aws", 4)], [("aws", 1), ("gcp", 2)]]


def test_without_events_there_are_no_rows(owner):
    assert broken_down(owner, "sum_agg") == [[]]


def test_charges_without_keys_ask_nothing(owner):
    assert broken_down(owner, "sum_agg", *EVENTS, properties={"amount": "1"}) == [[]]


def test_the_fee_of_an_invoice_keeps_the_rows(sandbox):
    sandbox.at("2024-03-01T00:00:00Z")
    shown = [{"value": "cloud", "options": {"display_in_invoice": True}}]
    charge = standard(metric(sandbox, "calls"), "1")
    plan(sandbox, charges=[charge | {"properties": {"amount": "1", "presentation_group_keys": shown}}])
    subscribe(sandbox)
    use(sandbox, "calls", properties={"cloud": "aws"})
    sandbox.at("2024-04-01T06:00:00Z")
    assert fee(invoices(sandbox)[0], "charge")["presentation_breakdowns"] == [
        {"presentation_by": {"cloud": "aws"}, "units": "1.0"}
    ]
