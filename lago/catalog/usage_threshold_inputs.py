"""Usage thresholds as a client gives them, of plans and of single subscriptions (03 §7.2)."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields

from lago.core.errors import Invalid
from lago.core.fields import Flag, Text, Whole
from lago.core.schemas import InputSchema

LARGEST_AMOUNT = 10**15


class UsageThresholdInput(InputSchema):
    """One usage threshold."""

    amount_cents = Whole(required=True)
    threshold_display_name: fields.Field[str] = Text(allow_none=True, load_default=None)
    recurring: fields.Field[bool] = Flag(allow_none=True, load_default=False)


def read_usage_thresholds(rows: Any) -> list[dict[str, Any]] | None:
    """The values of each threshold, in the order given; None if that is no list. Raises Invalid (03 §7.2)."""
    if not isinstance(rows, list):
        return None
    given = [row if isinstance(row, Mapping) else {} for row in rows]
    if any(row.get("amount_cents") is None for row in given):
        raise Invalid({"usage_thresholds": ["missing_amount_cents"]})
    values = [UsageThresholdInput().read(row) for row in given]
    _check(values)
    return [{**one, "recurring": bool(one["recurring"])} for one in values]


def _check(values: Sequence[Mapping[str, Any]]) -> None:
    known = [(one["amount_cents"], bool(one["recurring"])) for one in values]
    problems = ["duplicated_values"] if len(set(known)) < len(known) else []
    if sum(recurring for _, recurring in known) > 1:
        problems.append("multiple_recurring_thresholds")
    if problems:
        raise Invalid({"usage_thresholds": problems})
    if not all(0 < amount <= LARGEST_AMOUNT for amount, _ in known):
        raise Invalid({"amount_cents": ["value_is_out_of_range"]})
