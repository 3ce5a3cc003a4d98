"""Stories of fixed charges: a plan with some, other units of them, and what was billed."""

from typing import Any

from tests.builders.catalog import an_add_on, fixed_charge
from tests.builders.organizations import Account
from tests.builders.stories import customer, invoices, plan, subscribe

AHEAD = {"pay_in_advance": True}
PRORATED = {"prorated": True}


def tier(first: int, last: int | None, price: str, flat: str = "0") -> dict[str, Any]:
    return {"from_value": first, "to_value": last, "per_unit_amount": price, "flat_amount": flat}


def on(code: str = "seats", units: Any = 10, amount: str = "10", **changes: Any) -> dict[str, Any]:
    """A fixed charge on an add-on of that code, which `begin` makes."""
    return fixed_charge({"lago_id": ""}, units, amount, code=code, **changes)


def begin(
    sandbox: Account, start: str, *charges: dict[str, Any], customer_fields: Any = None, subscription: Any = None,
    **fields: Any,
) -> dict[str, Any]:
    """Acme on a plan of 0.00 with these fixed charges, each on an add-on of its code; the plan."""
    sandbox.at(start)
    rows = [{**row, "add_on_id": an_add_on(sandbox, row["code"])["lago_id"]} for row in charges]
    made = plan(sandbox, **{"amount_cents": 0, "fixed_charges": rows, **fields})
    customer(sandbox, **(customer_fields or {}))
    subscribe(sandbox, **(subscription or {}))
    return made


def change(
    sandbox: Account, moment: str, units: Any, code: str = "seats", immediately: bool = True, **changes: Any
) -> None:
    """Other units of a fixed charge of the plan from that moment on; price and model stay as they are."""
    sandbox.at(moment)
    properties = sandbox.get(f"/plans/pro/fixed_charges/{code}")["fixed_charge"]["properties"]
    body = {"units": units, "apply_units_immediately": immediately, "properties": properties, **changes}
    sandbox.put(f"/plans/pro/fixed_charges/{code}", {"fixed_charge": body})
    sandbox.at(moment)


def own(sandbox: Account, moment: str, units: Any, code: str = "seats", **changes: Any) -> dict[str, Any]:
    """Other units for the subscription alone."""
    sandbox.at(moment)
    path = f"/subscriptions/acme/fixed_charges/{code}"
    changed: dict[str, Any] = sandbox.put(path, {"fixed_charge": {"units": units, **changes}})["fixed_charge"]
    return changed


def billed(invoice: dict[str, Any]) -> dict[str, tuple[str, int]]:
    """Units and cents of its fixed charges by code."""
    rows = [row for row in invoice["fees"] if row["item"]["type"] == "fixed_charge"]
    return {row["item"]["code"]: (row["units"], row["amount_cents"]) for row in rows}


def all_billed(sandbox: Account, name: str = "acme") -> list[tuple[str, dict[str, tuple[str, int]]]]:
    """The date of each invoice of the customer, and what it has of fixed charges."""
    return [(row["issuing_date"], billed(row)) for row in invoices(sandbox, name)]
