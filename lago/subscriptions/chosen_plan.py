"""The plan of one subscription, with what it overrides (03 §1.5)."""

from collections.abc import Mapping, Sequence
from typing import Any

from lago.catalog.models import Plan
from lago.catalog.override_plan import override_plan
from lago.catalog.units_only import WantedUnits, is_units_only, read_wanted_units


def chosen_plan(plan: Plan, overrides: Any) -> tuple[Plan, Sequence[WantedUnits]]:
    """The plan itself, or a copy with these overrides, a client's object; and units of fixed charges that are to be
    the subscription's own, where nothing else is overridden.

    Raises Invalid, NotFound or Forbidden for overrides that cannot be.
    """
    if not isinstance(overrides, Mapping) or not overrides:
        return plan, ()
    if is_units_only(plan, overrides):
        return plan, read_wanted_units(plan, overrides)
    return override_plan(plan, overrides), ()
