"""The charges of a plan follow those of the plan that it overrides (03 §1.3, 02 §2.2-5)."""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lago.catalog.charge_filters import FilterChanges, identity
from lago.catalog.models import Charge, Plan
from lago.catalog.override_charges import copied_charge
from lago.catalog.write_charges import delete_charges, free_code
from lago.core.db import db
from lago.pricing.charge_models import GROUP_KEYS

Before = Mapping[str, Any]


def cascade_charges(plan: Plan, child: Plan, before: Mapping[str, Before | None]) -> None:
    """Brings `child` in line with what has changed in the charges of `plan`; both are locked.

    `before`: the charges that have changed, by their ids, as they were; None for those that are new. What the child
    has otherwise than the plan had it stays as it is.
    """
    charges = {str(charge.id): charge for charge in plan.charges if str(charge.id) in before}
    copies = {str(copy.parent_id): copy for copy in child.charges}
    delete_charges([copies[key] for key in before if key not in charges and key in copies])
    db.session.expire(child, ["charges"])
    filters = FilterChanges([*charges.values(), *child.charges], [])
    new = [charges[key] for key, state in before.items() if state is None and key in charges]
    with db.session.no_autoflush:
        added = _add(child, _not_copied_yet(child, new), filters)
        for key, state in before.items():
            if state and key in charges and key in copies:
                _follow(charges[key], copies[key], state, filters, child.charges)
    db.session.add_all(added)
    db.session.flush()
    filters.write()
    db.session.expire(child, ["charges"])


def _not_copied_yet(child: Plan, charges: Sequence[Charge]) -> list[Charge]:
    """Those of which the child never had a copy: one that was taken out of it does not come back."""
    ids = [charge.id for charge in charges]
    query = select(Charge.parent_id).where(Charge.plan_id == child.id, Charge.parent_id.in_(ids))
    copied = set(db.session.scalars(query)) if ids else set()
    return [charge for charge in charges if charge.id not in copied]


def _add(child: Plan, charges: Iterable[Charge], filters: FilterChanges) -> list[Charge]:
    codes, added = {charge.code for charge in child.charges}, []
    for charge in charges:
        copy = copied_charge(charge, child)
        copy.code = free_code(charge.code, codes)
        codes.add(copy.code)
        filters.note(copy, filters.as_given_of(charge))
        added.append(copy)
    return added


def _follow(
    charge: Charge, copy: Charge, before: Before, filters: FilterChanges, siblings: Sequence[Charge]
) -> None:
    """Changes a copy as its charge was changed, but not if it is priced by another model."""
    if copy.charge_model != charge.charge_model:
        return
    if charge.code not in [one.code for one in siblings if one is not copy]:
        copy.code = charge.code
    is_alike = (copy.charge_model, copy.properties) == (before["charge_model"], before["properties"])
    copy.properties = followed(copy.properties, charge.properties, is_alike=is_alike)
    if copy.pricing_unit and copy.conversion_rate == Decimal(before["conversion_rate"] or 0):
        copy.conversion_rate = charge.conversion_rate
    ours = filters.as_given_of(charge)
    if ours != before["filters"]:
        filters.note(copy, followed_filters(before["filters"], ours, filters.as_given_of(copy)))


def followed(theirs: Mapping[str, Any], ours: Mapping[str, Any], *, is_alike: bool) -> dict[str, Any]:
    """The properties of a copy: those of its charge if it had those before, else its own with the charge's groups."""
    if is_alike:
        return deepcopy(dict(ours))
    groups = {key: value for key, value in ours.items() if key in GROUP_KEYS}
    return {**{key: value for key, value in theirs.items() if key not in GROUP_KEYS}, **deepcopy(groups)}


def followed_filters(before: Sequence[Before], ours: Sequence[Before], theirs: Sequence[Before]) -> list[Before]:
    """The filters of a copy, when those of its charge were `before` and are now `ours`.

    First what only the copy has, then what both have, in the charge's order: that decides which filter prices an event
    that several match. A filter that was taken out of the copy does not come back.
    """
    old, new = _by_values(before), _by_values(ours)
    own = _by_values(theirs)
    kept = [row for key, row in own.items() if key not in old and key not in new]
    shared = [
        _followed_filter(old.get(key), row, own[key]) if key in own else row
        for key, row in new.items() if key in own or key not in old
    ]
    return kept + shared


def _by_values(rows: Iterable[Before]) -> dict[object, Before]:
    return {identity(row["values"]): row for row in rows}


def _followed_filter(before: Before | None, ours: Before, theirs: Before) -> Before:
    is_alike = before is not None and theirs["properties"] == before["properties"]
    is_named_alike = before is not None and theirs["invoice_display_name"] == before["invoice_display_name"]
    return {
        **theirs, "properties": followed(theirs["properties"], ours["properties"], is_alike=is_alike),
        "invoice_display_name": (ours if is_alike and is_named_alike else theirs)["invoice_display_name"],
    }
