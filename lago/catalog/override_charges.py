"""The charges of a plan that overrides another one: copies, with what the override says of each (03 §1.5)."""

from collections.abc import Mapping, Sequence
from typing import Any

from lago.catalog import not_yet
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
        copies = [_copy(charge, child, given.get(charge.id, {}), taxes) for charge in plan.charges]
        for charge, copy in zip(plan.charges, copies, strict=True):
            check_charge(copy)
            wanted = given.get(charge.id, {}).get("filters")
            filters.note(copy, filters.as_given_of(charge) if wanted is None else wanted)
    db.session.add_all(copies)
    db.session.flush()
    filters.write()


def changed_properties(charge: Charge, row: Row) -> dict[str, Any]:
    """What the row says of the prices of a charge: those that it has unless it names any."""
    return read_properties(charge.charge_model, row["properties"]) if row.get("properties") else charge.properties


def _given(plan: Plan, rows: Sequence[Row]) -> dict[Any, dict[str, Any]]:
    """What is said of which charge of the plan."""
    known = {charge.id: charge for charge in plan.charges}
    named = {as_uuid(row.get("id")): row for row in rows}
    given = {key: _INPUT.read(row) for key, row in named.items() if key in known}
    for key, values in given.items():
        not_yet.refuse(values, not_yet.CHARGE)
        if values.get("charge_model") not in (None, known[key].charge_model):  # type: ignore[index]
            raise Forbidden(OTHER_MODEL)
    return given


def _copy(charge: Charge, child: Plan, values: Row, taxes: Mapping[str, Tax]) -> Charge:
    copy = copy_of(
        charge, plan_id=child.id, parent_id=charge.id, properties=changed_properties(charge, values),
        billable_metric=charge.billable_metric, pricing_unit=charge.pricing_unit,
        taxes=[taxes[code] for code in dict.fromkeys(values.get("tax_codes", ()))],
    )
    if "min_amount_cents" in values:
        copy.min_amount_cents = values["min_amount_cents"] or 0
    if "invoice_display_name" in values:
        copy.invoice_display_name = values["invoice_display_name"]
    change_rate(copy, values.get("applied_pricing_unit"))
    return copy
