"""The usage thresholds in the form of a plan (03 §7.2): rows of those met once, and at most one that repeats."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lago.admin.form_tree import Tree, rows_of, text_of
from lago.admin.plan_money import cents_of, typed_amount
from lago.catalog.models import UsageThreshold
from lago.catalog.usage_threshold_inputs import read_usage_thresholds
from lago.core.errors import Invalid

Rows = list[dict[str, Any]]

LISTS = {"usage_thresholds": False, "recurring_thresholds": True}
"""Under which name the form has its rows, and whether they are the recurring ones."""

BEFORE = "thresholds_before"


@dataclass(frozen=True)
class ThresholdCard:
    """A threshold at its path in the form. `label`: of its amount; `which`: how it is told from the others."""

    path: str
    texts: Tree
    label: str
    which: str

    @property
    def list_name(self) -> str:
        return self.path.partition(".")[0]


def threshold_cards(draft: Tree) -> list[ThresholdCard]:
    """Those that are met once, then the recurring one."""
    once = [
        ThresholdCard(f"usage_thresholds.{place}", row, "At a usage of", f"threshold {place + 1}")
        for place, row in enumerate(rows_of(draft, "usage_thresholds"))
    ]
    again = [
        ThresholdCard(f"recurring_thresholds.{place}", row, "And then every" if once else "Every", "the recurring one")
        for place, row in enumerate(rows_of(draft, "recurring_thresholds"))
    ]
    return once + again


def threshold_texts(some: Sequence[UsageThreshold], currency: str) -> Tree:
    """What the form shows of the thresholds, the lowest first, and by what it knows later whether they changed."""
    ordered = sorted(some, key=lambda one: one.amount_cents)
    rows = {name: [_texts(one, currency) for one in ordered if one.recurring is kind] for name, kind in LISTS.items()}
    return {**rows, BEFORE: _mark(_typed(rows, currency))}


def thresholds_of(draft: Tree, currency: str) -> dict[str, Rows]:
    """What the API is sent: all of them, or nothing if they are what the form was opened with. Whatever is sent takes
    the place of all that the plan has, with new ids (03 §1.3-8), and of what someone else has written meanwhile."""
    rows = _typed(draft, currency)
    return {} if text_of(draft, BEFORE) == _mark(rows) else {"usage_thresholds": rows}


def threshold_problems(rows: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """The error codes of each amount by its path, by the catalog's own rules; of two that do not go together the
    second one is to blame."""
    errors: dict[str, list[str]] = {}
    right: dict[tuple[Any, ...], dict[str, Any]] = {}
    for path, row in _with_paths(rows):
        key = (True,) if row["recurring"] else (False, row.get("amount_cents"))
        beside = [right[key], row] if key in right else [row]
        if codes := _codes(beside):
            errors[f"{path}.amount_cents"] = codes
        else:
            right[key] = row
    return errors


def _texts(one: UsageThreshold, currency: str) -> Tree:
    return {
        "amount_cents": typed_amount(one.amount_cents, currency),
        "threshold_display_name": one.threshold_display_name or "",
    }


def _typed(draft: Tree, currency: str) -> Rows:
    return [_row(row, currency, recurring) for name, recurring in LISTS.items() for row in rows_of(draft, name)]


def _row(row: Tree, currency: str, recurring: bool) -> dict[str, Any]:
    """Without an amount as long as none is typed."""
    text = text_of(row, "amount_cents")
    return {
        **({"amount_cents": cents_of(text, currency)} if text else {}),
        "threshold_display_name": text_of(row, "threshold_display_name") or None,
        "recurring": recurring,
    }


def _mark(rows: Rows) -> str:
    """The same for the same thresholds, in whatever order."""
    return json.dumps(sorted(json.dumps(row, sort_keys=True) for row in rows))


def _with_paths(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, recurring in LISTS.items():
        for place, row in enumerate(row for row in rows if row["recurring"] is recurring):
            yield f"{name}.{place}", row


def _codes(rows: Rows) -> list[str]:
    try:
        read_usage_thresholds(rows)
    except Invalid as error:
        details: Any = error.details
        return [code for codes in details.values() for code in codes]
    return []
