"""The first day: who sells, and what."""

from typing import Any

from lago.demo.calls import Calls
from lago.demo.company import catalog

NAMES = {
    "billing_entities": "billing_entity", "taxes": "tax", "billable_metrics": "billable_metric", "add_ons": "add_on",
    "features": "feature", "coupons": "coupon",
}
"""In the order in which they are made, with the name that the body of each has."""


def set_up(calls: Calls) -> None:
    """Makes all of the catalog; plans last, for they name the rest."""
    sold = catalog()
    calls.put("/organizations", {"organization": sold["organization"]})
    ids = {
        (name, row["code"]): calls.post(f"/{resource}", {name: row})[name].get("lago_id")
        for resource, name in NAMES.items() for row in sold[resource]
    }
    for plan in sold["plans"]:
        _add_plan(calls, plan, ids)


def _add_plan(calls: Calls, plan: dict[str, Any], ids: dict[tuple[str, str], str]) -> None:
    body = {
        **{name: value for name, value in plan.items() if name != "entitlements"},
        "charges": [_with_id(row, "metric", "billable_metric", ids) for row in plan["charges"]],
        "fixed_charges": [_with_id(row, "add_on", "add_on", ids) for row in plan.get("fixed_charges", [])],
    }
    calls.post("/plans", {"plan": body})
    calls.post(f"/plans/{plan['code']}/entitlements", {"entitlements": plan["entitlements"]})


def _with_id(row: dict[str, Any], key: str, name: str, ids: dict[tuple[str, str], str]) -> dict[str, Any]:
    rest = {field: value for field, value in row.items() if field != key}
    return {**rest, f"{name}_id": ids[name, row[key]], "properties": _with_end(row["properties"])}


def _with_end(properties: dict[str, Any]) -> dict[str, Any]:
    """The last tier has no end, which TOML cannot say."""
    return {
        name: [{"to_value": None, **tier} for tier in value] if name.endswith("_ranges") else value
        for name, value in properties.items()
    }
