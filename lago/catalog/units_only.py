"""Overrides that only say how many units of fixed charges one subscription has (03 §1.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lago.catalog.fixed_charge_inputs import OwnUnitsInput
from lago.catalog.fixed_charge_rules import check_units
from lago.catalog.models import FixedCharge, Plan
from lago.core.errors import NotFound
from lago.core.ids import as_uuid

_SAYS = frozenset({"id", "units"})
_MAY_SAY = _SAYS | {"apply_units_immediately"}


@dataclass(frozen=True)
class WantedUnits:
    """The units of a fixed charge that one subscription is to have; `immediately`: from now on."""

    fixed_charge: FixedCharge
    units: Decimal
    immediately: bool


def is_units_only(plan: Plan, overrides: Mapping[str, Any]) -> bool:
    """Whether `overrides`, the client's object, ask for units and for nothing else, of a plan that overrides none.

    Then no plan is made for the subscription: it keeps the units as its own.
    """
    rows = overrides.get("fixed_charges")
    if plan.parent_id is not None or set(overrides) != {"fixed_charges"} or not isinstance(rows, list):
        return False
    return bool(rows) and all(isinstance(row, Mapping) and _SAYS <= set(row) <= _MAY_SAY for row in rows)


def read_wanted_units(plan: Plan, overrides: Mapping[str, Any]) -> list[WantedUnits]:
    """What overrides want that only say units; of several rows for one fixed charge the last.

    Raises NotFound for a fixed charge that the plan has not, Invalid for units that no subscription can have.
    """
    rows: Sequence[Mapping[str, Any]] = overrides["fixed_charges"]
    known = {one.id: one for one in plan.fixed_charges}
    named = {as_uuid(row["id"]): row for row in rows}
    if not named.keys() <= known.keys():
        raise NotFound("fixed_charge")
    return [_read(plan, known[key], row) for key, row in named.items()]  # type: ignore[index]


def _read(plan: Plan, fixed_charge: FixedCharge, row: Mapping[str, Any]) -> WantedUnits:
    values = OwnUnitsInput().read(row)
    check_units(fixed_charge, values["units"], plan.amount_currency)
    return WantedUnits(fixed_charge, values["units"], bool(values.get("apply_units_immediately")))
