"""The charges of a plan that overrides another one: copies, with what the override says of each (03 §1.5)."""

import uuid
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from lago.catalog.charge_filters import FilterChanges
from lago.catalog.charge_pricing_units import change_rate
from lago.catalog.charge_rules import check_charge, read_properties
from lago.catalog.copies import copy_of
from lago.catalog.inputs import ChargeInput
from lago.catalog.models import Charge, Plan, Tax
from lago.catalog.queries import taxes_by_code
from lago.core.db import db
from lago.core.errors import Forbidden
from lago.core.ids import as_uuid

Row = Mapping[str, Any]

OTHER_MODEL = "cannot_override_charge_model"

_INPUT = ChargeInput(only=(
    "charge_model", "properties", "min_amount_cents", "invoice_display_name", "filters", "tax_codes",
    "applied_pricing_unit",
))


def override_charges(plan: Plan, child: Plan, rows: Sequence[Row]) -> None:
    """Gives `child` a copy of each charge of `plan`; `rows` name by its id what is to be different of which.

    Rows of ids that are none of the plan's are ignored. Raises Invalid, Forbidden, or NotFound for an unknown tax.
    """
    given = _given(plan, rows)
    taxes = taxes_by_code(plan.organization_id, (code for row in given.values() for code in row.get("tax_codes", ())))
    filters = FilterChanges(plan.charges, [])
    with db.session.no_autoflush:
        copies = [copied_charge(charge, child, given.get(charge.id, {}), taxes) for charge in plan.charges]
        for charge, copy in zip(plan.charges, copies, strict=True):
            check_charge(copy)
            wanted = given.get(charge.id, {}).get("filters")
            filters.note(copy, filters.as_given_of(charge) if wanted is None else wanted)
    db.session.add_all(copies)
    db.session.flush()
    filters.write()


def change_copied_charge(charge: Charge, row: Row) -> None:
    """Changes what the row names of the charge of a plan that overrides another one; the plan is locked.

    Raises Invalid, Forbidden, or NotFound for an unknown tax.
    """
    values = _read(charge, row)
    taxes = taxes_by_code(charge.organization_id, values.get("tax_codes", ()))
    filters = FilterChanges([charge], [])
    with db.session.no_autoflush:
        _assign(charge, values, taxes)
        check_charge(charge)
        filters.note(charge, values.get("filters"))
    db.session.flush()
    filters.write()


def copied_charge(
    charge: Charge, child: Plan, values: Row = MappingProxyType({}), taxes: Mapping[str, Tax] = MappingProxyType({})
) -> Charge:
    """A charge of `child` that is not stored yet: like `charge`, without its taxes and filters, with these values."""
    copy = copy_of(
        charge, plan_id=child.id, parent_id=charge.id, billable_metric=charge.billable_metric,
        pricing_unit=charge.pricing_unit, taxes=[],
    )
    _assign(copy, values, taxes)
    return copy


def _given(plan: Plan, rows: Sequence[Row]) -> dict[uuid.UUID, dict[str, Any]]:
    """What is said of which charge of the plan."""
    known = {charge.id: charge for charge in plan.charges}
    named = {as_uuid(row.get("id")): row for row in rows}
    return {key: _read(known[key], row) for key, row in named.items() if key in known}


def _read(charge: Charge, row: Row) -> dict[str, Any]:
    values = _INPUT.read(row)
    if values.get("charge_model") not in (None, charge.charge_model):
        raise Forbidden(OTHER_MODEL)
    return values


def _assign(charge: Charge, values: Row, taxes: Mapping[str, Tax]) -> None:
    """Sets what is named; empty properties are none."""
    if values.get("properties"):
        charge.properties = read_properties(charge.charge_model, values["properties"])
    if "min_amount_cents" in values:
        charge.min_amount_cents = values["min_amount_cents"] or 0
    if "invoice_display_name" in values:
        charge.invoice_display_name = values["invoice_display_name"]
    if "tax_codes" in values:
        charge.taxes = [taxes[code] for code in dict.fromkeys(values["tax_codes"])]
    change_rate(charge, values.get("applied_pricing_unit"))
