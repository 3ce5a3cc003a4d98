"""The form of an alert: what stands in it, and what it sends. Amounts are typed in the currency, not in cents."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from flask import request

from lago.core.fields import exact
from lago.metering.alerts.types import (
    AMOUNTS,
    BALANCE,
    CURRENT_AMOUNT,
    LIFETIME_AMOUNT,
    METRIC_AMOUNT,
    METRIC_LIFETIME_UNITS,
    METRIC_UNITS,
    OF_METRICS,
    ONGOING_BALANCE,
)
from lago.metering.models import Alert
from lago.pricing.currencies import CURRENCIES
from lago.pricing.rounding import decimal_text, divide

KINDS = {
    CURRENT_AMOUNT: ("Usage amount", "What all usage of the running period costs, before tax."),
    LIFETIME_AMOUNT: ("Lifetime amount", "What all usage since the start costs, before tax."),
    METRIC_AMOUNT: ("Amount of a metric", "What the usage of one metric costs in the running period, before tax."),
    METRIC_UNITS: ("Units of a metric", "How much of one metric was used in the running period."),
    METRIC_LIFETIME_UNITS: ("Lifetime units", "How much of one metric was used since the start."),
}
"""Name and meaning of the types."""

MONEY = (*AMOUNTS, BALANCE, ONGOING_BALANCE)
"""Types whose values are typed in the currency, those of wallets too."""

TEXTS = ("alert_type", "billable_metric_code", "name", "code", "step", "step_code")


@dataclass(frozen=True)
class Row:
    """A threshold as it is typed."""

    value: str = ""
    code: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.value and not self.code


@dataclass(frozen=True)
class Draft:
    """An alert as it stands in the form: a text for each field, and the thresholds that are met once.

    `step`: after how much it tells again and again.
    """

    texts: dict[str, str] = field(default_factory=lambda: {**dict.fromkeys(TEXTS, ""), "alert_type": CURRENT_AMOUNT})
    rows: tuple[Row, ...] = (Row(),)

    def changed(self, change: str) -> "Draft":
        """With one more row for "add_threshold", without the third for "remove_threshold:2"."""
        rows = tuple(row for number, row in enumerate(self.rows) if change != f"remove_threshold:{number}")
        return replace(self, rows=(*rows, Row()) if change == "add_threshold" else rows)


def draft_of(alert: Alert, currency: str) -> Draft:
    """What the form of an alert shows before anything is typed."""
    step = next((one for one in alert.thresholds if one.recurring), None)
    texts = {
        "alert_type": alert.alert_type, "name": alert.name or "", "code": alert.code,
        "billable_metric_code": alert.billable_metric.code if alert.billable_metric else "",
        "step": value_text(alert.alert_type, step.value, currency) if step else "",
        "step_code": step and step.code or "",
    }
    once = sorted((one for one in alert.thresholds if not one.recurring), key=lambda one: one.value)
    rows = (Row(value_text(alert.alert_type, one.value, currency), one.code or "") for one in once)
    return Draft(texts, tuple(rows))


def typed_draft() -> Draft:
    """What was sent."""
    values, codes = (request.form.getlist(name) for name in ("threshold_value", "threshold_code"))
    rows = (Row(_plain(value), _plain(code)) for value, code in zip(values, codes, strict=False))
    return Draft({name: _plain(request.form.get(name, "")) for name in TEXTS}, tuple(rows))


def body_of(draft: Draft, alert_type: str, currency: str) -> dict[str, Any]:
    """The API's object: all rows but the blank ones, and the step if there is one. A type without a metric has none,
    whatever stands in its hidden field."""
    texts = draft.texts
    steps = [(Row(texts["step"], texts["step_code"]), True)] if texts["step"] or texts["step_code"] else []
    typed = [(row, False) for row in draft.rows if not row.is_blank] + steps
    return {
        "alert_type": alert_type,
        "billable_metric_code": texts["billable_metric_code"] or None if alert_type in OF_METRICS else None,
        "name": texts["name"] or None,
        "code": texts["code"],
        "thresholds": [
            {"value": _value(alert_type, row.value, currency), "code": row.code or None, "recurring": recurring}
            for row, recurring in typed
        ],
    }


def value_text(alert_type: str, value: Decimal, currency: str) -> str:
    """A value as one types it: an amount in the currency's major units."""
    if alert_type in MONEY:
        value = divide(value, Decimal(CURRENCIES[currency].subunit))
    text = decimal_text(value)
    return text.removesuffix(".0")


def marked(draft: Draft, errors: dict[str, Sequence[str]], alert_type: str, currency: str) -> list[bool]:
    """For each row, and then the step, whether what is wrong with values is wrong with it."""
    if "thresholds:value" not in errors:
        return [False] * (len(draft.rows) + 1)
    values = [None if row.is_blank else _value(alert_type, row.value, currency) for row in draft.rows]
    step = draft.texts["step"] or draft.texts["step_code"]
    wrong = [value is not None and exact(value) is None for value in values]
    number = exact(_value(alert_type, draft.texts["step"], currency)) if step else Decimal(1)
    return [*wrong, number is None or number <= 0]


def _value(alert_type: str, text: str, currency: str) -> str:
    """In cents where it is an amount; what is no number stays as it was typed."""
    number = exact(text)
    if alert_type not in MONEY or number is None:
        return text
    return decimal_text(number * CURRENCIES[currency].subunit)


def _plain(text: str) -> str:
    return text.replace("\0", "").strip()
