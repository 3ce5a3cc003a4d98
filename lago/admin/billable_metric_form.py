"""The form of a billable metric: what stands in it, what it is filled with, and what it sends (01 §2.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import request

from lago.catalog.aggregation_types import AGGREGATION_TYPES, INTERVALS, AggregationType
from lago.catalog.models import BillableMetric
from lago.catalog.update_billable_metric import ALWAYS_EDITABLE

FIELDS = (
    "name", "code", "description", "aggregation_type", "field_name", "weighted_interval", "expression",
    "rounding_function", "rounding_precision",
)
KINDS = {
    "count_agg": ("Count", "How many events there are."),
    "sum_agg": ("Sum", "The values of a property, added up."),
    "max_agg": ("Maximum", "The highest value of a property."),
    "unique_count_agg": ("Unique count", "How many different values a property has, such as users or seats."),
    "weighted_sum_agg": ("Weighted sum", "A level that events raise and lower, by how long it lasts."),
    "latest_agg": ("Latest", "The value that the newest event has."),
}
"""Name and meaning of the aggregation types."""

ROUNDINGS = (("", "Not rounded"), ("round", "To the nearest"), ("ceil", "Up"), ("floor", "Down"))
WEIGHED_BY = (("", "Choose"), *((name, name.capitalize()) for name in INTERVALS))


@dataclass(frozen=True)
class FilterRow:
    """A filter as it is typed: its values one a line."""

    key: str = ""
    values: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.key.strip() and not self.values.strip()


@dataclass(frozen=True)
class Draft:
    """A metric as it stands in the form: a text for each field, whether it recurs, and the rows of its filters."""

    texts: Mapping[str, str]
    recurring: bool = False
    filters: tuple[FilterRow, ...] = ()

    def changed(self, change: str) -> "Draft":
        """With one more row for "add_filter", without the third for "remove_filter:2"."""
        rows = tuple(row for number, row in enumerate(self.filters) if change != f"remove_filter:{number}")
        return replace(self, filters=(*rows, FilterRow()) if change == "add_filter" else rows)


def parts_of(code: str) -> str:
    """The parts of the form that an aggregation type has a use for, as `data-shows` names them."""
    kind = AGGREGATION_TYPES[code]
    used = {"field": kind.needs_field, "recurring": kind.may_recur, "interval": kind.needs_interval}
    return " ".join([code, *(part for part, is_used in used.items() if is_used)])


def draft_of(metric: BillableMetric | None) -> Draft:
    """What the form shows before anything is typed; of a new metric a count without a name."""
    if metric is None:
        return Draft({**dict.fromkeys(FIELDS, ""), "aggregation_type": "count_agg", "weighted_interval": "seconds"})
    texts = {name: _text(getattr(metric, name)) for name in FIELDS}
    rows = tuple(FilterRow(row.key, "\n".join(row.values)) for row in metric.filters)
    return Draft(texts, metric.recurring, rows)


def typed_draft() -> Draft:
    """What was sent; line breaks as they are here, whatever browsers make of them."""
    texts = {name: _plain(request.form.get(name, "")).strip() for name in FIELDS}
    keys, values = (map(_plain, request.form.getlist(name)) for name in ("filter_key", "filter_values"))
    return Draft(texts, "recurring" in request.form, tuple(map(FilterRow, keys, values)))


def body_of(draft: Draft, metric: BillableMetric | None, *, attached: bool) -> dict[str, Any]:
    """The API's object. What the aggregation type has no use for is left empty, whatever stands in hidden fields.

    `attached`: with only what of a metric in plans may change.
    """
    texts = draft.texts
    kind = AGGREGATION_TYPES.get(texts["aggregation_type"], AggregationType(may_recur=True))
    body = {
        **texts,
        "description": texts["description"] or None,
        "recurring": kind.may_recur and draft.recurring,
        "field_name": texts["field_name"] if kind.needs_field else None,
        "expression": one_line(texts["expression"]) if kind.needs_field else None,
        "weighted_interval": texts["weighted_interval"] if kind.needs_interval else None,
        "rounding_function": texts["rounding_function"] or None,
        "rounding_precision": texts["rounding_function"] and texts["rounding_precision"] or None,
        "filters": filters_of(draft, metric),
    }
    return {name: body[name] for name in ALWAYS_EDITABLE} if attached else body


def one_line(expression: str) -> str:
    """An expression without line breaks, which only its field has: the grammar knows no space but the space."""
    return expression.replace("\n", " ")


def filters_of(draft: Draft, metric: BillableMetric | None) -> list[dict[str, Any]]:
    """The filters of all rows but the blank ones."""
    stored = {row.key: row.values for row in metric.filters} if metric else {}
    return [
        {"key": (key := row.key if row.key in stored else row.key.strip()), "values": _values(row, stored.get(key, []))}
        for row in draft.filters
        if not row.is_blank
    ]


def _values(row: FilterRow, stored: list[str]) -> list[str]:
    """One value a line, without the blanks around it; values that are stored already stay as they are."""
    if row.values == "\n".join(stored):
        return stored
    return [line if line in stored else line.strip() for line in row.values.split("\n") if line.strip()]


def _plain(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n")


def _text(value: object) -> str:
    return "" if value is None else str(value)
