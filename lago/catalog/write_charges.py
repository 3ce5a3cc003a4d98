"""The charges of a plan as a client gives them: new ones, changed ones, dropped ones (02 §2.2, 03 §1.3-5)."""

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from lago.catalog.charge_filters import FilterChanges, delete_charge_filters
from lago.catalog.charge_pricing_units import pricing_units_of, write_pricing_unit
from lago.catalog.charge_rules import charge_model_of, check_charge, read_properties
from lago.catalog.given_rows import given_rows
from lago.catalog.inputs import ChargeInput
from lago.catalog.models import BillableMetric, Charge, Plan, Tax
from lago.catalog.queries import billable_metrics_by_id, taxes_by_code
from lago.core import clock
from lago.core.db import db, unique
from lago.core.errors import Invalid, NotFound
from lago.core.fields import ALREADY_EXISTS
from lago.core.ids import as_uuid

Row = Mapping[str, Any]
Metrics = Mapping[uuid.UUID, BillableMetric]

ALWAYS_EDITABLE = (
    "id", "invoice_display_name", "properties", "filters", "tax_codes", "applied_pricing_unit", "accepts_target_wallet",
)
"""What of a charge may still change once the plan has had a subscription."""

_TERMS: dict[str, Any] = {
    "pay_in_advance": False, "invoiceable": True, "regroup_paid_fees": None, "prorated": False, "min_amount_cents": 0,
    "accepts_target_wallet": False,
}
"""The terms of a charge and what they are if nothing is said."""


def given_charges(data: Row) -> list[Row] | None:
    """The objects under `charges`; None if the client sent none."""
    return given_rows(data, "charges")


def metrics_of(organization_id: uuid.UUID, rows: Sequence[Row], known: Collection[uuid.UUID] = ()) -> Metrics:
    """The metrics that the charges count, by id; a charge whose own id is `known` may leave its metric out.

    Raises NotFound if one is missing or unknown.
    """
    wanted = {as_uuid(row.get("billable_metric_id")) for row in rows if _names_its_metric(row, known)}
    found = billable_metrics_by_id(organization_id, [identifier for identifier in wanted if identifier])
    if len(found) < len(wanted):
        raise NotFound("billable_metrics")
    return found


def create_charges(plan: Plan, rows: Sequence[Row], metrics: Metrics) -> None:
    """Gives a new plan its charges. Raises Invalid, or NotFound for an unknown tax."""
    _write(plan, rows, metrics, [], FilterChanges([], metrics), terms_are_fixed=False)


def add_charge(plan: Plan, row: Row, metrics: Metrics) -> Charge:
    """One more charge of the plan, whatever `id` the row names. Raises Invalid, or NotFound for an unknown tax."""
    new = {**row, "id": None}
    (charge,) = _write(plan, [new], metrics, plan.charges, FilterChanges([], metrics), terms_are_fixed=False)
    return charge


def change_charge(plan: Plan, charge: Charge, row: Row, metrics: Metrics, *, terms_are_fixed: bool) -> None:
    """Changes one charge of the plan. Raises Invalid, or NotFound for an unknown tax."""
    named = {**row, "id": str(charge.id)}
    filters = FilterChanges([charge], metrics)
    _write(plan, [named], metrics, plan.charges, filters, terms_are_fixed=terms_are_fixed)


def replace_charges(plan: Plan, rows: Sequence[Row], metrics: Metrics, *, terms_are_fixed: bool) -> None:
    """Changes the charges whose ids are among `rows`, creates the other rows, deletes the charges not named.

    Raises Invalid, or NotFound for an unknown tax.
    """
    filters = FilterChanges(plan.charges, metrics)
    named = {as_uuid(row.get("id")) for row in rows}
    delete_charges([charge for charge in plan.charges if charge.id not in named])
    kept = [charge for charge in plan.charges if charge.id in named]
    _write(plan, rows, metrics, kept, filters, terms_are_fixed=terms_are_fixed)


def free_code(wanted: str, taken: Collection[str]) -> str:
    """`wanted`, or with the next number behind it if it is taken (02 §2.2-1)."""
    if wanted not in taken:
        return wanted
    numbered = re.compile(re.escape(wanted) + r"_([0-9]+)")
    numbers = [int(match[1]) for match in map(numbered.fullmatch, taken) if match]
    return f"{wanted}_{max([1, *numbers]) + 1}"


def delete_charges(charges: Sequence[Charge]) -> None:
    """Deletes the charges and their filters; the rows stay for old fees."""
    for charge in charges:
        charge.deleted_at = clock.now()
    delete_charge_filters([charge.id for charge in charges])
    db.session.flush()


def _write(
    plan: Plan, rows: Sequence[Row], metrics: Metrics, kept: Sequence[Charge], filters: FilterChanges,
    *, terms_are_fixed: bool,
) -> list[Charge]:
    """Writes the row of each charge that it names, or else a new charge; `kept`: those that there are, named or not."""
    schema, codes = ChargeInput(), {charge.code for charge in kept}
    known = {charge.id: charge for charge in kept}
    charges = [known.get(as_uuid(row.get("id"))) or _blank(plan) for row in rows]  # type: ignore[arg-type]
    given = [
        schema.read(_that_counts(row, terms_are_fixed=terms_are_fixed) if charge.id else row)
        for row, charge in zip(rows, charges, strict=True)
    ]
    units = pricing_units_of(plan.organization_id, given)
    taxes = taxes_by_code(plan.organization_id, (code for values in given for code in values.get("tax_codes", ())))
    with unique("uq_charges_code", "code"), db.session.no_autoflush:
        for charge, values in zip(charges, given, strict=True):
            _assign(charge, values, metrics)
            _assign_taxes(charge, values, taxes)
            _assign_code(charge, values.get("code"), codes)
            write_pricing_unit(charge, values.get("applied_pricing_unit"), units)
            check_charge(charge)
            filters.note(charge, values.get("filters"))
        db.session.add_all(charges)
    filters.write()
    return charges


def _names_its_metric(row: Row, known: Collection[uuid.UUID]) -> bool:
    return row.get("billable_metric_id") is not None or as_uuid(row.get("id")) not in known


def _blank(plan: Plan) -> Charge:
    return Charge(organization_id=plan.organization_id, plan_id=plan.id, taxes=[], **_TERMS)


def _that_counts(row: Row, *, terms_are_fixed: bool) -> Row:
    """What is taken of the row of a charge that is there; a spending minimum left out is none (02 §2.2-4)."""
    if terms_are_fixed:
        return {name: value for name, value in row.items() if name in ALWAYS_EDITABLE}
    said = {name: value for name, value in row.items() if name != "invoiceable" or value is not None}
    return {"min_amount_cents": None, **said}


def _assign(charge: Charge, values: Row, metrics: Metrics) -> None:
    """Sets metric, model, properties and terms; a display name or properties left out are reset (02 §2.2-4)."""
    metric_id = as_uuid(values.get("billable_metric_id"))
    if metric_id:
        charge.billable_metric = metrics[metric_id]
    if values.get("charge_model") or not charge.charge_model:
        charge.charge_model = charge_model_of(values.get("charge_model"))
    charge.properties = read_properties(charge.charge_model, values.get("properties"))
    charge.invoice_display_name = values.get("invoice_display_name")
    for name, neutral in _TERMS.items():
        if name in values:
            setattr(charge, name, neutral if values[name] is None else values[name])


def _assign_taxes(charge: Charge, values: Row, taxes: Mapping[str, Tax]) -> None:
    if "tax_codes" in values:
        charge.taxes = [taxes[code] for code in dict.fromkeys(values["tax_codes"])]


def _assign_code(charge: Charge, code: str | None, taken: set[str]) -> None:
    """A new charge without a code is given its metric's; `taken` grows by the code."""
    if code is None and charge.code:
        return
    if code is not None and code != charge.code and code in taken:
        raise Invalid({"code": [ALREADY_EXISTS]})
    charge.code = code or free_code(charge.billable_metric.code, taken)
    taken.add(charge.code)
