"""Current usage of charges with filters and groups: which entries there are, and what each adds up (01 §4.1, §5.10)."""

import pytest

from lago.core.db import db
from tests.builders.usage import a_charge as a_priced
from tests.builders.usage import (
    a_charge_filter,
    a_customer,
    a_metric,
    a_plan,
    a_subscription,
    store_events,
    subscribed,
    utc,
)

GROUPED = {"amount": "2", "pricing_group_keys": ["team"]}


@pytest.fixture
def current(sandbox):
    """An organization on 20 March 2024."""
    sandbox.organization.clock_now = utc("2024-03-20T12:00")
    db.session.flush()
    return sandbox


@pytest.fixture
def charge(current):
    """Gigabytes at 1.00, of the region eu by teams at 2.00."""
    charge = a_charge(current)
    a_charge_filter(charge, values={"region": ["eu"]}, properties=GROUPED)
    return charge


def a_charge(current, **subscribed_with):
    return subscribed(current, a_metric(current, "gb", "sum_agg", field_name="v"), **subscribed_with).plan.charges[0]


def used(account, *events):
    """Stores events, each of a value and further properties."""
    store_events(account, *({"code": "gb", "properties": {"v": v, **properties}} for v, properties in events))


def usage_of(account, **query):
    query = {"external_subscription_id": "acme", **query}
    usage = account.get("/customers/acme/current_usage", **query)["customer_usage"]
    assert len(usage["charges_usage"]) == 1
    return usage["charges_usage"][0]


def figures(*entries):
    return [(entry["units"], entry["events_count"], entry["amount_cents"]) for entry in entries]


EVENTS = [
    (6, {"region": "eu", "team": "red"}), (2, {"region": "eu"}), (1, {"region": "eu", "team": "red"}),
    (3, {"region": "us", "team": "red"}), (1, {}),
]


def test_filters_come_in_their_order_and_the_rest_last(current, charge):
    a_charge_filter(charge, values={"region": ["us"]}, amount="5", invoice_display_name="America", position=-1)
    used(current, *EVENTS)
    us, eu, rest = usage_of(current)["filters"]
    assert us == {
        "units": "3.0", "total_aggregated_units": "3.0", "events_count": 1, "amount_cents": 1500,
        "pricing_unit_details": None, "invoice_display_name": "America", "values": {"region": ["us"]},
        "presentation_breakdowns": [],
    }
    assert (eu["values"], eu["invoice_display_name"]) == ({"region": ["eu"]}, None)
    assert figures(eu) == [("9.0", 3, 1800)]  # all its groups
    assert (rest["values"], rest["invoice_display_name"]) == (None, None)
    assert figures(rest) == [("1.0", 1, 100)]


def test_a_charge_is_the_sum_of_its_buckets(current, charge):
    used(current, *EVENTS)
    usage = usage_of(current)
    assert figures(usage) == figures({"units": "13.0", "events_count": 5, "amount_cents": 1800 + 400})


def test_what_is_not_grouped_stands_beside_the_groups(current, charge):
    used(current, *EVENTS)
    red, without, rest = usage_of(current)["grouped_usage"]
    assert [group["grouped_by"] for group in (red, without, rest)] == [{"team": "red"}, {"team": None}, {}]
    assert figures(red, without, rest) == [("7.0", 2, 1400), ("2.0", 1, 400), ("4.0", 2, 400)]


def test_each_group_shows_the_filters_that_it_has_usage_of(current, charge):
    used(current, *EVENTS)
    red, without, rest = usage_of(current)["grouped_usage"]
    assert [[one["values"] for one in group["filters"]] for group in (red, without, rest)] == [
        [{"region": ["eu"]}], [{"region": ["eu"]}], [None],
    ]
    assert figures(*rest["filters"]) == [("4.0", 2, 400)]


def test_a_group_of_several_filters_is_one_entry(current, charge):
    a_charge_filter(charge, values={"region": ["us"]}, properties={**GROUPED, "amount": "3"})
    used(current, *EVENTS)
    red = usage_of(current)["grouped_usage"][0]
    assert figures(red, *red["filters"]) == [("10.0", 3, 2300), ("7.0", 2, 1400), ("3.0", 1, 900)]


def test_unused_filters_and_the_unused_rest_are_listed_with_zeros(current, charge):
    usage = usage_of(current)
    assert figures(*usage["filters"]) == [("0.0", 0, 0)] * 2
    assert [group["grouped_by"] for group in usage["grouped_usage"]] == [{"team": None}, {}]


def test_all_values_are_shown_as_they_were_given(current):
    charge = a_charge(current)
    a_charge_filter(charge, values={"region": ["__ALL_FILTER_VALUES__"]})
    assert [one["values"] for one in usage_of(current)["filters"]] == [{"region": ["__ALL_FILTER_VALUES__"]}, None]


def test_without_grouping_the_filters_remain(current, charge):
    used(current, *EVENTS)
    usage = usage_of(current, skip_grouping="true")
    assert usage["grouped_usage"] == []
    assert figures(*usage["filters"]) == [("9.0", 3, 1800), ("4.0", 2, 400)]


def test_a_group_narrows_every_bucket_and_no_longer_groups(current, charge):
    used(current, *EVENTS)
    usage = usage_of(current, **{"group[team]": "red"})
    assert usage["grouped_usage"] == []
    assert figures(*usage["filters"]) == [("7.0", 2, 1400), ("3.0", 1, 300)]


def test_filters_of_any_number_take_the_same_queries(current, charge, count_queries):
    counts = []
    for _ in range(2):
        for n in range(4):
            a_charge_filter(charge, values={"region": [f"r{n}"]})
        db.session.expire_all()
        with count_queries(forget=False) as statements:
            usage_of(current)
        counts.append(len(statements))
    assert counts[1] <= counts[0]


def test_filters_groups_and_proration_together(current):
    """The worked example of 01 §5.11, with the JSON of §4.1."""
    current.organization.clock_now = utc("2025-04-28T00:00")
    current.post("/taxes", {"tax": {"name": "vat", "code": "vat", "rate": "20", "applied_to_organization": True}})
    metric = a_metric(current, "storage", "sum_agg", name="Storage", field_name="gb", recurring=True)
    plan = a_plan(current)
    charge = a_priced(plan, metric, code="storage", prorated=True)
    a_charge_filter(charge, values={"region": ["eu"]}, properties={"amount": "2", "pricing_group_keys": ["team"]})
    a_subscription(a_customer(current), plan, start="2025-03-01T00:00")
    store_events(current, *(
        {"code": "storage", "properties": properties, "timestamp": utc(moment)} for moment, properties in STORED
    ))
    usage = current.get("/customers/acme/current_usage", external_subscription_id="acme")["customer_usage"]
    eu = shown("14.0", 4, 2160, invoice_display_name=None, values={"region": ["eu"]})
    rest = shown("4.0", 2, 77, invoice_display_name=None, values=None)
    assert usage == {
        "from_datetime": "2025-04-01T00:00:00Z", "to_datetime": "2025-04-30T23:59:59Z", "issuing_date": "2025-04-30",
        "currency": "EUR", "amount_cents": 2237, "total_amount_cents": 2684, "taxes_amount_cents": 447,
        "lago_invoice_id": None,
        "charges_usage": [shown(
            "18.0", 6, 2237, amount_currency="EUR", filters=[eu, rest],
            charge={
                "lago_id": str(charge.id), "code": "storage", "charge_model": "standard",
                "invoice_display_name": None,
            },
            billable_metric={
                "lago_id": str(metric.id), "name": "Storage", "code": "storage", "aggregation_type": "sum_agg",
            },
            grouped_usage=[
                shown(*figures, grouped_by=group, filters=[{**within, **shown(*figures)}])
                for group, figures, within in (
                    ({"team": "blue"}, ("6.0", 1, 600), eu), ({"team": "red"}, ("6.0", 2, 1360), eu),
                    ({"team": None}, ("2.0", 1, 200), eu), ({}, ("4.0", 2, 77), rest),
                )
            ],
        )],
    }


STORED = [
    ("2025-03-12T00:00", {"gb": 10, "region": "eu", "team": "red"}),
    ("2025-04-07T12:00", {"gb": -4, "region": "eu", "team": "red"}),
    ("2025-04-16T00:00", {"gb": 6, "region": "eu", "team": "blue"}),
    ("2025-04-16T00:00", {"gb": 2, "region": "eu"}),
    ("2025-04-25T00:00", {"gb": 3, "region": "us"}),
    ("2025-04-26T00:00", {"gb": "abc", "region": "mars"}),
    ("2025-04-26T00:00", {"gb": 1}),
]


def shown(units, events_count, amount_cents, **fields):
    """What each entry has."""
    return {
        "units": units, "total_aggregated_units": units, "events_count": events_count, "amount_cents": amount_cents,
        "pricing_unit_details": None, "presentation_breakdowns": [], **fields,
    }
