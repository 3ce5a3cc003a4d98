"""Projected usage as the API shows it (01 §4.4, §5.16)."""

import pytest

from lago.core.db import db
from tests.builders.usage import (
    a_charge,
    a_charge_filter,
    a_customer,
    a_metric,
    a_plan,
    a_subscription,
    store_events,
    subscribed,
    utc,
)


@pytest.fixture
def april(sandbox):
    """An organization on 8 April 2025 at 10:00, the eighth of thirty days."""
    sandbox.organization.clock_now = utc("2025-04-08T10:00")
    db.session.flush()
    return sandbox


def used(account, *events, subscription="acme", day=5):
    """Stores events of April, each of the properties given."""
    store_events(account, *({
        "properties": properties, "timestamp": utc(f"2025-04-0{day}T00:00"), "external_subscription_id": subscription,
    } for properties in events))


def usage_of(account, **query):
    query = {"external_subscription_id": "acme", **query}
    return account.get("/customers/acme/projected_usage", **query)["customer_projected_usage"]


def the_charge(account):
    (charge,) = usage_of(account)["charges_usage"]
    return charge


def projections(*parts):
    return [(part["projected_units"], part["projected_amount_cents"]) for part in parts]


def test_usage_goes_on_as_so_far(april):
    metric = a_metric(april)
    subscription = subscribed(april, metric, properties={"amount": "0.5"}, start="2025-04-01T00:00")
    used(april, *[{}] * 40)
    (charge,) = subscription.plan.charges
    assert usage_of(april) == {
        "from_datetime": "2025-04-01T00:00:00Z", "to_datetime": "2025-04-30T23:59:59Z", "issuing_date": "2025-04-30",
        "currency": "EUR", "amount_cents": 2000, "projected_amount_cents": 7500, "taxes_amount_cents": 0,
        "total_amount_cents": 2000, "lago_invoice_id": None,
        "charges_usage": [{
            "units": "40.0", "projected_units": "150.0", "events_count": 40, "amount_cents": 2000,
            "projected_amount_cents": 7500, "amount_currency": "EUR", "pricing_unit_details": None, "filters": [],
            "grouped_usage": [], "presentation_breakdowns": [], "projected_presentation_breakdowns": [],
            "charge": {"lago_id": str(charge.id), "charge_model": "standard", "invoice_display_name": None},
            "billable_metric": {
                "lago_id": str(metric.id), "name": "calls", "code": "calls", "aggregation_type": "count_agg",
            },
        }],
    }


def test_days_are_the_customers_and_begin_with_the_start(april):
    # in Auckland it is 22:00 of the 8th; of the days from the 6th to the 30th three have begun: 3 / (3/25) = 25
    customer = a_customer(april, timezone="Pacific/Auckland")
    a_subscription(customer, a_plan(april, a_metric(april)), start="2025-04-06T09:00")
    used(april, *[{}] * 3, day=7)
    assert projections(the_charge(april)) == [("25.0", 2500)]


def test_what_a_recurring_metric_holds_is_not_projected(april):
    metric = a_metric(april, aggregation="sum_agg", field_name="v", recurring=True)
    subscribed(april, metric, start="2025-04-01T00:00")
    used(april, {"v": 12})
    assert projections(the_charge(april)) == [("12.0", 1200)]


def test_a_period_that_has_not_begun_is_projected_to_nothing(april):
    subscribed(april, a_metric(april), start="2025-04-09T00:00")
    store_events(april, {"timestamp": utc("2025-04-09T00:00")})
    charge = the_charge(april)
    assert (charge["units"], *projections(charge)) == ("1.0", ("0.0", 0))


def test_the_filters_are_projected_and_the_rest_is_not(april):
    (charge,) = subscribed(april, a_metric(april), start="2025-04-01T00:00").plan.charges
    for region, amount in (("eu", "2"), ("us", "3")):
        a_charge_filter(charge, values={"region": [region]}, amount=amount)
    used(april, *({"region": region} for region in ("eu", "eu", "us", "mars")))
    shown = the_charge(april)
    assert projections(*shown["filters"]) == [("7.5", 1500), ("3.75", 1125), ("0.0", 0)]
    assert projections(shown) == [("11.25", 2625)]
    assert usage_of(april)["projected_amount_cents"] == 2625
    assert set(shown["filters"][0]) == {
        "units", "projected_units", "events_count", "amount_cents", "projected_amount_cents", "pricing_unit_details",
        "invoice_display_name", "values", "presentation_breakdowns", "projected_presentation_breakdowns",
    }


def test_groups_are_projected_each(april):
    properties = {"amount": "1", "pricing_group_keys": ["team"]}
    subscribed(april, a_metric(april), properties=properties, start="2025-04-01T00:00")
    used(april, *({"team": team} for team in ("blue", "red", "red")))
    shown = the_charge(april)
    assert projections(*shown["grouped_usage"]) == [("3.75", 375), ("7.5", 750)]
    assert projections(shown) == [("11.25", 1125)]
    assert set(shown["grouped_usage"][0]) == {
        "units", "projected_units", "events_count", "amount_cents", "projected_amount_cents", "pricing_unit_details",
        "grouped_by", "filters", "presentation_breakdowns", "projected_presentation_breakdowns",
    }


def test_the_period_is_projected_to_the_sum_of_its_charges(april):
    # departs from the reference's oddity of the first fee of each charge (docs/departures.md)
    plan = a_plan(april)
    for code, amount in (("calls", "1"), ("seats", "2")):
        a_charge(plan, a_metric(april, code), properties={"amount": amount, "pricing_group_keys": ["team"]})
    a_subscription(a_customer(april), plan, start="2025-04-01T00:00")
    for code in ("calls", "seats"):
        store_events(april, *({
            "code": code, "properties": {"team": team}, "timestamp": utc("2025-04-05T00:00"),
        } for team in ("blue", "red")))
    usage = usage_of(april)
    assert [charge["projected_amount_cents"] for charge in usage["charges_usage"]] == [750, 1500]
    assert usage["projected_amount_cents"] == 2250


def test_tiers_price_the_projected_units(april):
    plan = a_plan(april)
    tiers = [
        {"from_value": 0, "to_value": 10, "per_unit_amount": "1", "flat_amount": "5"},
        {"from_value": 11, "to_value": None, "per_unit_amount": "0.5", "flat_amount": "0"},
    ]
    a_charge(plan, a_metric(april), "graduated", properties={"graduated_ranges": tiers})
    a_subscription(a_customer(april), plan, start="2025-04-01T00:00")
    assert projections(the_charge(april)) == [("0.0", 0)]  # without units not even the flat amount
    used(april, *[{}] * 8)
    assert projections(the_charge(april)) == [("30.0", 2500)]  # 5 + 10 × 1 + 20 × 0.50


@pytest.mark.parametrize("query, status, code", [
    ({}, 405, "no_active_subscription"), ({"external_subscription_id": "gone"}, 405, "no_active_subscription"),
])
def test_a_projection_needs_an_active_subscription(april, query, status, code):
    a_subscription(
        a_customer(april), a_plan(april), external_id="gone", status="terminated", terminated_at=utc("2025-04-02T00:00")
    )
    assert april.call("GET", "/customers/acme/projected_usage", expect=status, **query)["code"] == code


def test_an_unknown_customer_comes_first(april, outsider):
    subscribed(april, a_metric(april))
    answer = outsider.call("GET", "/customers/acme/projected_usage", expect=404, external_subscription_id="acme")
    assert answer["code"] == "resource_not_found"


def test_taxes_can_be_left_out(april):
    april.post("/taxes", {"tax": {"name": "vat", "code": "vat", "rate": "20", "applied_to_organization": True}})
    subscribed(april, a_metric(april), start="2025-04-01T00:00")
    used(april, {})
    assert usage_of(april)["taxes_amount_cents"] == 20
    assert usage_of(april, apply_taxes="false")["taxes_amount_cents"] == 0
