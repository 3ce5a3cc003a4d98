"""The fixed charges of a plan that overrides another one: copies, with what the override says of each (03 §1.5)."""

import uuid
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from lago.catalog.copies import copy_of
from lago.catalog.fixed_charge_inputs import FixedChargeInput
from lago.catalog.fixed_charge_rules import check_fixed_charge, read_fixed_properties
from lago.catalog.models import FixedCharge, Plan, Tax
from lago.catalog.override_charges import OTHER_MODEL
from lago.catalog.queries import taxes_by_code
from lago.core.db import db
from lago.core.errors import Forbidden
from lago.core.ids import as_uuid

Row = Mapping[str, Any]

_INPUT = FixedChargeInput(only=("properties", "invoice_display_name", "units", "tax_codes"))


def override_fixed_charges(plan: Plan, child: Plan, rows: Sequence[Row]) -> None:
    """Gives `child` a copy of each fixed charge of `plan`; `rows` name by its id what is to be different of which.

    Rows of ids that are none of the plan's are ignored. Raises Invalid, Forbidden, or NotFound for an unknown tax.
    """
    given = _given(plan, rows)
    taxes = taxes_by_code(plan.organization_id, (code for row in given.values() for code in row.get("tax_codes", ())))
    with db.session.no_autoflush:
        copies = [copied_fixed_charge(one, child, given.get(one.id, {}), taxes) for one in plan.fixed_charges]
        for copy in copies:
            check_fixed_charge(copy, child.amount_currency)
    db.session.add_all(copies)
    db.session.flush()


def copied_fixed_charge(
    one: FixedCharge, child: Plan, values: Row = MappingProxyType({}), taxes: Mapping[str, Tax] = MappingProxyType({})
) -> FixedCharge:
    """A fixed charge of `child` that is not stored yet: like `one`, without its taxes, with these values."""
    copy = copy_of(
        one, plan_id=child.id, parent_id=one.id, add_on=one.add_on,
        taxes=[taxes[code] for code in dict.fromkeys(values.get("tax_codes", ()))],
    )
    if values.get("properties"):
        copy.properties = read_fixed_properties(one.charge_model, values["properties"])
    if values.get("units") is not None:
        copy.units = values["units"]
    if "invoice_display_name" in values:
        copy.invoice_display_name = values["invoice_display_name"]
    return copy


def completed_row(fixed_charge: FixedCharge, row: Row) -> dict[str, Any]:
    """What a client's row says of a fixed charge of a plan that overrides another one, laid over what there is.

    Raises Forbidden if it names another charge model.
    """
    _check_model(fixed_charge, row)
    there = {name: getattr(fixed_charge, name) for name in ("properties", "invoice_display_name")}
    said = {name: value for name, value in row.items() if name != "units" or value is not None}
    return {"units": str(fixed_charge.units), **there, **said, "id": str(fixed_charge.id)}


def _given(plan: Plan, rows: Sequence[Row]) -> dict[uuid.UUID, dict[str, Any]]:
    """What is said of which fixed charge of the plan."""
    known = {one.id: one for one in plan.fixed_charges}
    named = {as_uuid(row.get("id")): row for row in rows}
    return {key: _read(known[key], row) for key, row in named.items() if key in known}


def _read(fixed_charge: FixedCharge, row: Row) -> dict[str, Any]:
    _check_model(fixed_charge, row)
    return _INPUT.read(row)


def _check_model(fixed_charge: FixedCharge, row: Row) -> None:
    if row.get("charge_model") not in (None, fixed_charge.charge_model):
        raise Forbidden(OTHER_MODEL)
