"""The filters of billable metrics: the properties of events, and their texts, by which charges can be priced apart
(01 §2.4).
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from lago.catalog.filter_shapes import given_objects, given_texts
from lago.catalog.models import BillableMetric, BillableMetricFilter
from lago.catalog.narrow_charge_filters import narrow_charge_filters
from lago.core import clock
from lago.core.db import db, lock
from lago.core.errors import Invalid
from lago.core.fields import LONGEST_CODE, MANDATORY, TOO_LONG

ValuesByKey = dict[str, list[str]]


def write_metric_filters(metric: BillableMetric, data: Any) -> None:
    """Makes the client's list the filters of a metric that is stored; None changes nothing. Raises Invalid."""
    if data is not None:
        _replace(metric, _read(data))


def lock_metric_filters(metric_ids: Collection[uuid.UUID]) -> None:
    """Until the end of the transaction nobody else changes these metrics' filters, or those of charges on them."""
    if metric_ids:
        lock(*(f"metric filters {identifier}" for identifier in metric_ids))


def values_by_metric(metric_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, ValuesByKey]:
    """The keys and values that the metrics' filters have at present; one query."""
    found: dict[uuid.UUID, ValuesByKey] = defaultdict(dict)
    for row in db.session.scalars(_filters_of(metric_ids)):
        found[row.billable_metric_id][row.key] = row.values
    return found


def _read(data: Any) -> ValuesByKey:
    """The values of each key, each value once; of two equal keys the last one."""
    entries = given_objects(data)
    if any(not isinstance(entry.get("values"), list) or not entry["values"] for entry in entries):
        raise Invalid({"values": [MANDATORY]})
    return {_key(entry): list(dict.fromkeys(given_texts(entry["values"]))) for entry in entries}


def _replace(metric: BillableMetric, given: ValuesByKey) -> None:
    """What the metric no longer has is taken out of the filters of charges too."""
    lock_metric_filters([metric.id])
    stored = {row.key: row for row in db.session.scalars(_filters_of([metric.id]))}
    narrower = any(not set(row.values) <= set(given.get(key, ())) for key, row in stored.items())
    for key in stored.keys() - given.keys():
        stored[key].deleted_at = clock.now()
    for key, values in given.items():
        row = stored.get(key) or _new(metric, key)
        row.values = values
        db.session.add(row)
    db.session.flush()
    db.session.expire(metric, ["filters"])
    if narrower:
        narrow_charge_filters(metric)


def _filters_of(metric_ids: Collection[uuid.UUID]) -> Any:
    """As they are in the database now: what was loaded before the lock may be out of date."""
    query = select(BillableMetricFilter).where(
        BillableMetricFilter.billable_metric_id.in_(metric_ids), BillableMetricFilter.deleted_at.is_(None)
    )
    return query.execution_options(populate_existing=True)


def _key(entry: Mapping[str, Any]) -> str:
    key = entry.get("key")
    text = str(key) if isinstance(key, str | int | float) else ""
    if not text.strip():
        raise Invalid({"key": [MANDATORY]})
    if len(text) > LONGEST_CODE:
        raise Invalid({"key": [TOO_LONG]})
    return text


def _new(metric: BillableMetric, key: str) -> BillableMetricFilter:
    return BillableMetricFilter(organization_id=metric.organization_id, billable_metric_id=metric.id, key=key)
