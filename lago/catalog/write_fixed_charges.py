"""The fixed charges of a plan as a client gives them: new ones, changed ones, dropped ones (02 §8.1, 03 §1.3-6)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lago.catalog.fixed_charge_inputs import FixedChargeInput
from lago.catalog.fixed_charge_rules import check_fixed_charge, fixed_charge_model_of, read_fixed_properties
from lago.catalog.given_rows import given_rows
from lago.catalog.models import AddOn, FixedCharge, Plan, Tax
from lago.catalog.queries import add_ons_by_id, taxes_by_code
from lago.catalog.write_charges import free_code
from lago.core import clock
from lago.core.db import db, unique
from lago.core.errors import Invalid, NotFound
from lago.core.fields import ALREADY_EXISTS, MANDATORY
from lago.core.ids import as_uuid

Row = Mapping[str, Any]
AddOns = Mapping[uuid.UUID, AddOn]

CODE_INDEX = "uq_fixed_charges_code"


@dataclass(frozen=True)
class UnitsChange:
    """A fixed charge that is new or has other units; `immediately`: from now on, not from the next period on."""

    fixed_charge: FixedCharge
    immediately: bool


def given_fixed_charges(data: Row) -> list[Row] | None:
    """The objects under `fixed_charges`; None if the client sent none."""
    return given_rows(data, "fixed_charges")


def add_ons_of(organization_id: uuid.UUID, rows: Sequence[Row], present: Sequence[FixedCharge] = ()) -> AddOns:
    """The add-ons that the fixed charges name, by id; those that are `present` keep theirs, and need not name it.

    Raises NotFound if one is missing or unknown.
    """
    own = {fixed_charge.id: fixed_charge.add_on_id for fixed_charge in present}
    wanted = {as_uuid(row.get("add_on_id")) for row in rows if _names_an_add_on(row, own)}
    found = add_ons_by_id(organization_id, [identifier for identifier in wanted if identifier])
    if len(found) < len(wanted):
        raise NotFound("add_ons")
    return found


def create_fixed_charges(plan: Plan, rows: Sequence[Row], add_ons: AddOns) -> list[UnitsChange]:
    """Gives a plan more fixed charges. Raises Invalid, or NotFound for an unknown tax."""
    return _write(plan, rows, add_ons, {}, terms_are_fixed=False)


def replace_fixed_charges(
    plan: Plan, rows: Sequence[Row], add_ons: AddOns, *, terms_are_fixed: bool
) -> list[UnitsChange]:
    """Changes the fixed charges whose ids are among `rows`, creates the other rows, deletes what is not named.

    Raises Invalid, or NotFound for an unknown tax.
    """
    named = {as_uuid(row.get("id")) for row in rows}
    for fixed_charge in plan.fixed_charges:
        if fixed_charge.id not in named:
            fixed_charge.deleted_at = clock.now()
    db.session.flush()  # so that their codes are free
    kept = {row.id: row for row in plan.fixed_charges if row.id in named}
    return _write(plan, rows, add_ons, kept, terms_are_fixed=terms_are_fixed)


def assign(fixed_charge: FixedCharge, values: Row, *, terms_are_fixed: bool) -> UnitsChange | None:
    """Sets what `values` say of a fixed charge, new or not, but its code and taxes; what that changes for its units.

    A display name or properties left out are reset. Of one that is there, the add-on and when and how its time is
    charged stay, and with `terms_are_fixed` the model too. Raises Invalid.
    """
    is_new, before = fixed_charge.id is None, fixed_charge.units
    if not is_new and values.get("units") is None:
        raise Invalid({"units": [MANDATORY]})
    if is_new:
        fixed_charge.pay_in_advance = bool(values.get("pay_in_advance"))
        fixed_charge.prorated = bool(values.get("prorated"))
    if is_new or (values.get("charge_model") and not terms_are_fixed):
        fixed_charge.charge_model = fixed_charge_model_of(values.get("charge_model"))
    fixed_charge.properties = read_fixed_properties(fixed_charge.charge_model, values.get("properties"))
    fixed_charge.invoice_display_name = values.get("invoice_display_name")
    fixed_charge.units = values.get("units") or Decimal(0)
    changed = is_new or fixed_charge.units != before
    return UnitsChange(fixed_charge, bool(values.get("apply_units_immediately"))) if changed else None


def assign_taxes(fixed_charge: FixedCharge, values: Row, taxes: Mapping[str, Tax]) -> None:
    """Replaces the taxes if `values` name any."""
    if "tax_codes" in values:
        fixed_charge.taxes = [taxes[code] for code in dict.fromkeys(values["tax_codes"])]


def blank(plan: Plan, add_on: AddOn) -> FixedCharge:
    """A fixed charge of the plan that has no terms yet."""
    return FixedCharge(organization_id=plan.organization_id, plan_id=plan.id, add_on=add_on, taxes=[])


def _names_an_add_on(row: Row, own: Mapping[uuid.UUID, uuid.UUID]) -> bool:
    """Whether the row names another add-on than it has, or has none yet."""
    has, named = own.get(as_uuid(row.get("id"))), row.get("add_on_id")  # type: ignore[arg-type]
    return has is None or (named is not None and as_uuid(named) != has)


def _write(
    plan: Plan, rows: Sequence[Row], add_ons: AddOns, kept: Mapping[uuid.UUID, FixedCharge], *, terms_are_fixed: bool
) -> list[UnitsChange]:
    schema, codes = FixedChargeInput(), {fixed_charge.code for fixed_charge in kept.values()}
    given = [schema.read(row) for row in rows]
    taxes = taxes_by_code(plan.organization_id, (code for values in given for code in values.get("tax_codes", ())))
    changes = []
    with unique(CODE_INDEX, "code"), db.session.no_autoflush:
        for values in given:
            fixed_charge = kept.get(as_uuid(values.get("id")))  # type: ignore[arg-type]
            fixed_charge = fixed_charge or blank(plan, add_ons[as_uuid(values["add_on_id"])])  # type: ignore[index]
            changes.append(assign(fixed_charge, values, terms_are_fixed=terms_are_fixed))
            assign_taxes(fixed_charge, values, taxes)
            _assign_code(fixed_charge, None if terms_are_fixed and fixed_charge.id else values.get("code"), codes)
            check_fixed_charge(fixed_charge, plan.amount_currency)
            db.session.add(fixed_charge)
    return [change for change in changes if change]


def _assign_code(fixed_charge: FixedCharge, code: str | None, taken: set[str]) -> None:
    """A new fixed charge without a code is given its add-on's; `taken` grows by the code."""
    if code is None and fixed_charge.code:
        return
    if code is not None and code != fixed_charge.code and code in taken:
        raise Invalid({"code": [ALREADY_EXISTS]})
    fixed_charge.code = code or free_code(fixed_charge.add_on.code, taken)
    taken.add(fixed_charge.code)
