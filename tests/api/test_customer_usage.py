"""Current usage as the API shows it (01 §4.1)."""

import json

import pytest

from lago.catalog.models import Tax, billing_entity_taxes, charge_taxes, plan_taxes
from lago.core.db import db
from lago.customers.models import customer_taxes
from tests.builders.usage import (
    a_charge,
    a_customer,
    a_metric,
    a_plan,
    a_subscription,
    store_events,
    subscribed,
    utc,
)


@pytest.fixture
def current(sandbox):
    """An organization on 20 March 2024."""
    sandbox.organization.clock_now = utc("2024-03-20T12:00")
    db.session.flush()
    return sandbox


def usage_of(account, **query):
    query = {"external_subscription_id": "acme", **query}
    return account.get("/customers/acme/current_usage", **query)["customer_usage"]


def refused(account, status, customer="acme", **query):
    query = {"external_subscription_id": "acme", **query}
    return account.call("GET", f"/customers/{customer}/current_usage", expect=status, **query)


def test_usage_of_a_charge(current):
    metric = a_metric(current, "storage", "sum_agg", field_name="gb")
    subscription = subscribed(current, metric, properties={"amount": "0.5"}, start="2024-03-05T10:00")
    store_events(current, *({"code": "storage", "properties": {"gb": gb}, "timestamp": utc("2024-03-06T00:00")}
                            for gb in (8, "7.5", "no number")))
    (charge,) = subscription.plan.charges
    assert usage_of(current) == {
        "from_datetime": "2024-03-05T10:00:00Z", "to_datetime": "2024-03-31T23:59:59Z", "issuing_date": "2024-03-31",
        "currency": "EUR", "amount_cents": 775, "taxes_amount_cents": 0, "total_amount_cents": 775,
        "lago_invoice_id": None,
        "charges_usage": [{
            "units": "15.5", "total_aggregated_units": "15.5", "events_count": 2, "amount_cents": 775,
            "amount_currency": "EUR", "pricing_unit_details": None, "filters": [], "grouped_usage": [],
            "presentation_breakdowns": [],
            "charge": {
                "lago_id": str(charge.id), "code": "storage_charge", "charge_model": "standard",
                "invoice_display_name": None,
            },
            "billable_metric": {
                "lago_id": str(metric.id), "name": "storage", "code": "storage", "aggregation_type": "sum_agg",
            },
        }],
    }


def test_events_that_were_sent_count_at_once(current):
    subscribed(current, a_metric(current))
    for n in (1, 2):
        current.post("/events", {"event": {"transaction_id": n, "external_subscription_id": "acme", "code": "calls"}})
        assert usage_of(current)["charges_usage"][0]["events_count"] == n


@pytest.mark.parametrize("zone, end, issued", [
    ("Europe/Berlin", "2024-03-31T21:59:59Z", "2024-03-31"),
    ("America/Los_Angeles", "2024-04-01T06:59:59Z", "2024-04-01"),
])
def test_the_period_is_the_customers(current, zone, end, issued):
    a_subscription(a_customer(current, timezone=zone), a_plan(current, a_metric(current)))
    usage = usage_of(current)
    assert (usage["to_datetime"], usage["issuing_date"]) == (end, issued)


def test_charges_are_listed_by_the_name_of_their_metric_used_or_not(current):
    subscribed(current, *(a_metric(current, code, name=name) for code, name in (("x", "b"), ("y", "C"), ("z", "A"))))
    names = [charge["billable_metric"]["name"] for charge in usage_of(current)["charges_usage"]]
    assert names == ["A", "b", "C"]


def test_groups_are_listed_and_added_up(current):
    properties = {"amount": "2", "pricing_group_keys": ["team"]}
    subscribed(current, a_metric(current), properties=properties)
    store_events(current, *({"properties": {"team": team}} for team in ("red", "blue", "red")), {})
    (charge,) = usage_of(current)["charges_usage"]
    assert (charge["units"], charge["amount_cents"]) == ("4.0", 800)
    assert [(group["grouped_by"], group["units"]) for group in charge["grouped_usage"]] == [
        ({"team": "blue"}, "1.0"), ({"team": "red"}, "2.0"), ({"team": None}, "1.0"),
    ]
    assert usage_of(current, skip_grouping="true")["charges_usage"][0]["grouped_usage"] == []


@pytest.mark.parametrize("query", [
    {"group[team]": "red"}, {"filter_by_group[team]": "red"}, {"group": json.dumps({"team": "red"})},
    {"group[team][]": ["red", "green"]}, {"filter_by_group": json.dumps({"team": ["red", "green"]})},
])
def test_usage_of_one_group(current, query):
    subscribed(current, a_metric(current), properties={"amount": "2", "pricing_group_keys": ["team"]})
    store_events(current, *({"properties": {"team": team}} for team in ("red", "blue", "red")))
    (charge,) = usage_of(current, **query)["charges_usage"]
    assert (charge["units"], charge["grouped_usage"]) == ("2.0", [])


@pytest.mark.parametrize("group", ["{", "[1]", "7"])
def test_a_group_that_is_no_json_object_is_a_bad_request(current, group):
    subscribed(current, a_metric(current))
    refused(current, 400, group=group)


@pytest.mark.parametrize("name", ["charge_code", "filter_by_charge_code"])
def test_usage_of_one_charge(current, name):
    subscribed(current, a_metric(current, "calls"), a_metric(current, "seats"))
    (charge,) = usage_of(current, **{name: "seats_charge"})["charges_usage"]
    assert charge["billable_metric"]["code"] == "seats"


def test_the_first_way_to_name_a_charge_counts(current):
    subscription = subscribed(current, a_metric(current, "calls"), a_metric(current, "seats"))
    first = subscription.plan.charges[0]
    (charge,) = usage_of(
        current, charge_id=first.id, charge_code="seats_charge", billable_metric_code="none"
    )["charges_usage"]
    assert charge["charge"]["lago_id"] == str(first.id)
    metrics = usage_of(current, filter_by_metric_code="seats")["charges_usage"]
    assert [charge["charge"]["code"] for charge in metrics] == ["seats_charge"]


@pytest.mark.parametrize("query", [
    {"charge_code": "none"}, {"charge_id": "0f0f0f0f-0000-4000-8000-000000000000"}, {"charge_id": "x"},
    {"billable_metric_code": "none"},
])
def test_a_charge_that_is_not_there(current, query):
    subscribed(current, a_metric(current))
    assert refused(current, 404, **query)["code"] == "charge_not_found"


@pytest.mark.parametrize("query", [
    {"external_subscription_id": "unknown"}, {"external_subscription_id": "gone"}, {"external_subscription_id": ""},
    {"external_subscription_id": "others"}, {"external_subscription_id": "unknown", "charge_code": "none"},
])
def test_usage_needs_an_active_subscription_of_the_customer(current, query):
    subscription = subscribed(current, a_metric(current))
    customer, plan = subscription.customer, subscription.plan
    a_subscription(customer, plan, external_id="gone", status="terminated", terminated_at=utc("2024-03-02T00:00"))
    a_subscription(a_customer(current, "other", sequential_id=2), plan, external_id="others")
    assert refused(current, 405, **query)["code"] == "no_active_subscription"


def test_an_unknown_customer_comes_first(current, outsider):
    subscribed(current, a_metric(current))
    assert refused(current, 404, customer="nobody")["code"] == "resource_not_found"
    refused(outsider, 404)


def test_full_usage_starts_with_the_subscription(current):
    subscribed(current, a_metric(current), start="2024-01-10T08:00")
    store_events(current, {"timestamp": utc("2024-01-11T00:00")}, {})
    usage = usage_of(current, full_usage="true", charge_code="calls_charge")
    assert (usage["from_datetime"], usage["charges_usage"][0]["events_count"]) == ("2024-01-10T08:00:00Z", 2)


@pytest.mark.parametrize("query, prorated", [({}, False), ({"charge_code": "none"}, False),
                                             ({"charge_code": "calls_charge"}, True)])
def test_full_usage_is_of_named_charges_that_are_not_prorated(current, query, prorated):
    plan = a_plan(current)
    a_charge(plan, a_metric(current), prorated=prorated)
    a_subscription(a_customer(current), plan)
    if query.get("charge_code") == "none":
        assert refused(current, 404, full_usage="true", **query)["code"] == "charge_not_found"
    else:
        assert refused(current, 405, full_usage="true", **query)["code"] == "full_usage_not_allowed"


def a_tax(account, rate, table, **owner):
    """A tax attached by the row `owner` of `table`."""
    tax = Tax(organization_id=account.organization.id, name="tax", code=f"tax{rate}", rate=rate)
    db.session.add(tax)
    db.session.flush()
    db.session.execute(table.insert(), {"tax_id": tax.id, **owner})


def test_the_nearest_taxes_apply(current):
    subscription = subscribed(current, a_metric(current))
    customer, charge = subscription.customer, subscription.plan.charges[0]
    store_events(current, *[{}] * 10)
    levels = [
        (1, billing_entity_taxes, {"billing_entity_id": customer.billing_entity_id}),
        (2, customer_taxes, {"customer_id": customer.id}),
        (3, plan_taxes, {"plan_id": subscription.plan.id}),
        (4, charge_taxes, {"charge_id": charge.id}),
    ]
    for rate, table, owner in levels:
        a_tax(current, rate, table, **owner)
        db.session.expire_all()
        assert usage_of(current)["taxes_amount_cents"] == rate * 10


@pytest.mark.parametrize("off", ["false", "0", "f", "off", ""])
def test_taxes_can_be_left_out(current, off):
    subscription = subscribed(current, a_metric(current))
    a_tax(current, 20, customer_taxes, customer_id=subscription.customer_id)
    store_events(current, {})
    assert usage_of(current)["total_amount_cents"] == 120
    usage = usage_of(current, apply_taxes=off)
    assert (usage["taxes_amount_cents"], usage["total_amount_cents"]) == (0, 100)


@pytest.mark.parametrize("charges", [1, 5])
def test_usage_takes_the_same_queries_however_many_charges(current, count_queries, charges):
    subscribed(current, *(a_metric(current, f"metric{n}") for n in range(charges)))
    db.session.expire_all()
    with count_queries() as statements:
        assert len(usage_of(current)["charges_usage"]) == charges
    assert len(statements) <= 13, statements


def test_figures_of_any_length_are_shown_in_full(current):
    subscribed(current, a_metric(current, aggregation="sum_agg", field_name="v"))
    store_events(current, {"properties": {"v": "9" * 60}}, {"properties": {"v": "0.000000000000000000001"}})
    (charge,) = usage_of(current)["charges_usage"]
    assert charge["units"] == "9" * 60 + ".000000000000000000001"
