"""The filters of a plan's charges as a client gives them: new ones, changed ones, dropped ones (02 §2.6)."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm.attributes import flag_modified

from lago.catalog.filter_shapes import given_objects, given_texts
from lago.catalog.inputs import ChargeFilterInput
from lago.catalog.metric_filters import ValuesByKey, lock_metric_filters, values_by_metric
from lago.catalog.models import ALL_FILTER_VALUES, Charge, ChargeFilter
from lago.core import clock
from lago.core.db import db
from lago.core.errors import Invalid
from lago.core.fields import INVALID, MANDATORY
from lago.pricing.charge_models import clean_properties, property_problems

MOST_TOUCHED = 99
"""More filters than that in one request, and those that stay as they are keep their places (02 §2.6)."""


@dataclass(frozen=True)
class GivenFilter:
    """A filter that fits its charge and the charge's metric."""

    invoice_display_name: str | None
    properties: dict[str, Any]
    values: ValuesByKey


class FilterChanges:
    """What becomes of the filters of a plan's charges: noted charge by charge, then written."""

    def __init__(self, charges: Collection[Charge], metric_ids: Iterable[uuid.UUID]) -> None:
        """`charges` are those that the plan has, not yet changed; `metric_ids` what its new ones count.

        From here on nobody else changes the filters of these metrics.
        """
        metrics = {*metric_ids, *(charge.billable_metric_id for charge in charges)}
        lock_metric_filters(metrics)
        self._allowed = values_by_metric(metrics)
        self._stored = stored_filters([charge.id for charge in charges])
        self._terms = {charge.id: _terms(charge) for charge in charges}
        self._noted: list[tuple[Charge, list[GivenFilter]]] = []

    def as_given_of(self, charge: Charge) -> list[dict[str, Any]]:
        """The filters that the charge has, as a client would give them."""
        return [as_given(row) for row in self._stored[charge.id]]

    def note(self, charge: Charge, data: Any) -> None:
        """`data`: the client's list; None: the charge keeps the filters that it has. Raises Invalid.

        Filters that are kept still have to fit, should the charge have got another model or metric.
        """
        if data is None and self._terms.get(charge.id, _terms(charge)) != _terms(charge):
            data = self.as_given_of(charge)
        if data is not None:
            self._noted.append((charge, read_filters(data, charge, self._allowed[charge.billable_metric.id])))

    def write(self) -> None:
        """Writes what was noted; the charges must be stored by now."""
        for charge, given in self._noted:
            _replace(charge, given, self._stored[charge.id])
        db.session.flush()
        for charge, _ in self._noted:
            db.session.expire(charge, ["filters"])


def delete_charge_filters(charge_ids: Collection[uuid.UUID]) -> None:
    """Deletes all filters of the charges; their rows stay for old fees."""
    of_charges = update(ChargeFilter).where(ChargeFilter.charge_id.in_(charge_ids), ChargeFilter.deleted_at.is_(None))
    db.session.execute(of_charges.values(deleted_at=clock.now()))


def _terms(charge: Charge) -> tuple[str, uuid.UUID]:
    return charge.charge_model, charge.billable_metric.id


def stored_filters(charge_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, list[ChargeFilter]]:
    """The filters of the charges in their order, as they are in the database now."""
    query = (
        select(ChargeFilter)
        .where(ChargeFilter.charge_id.in_(charge_ids), ChargeFilter.deleted_at.is_(None))
        .order_by(ChargeFilter.position, ChargeFilter.seq)
        .execution_options(populate_existing=True)
    )
    found: dict[uuid.UUID, list[ChargeFilter]] = defaultdict(list)
    for row in db.session.scalars(query):
        found[row.charge_id].append(row)
    return found


def as_given(row: ChargeFilter) -> dict[str, Any]:
    """A filter as a client would give it."""
    return {name: getattr(row, name) for name in ("invoice_display_name", "properties", "values")}


def read_filters(data: Any, charge: Charge, allowed: ValuesByKey) -> list[GivenFilter]:
    """The filters of a client's list; `allowed`: what the metric's filters have.

    Raises Invalid for the first thing wrong; first of all, one without values.
    """
    rows = [ChargeFilterInput().read(row) for row in given_objects(data)]
    if any(not isinstance(row.get("values"), Mapping) or not row["values"] for row in rows):
        raise Invalid({"values": [MANDATORY]})
    return [_read_one(row, charge.charge_model, allowed) for row in rows]


def _read_one(row: Mapping[str, Any], charge_model: str, allowed: ValuesByKey) -> GivenFilter:
    properties = clean_properties(charge_model, row.get("properties"))
    properties.pop("presentation_group_keys", None)  # the charge's alone
    if problems := property_problems(charge_model, properties):
        raise Invalid({"properties": problems})
    values = {key: _read_values(key, texts, allowed) for key, texts in row["values"].items()}
    return GivenFilter(row.get("invoice_display_name"), properties, values)


def _read_values(key: str, data: Any, allowed: ValuesByKey) -> list[str]:
    if key not in allowed:
        raise Invalid({"billable_metric_filter": ["relation_must_exist"], "values": [INVALID]})
    if data is None or data == []:
        raise Invalid({"values": [MANDATORY]})
    texts = given_texts(data)
    if texts != [ALL_FILTER_VALUES] and not set(texts) <= set(allowed[key]):
        raise Invalid({"values": [INVALID]})
    return texts


def _replace(charge: Charge, given: Sequence[GivenFilter], stored: Sequence[ChargeFilter]) -> None:
    """A stored filter of the same values is changed in place; the others are deleted, and new ones created.

    Those touched come behind those that are not, in the given order, and the new ones last.
    """
    matched, dropped = _matched(given, stored)
    for row in dropped:
        row.deleted_at = clock.now()
    touch_all = len(given) <= MOST_TOUCHED
    kept = [(row, _assign(row, wanted, touch_all)) for wanted, row in matched if row]
    new = [new_filter(charge, wanted) for wanted, row in matched if row is None]
    first = 1 + max((row.position for row, touched in kept if not touched), default=-1)
    for position, row in enumerate([*(row for row, touched in kept if touched), *new], first):
        row.position = position
    db.session.add_all(new)


def _matched(
    given: Sequence[GivenFilter], stored: Sequence[ChargeFilter]
) -> tuple[list[tuple[GivenFilter, ChargeFilter | None]], Iterable[ChargeFilter]]:
    """Each given filter with the stored one of its values, each of which is taken once; and those not taken."""
    left: dict[object, list[ChargeFilter]] = defaultdict(list)
    for row in stored:
        left[identity(row.values)].append(row)
    matched = []
    for wanted in given:
        rows = left[identity(wanted.values)]
        matched.append((wanted, rows.pop(0) if rows else None))
    return matched, chain.from_iterable(left.values())


def identity(values: ValuesByKey) -> object:
    """Equal for the same keys, in whatever order, with the same lists."""
    return frozenset((key, tuple(texts)) for key, texts in values.items())


def new_filter(charge: Charge, wanted: GivenFilter) -> ChargeFilter:
    """A filter of the charge, without its place among the others."""
    return ChargeFilter(
        organization_id=charge.organization_id, charge_id=charge.id, values=wanted.values,
        invoice_display_name=wanted.invoice_display_name, properties=wanted.properties,
    )


def _assign(row: ChargeFilter, wanted: GivenFilter, touch: bool) -> bool:
    """Sets name and properties, and with `touch` the order of the keys too; whether the row counts as touched."""
    same = (row.invoice_display_name, row.properties) == (wanted.invoice_display_name, wanted.properties)
    row.invoice_display_name, row.properties = wanted.invoice_display_name, wanted.properties
    if touch and list(row.values) != list(wanted.values):
        row.values = wanted.values
        flag_modified(row, "values")  # equal but for the order, for which no UPDATE would be made
    return touch or not same
