"""Metrics, taxes and plans, made through the API; `changes` are laid over what a plain one has."""

from typing import Any

from lago.catalog.create_pricing_unit import create_pricing_unit
from lago.catalog.models import PricingUnit
from lago.core.db import transaction
from tests.builders.organizations import Account


def metric_body(code: str = "calls", **changes: Any) -> dict[str, Any]:
    """What a client sends to make a metric that counts events."""
    return {"name": code.title(), "code": code, "aggregation_type": "count_agg", **changes}


def a_metric(account: Account, code: str = "calls", **changes: Any) -> dict[str, Any]:
    return account.post("/billable_metrics", {"billable_metric": metric_body(code, **changes)})["billable_metric"]


def a_sum_metric(account: Account, code: str = "storage", **changes: Any) -> dict[str, Any]:
    """A metric that adds up the property `gb`."""
    return a_metric(account, code, aggregation_type="sum_agg", field_name="gb", **changes)


def add_on_body(code: str = "seats", **changes: Any) -> dict[str, Any]:
    """What a client sends to make an add-on of 2.00 EUR."""
    return {"name": code.title(), "code": code, "amount_cents": 200, "amount_currency": "EUR", **changes}


def an_add_on(account: Account, code: str = "seats", **changes: Any) -> dict[str, Any]:
    return account.post("/add_ons", {"add_on": add_on_body(code, **changes)})["add_on"]


def fixed_charge(add_on: dict[str, Any], units: Any = 10, amount: str = "10", **changes: Any) -> dict[str, Any]:
    """What a client sends for a fixed charge with one price per unit."""
    row = {"add_on_id": add_on["lago_id"], "charge_model": "standard", "units": units, "properties": {"amount": amount}}
    return row | changes


def a_tax(account: Account, code: str = "vat", **changes: Any) -> dict[str, Any]:
    body = {"name": code.upper(), "code": code, "rate": 20, **changes}
    return account.post("/taxes", {"tax": body})["tax"]


def standard_charge(metric: dict[str, Any], amount: str = "0.10", **changes: Any) -> dict[str, Any]:
    """What a client sends for a charge with one price per unit."""
    row = {"billable_metric_id": metric["lago_id"], "charge_model": "standard", "properties": {"amount": amount}}
    return row | changes


def plan_body(code: str = "basic", **changes: Any) -> dict[str, Any]:
    """What a client sends to make a monthly plan in arrears of 10.00 EUR."""
    return {
        "name": code.title(), "code": code, "interval": "monthly", "amount_cents": 1000, "amount_currency": "EUR",
        "pay_in_advance": False, **changes,
    }


def a_plan(account: Account, code: str = "basic", **changes: Any) -> dict[str, Any]:
    return account.post("/plans", {"plan": plan_body(code, **changes)})["plan"]


def a_metric_with_filters(account: Account, code: str = "calls", **filters: list[str]) -> dict[str, Any]:
    """A metric that counts events, with these values under each key; by default of region and tier."""
    values = filters or {"region": ["eu", "us", "apac"], "tier": ["std", "pro"]}
    return a_metric(account, code, filters=[{"key": key, "values": texts} for key, texts in values.items()])


def a_filter(amount: str = "1", name: str | None = None, **values: Any) -> dict[str, Any]:
    """What a client sends for a filter of a standard charge."""
    return {"invoice_display_name": name, "properties": {"amount": amount}, "values": values}


def a_pricing_unit(account: Account, code: str = "credits", **changes: Any) -> PricingUnit:
    """A unit with the short name CR; there is no endpoint for them."""
    with transaction():
        return create_pricing_unit(
            account.organization.id, {"name": "A unit", "code": code, "short_name": "CR", **changes}
        )
