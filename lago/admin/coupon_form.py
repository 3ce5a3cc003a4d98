"""The form of a coupon: what stands in it, and what it sends. Amounts are typed in the currency, not in cents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import request

from lago.admin.pages import form_text
from lago.admin.plan_money import cents_of, typed_amount
from lago.catalog.coupon_inputs import CouponInput, problems
from lago.catalog.models import Coupon
from lago.core.errors import Invalid
from lago.core.fields import plain
from lago.pricing.coupons import Coupon as Terms

TEXTS = (
    "name", "code", "description", "coupon_type", "amount", "amount_currency", "percentage_rate", "frequency",
    "frequency_duration", "limit", "last_day",
)
NAMES = {"amount_cents": "amount", "expiration_at": "last_day", "expiration": "last_day"}
"""The form's name of what the API calls otherwise."""


@dataclass(frozen=True)
class Draft:
    """A coupon as it stands in its form: texts by field, and what is ticked."""

    texts: Mapping[str, str]
    reusable: bool = True
    plans: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()

    @property
    def is_limited(self) -> bool:
        chosen = {"plans": self.plans, "metrics": self.metrics}
        return bool(chosen.get(self.texts["limit"]))


def empty_draft(currency: str) -> Draft:
    """What the form of a new coupon shows at first."""
    first = {"coupon_type": "percentage", "frequency": "once", "amount_currency": currency}
    return Draft({**dict.fromkeys(TEXTS, ""), **first})


def draft_of(coupon: Coupon, currency: str) -> Draft:
    """What the form of a coupon shows before anything is typed. `currency`: of one that has none."""
    currency = coupon.amount_currency or currency
    texts = {
        "name": coupon.name, "code": coupon.code, "description": coupon.description or "",
        "coupon_type": coupon.coupon_type, "amount": typed_amount(coupon.amount_cents, currency),
        "amount_currency": currency, "percentage_rate": (plain(coupon.percentage_rate) or "").removesuffix(".0"),
        "frequency": coupon.frequency, "frequency_duration": str(coupon.frequency_duration or ""),
        "limit": "plans" if coupon.limited_plans else "metrics" if coupon.limited_billable_metrics else "",
        "last_day": last_day(coupon),
    }
    plans, metrics = (tuple(row.code for row in rows) for rows in (coupon.plans, coupon.billable_metrics))
    return Draft(texts, coupon.reusable, plans, metrics)


def last_day(coupon: Coupon) -> str:
    """The last whole day in UTC on which customers can get it; empty if it has no end."""
    ends = coupon.expiration_at if coupon.expiration == "time_limit" else None
    return str((ends.astimezone(UTC) - timedelta(seconds=1)).date()) if ends else ""


def typed_draft() -> Draft:
    """What was sent."""
    return Draft(
        {name: form_text(name) or "" for name in TEXTS}, "reusable" in request.form,
        tuple(request.form.getlist("plans")), tuple(request.form.getlist("metrics")),
    )


def body_of(draft: Draft) -> dict[str, Any]:
    """The API's object. Raises Invalid for what is no day."""
    texts, limit = draft.texts, draft.texts["limit"]
    return {
        "name": texts["name"], "code": texts["code"], "description": texts["description"] or None,
        **body_of_terms(texts), "reusable": draft.reusable, **_end(texts["last_day"]),
        "applies_to": {
            "plan_codes": list(draft.plans) if limit == "plans" else [],
            "billable_metric_codes": list(draft.metrics) if limit == "metrics" else [],
        },
    }


def changed_body(draft: Draft, coupon: Coupon) -> dict[str, Any]:
    """The same of a change: an end only if another day was typed, as its time of day would change with it."""
    body = body_of(draft)
    if draft.texts["last_day"] == last_day(coupon):
        body = {name: value for name, value in body.items() if name not in ("expiration", "expiration_at")}
    return body


def errors_of(error: Invalid) -> dict[str, Any]:
    """The errors by the fields of the form."""
    details: Any = error.details
    return {NAMES.get(name, name): codes for name, codes in details.items()}


def terms_typed(draft: Draft) -> tuple[Terms, str] | None:
    """What the arithmetic takes, and its currency; None as long as something is missing or wrong."""
    texts = draft.texts
    asked = {**body_of_terms(texts), "name": "-", "code": "-", "expiration": "no_expiration"}
    try:
        values = CouponInput().read(asked)
    except Invalid:
        return None
    if problems(values):
        return None
    rate = values["percentage_rate"] if values["coupon_type"] == "percentage" else None
    terms = Terms(
        values["frequency"], values.get("amount_cents") or 0, rate, values.get("frequency_duration") or 0
    )
    return terms, values.get("amount_currency") or texts["amount_currency"]


def body_of_terms(texts: Mapping[str, str]) -> dict[str, Any]:
    """What it takes and how often, as the API reads it."""
    terms = _amount(texts) if texts["coupon_type"] == "fixed_amount" else _rate(texts)
    duration = texts["frequency_duration"] if texts["frequency"] == "recurring" else ""
    return {
        "coupon_type": texts["coupon_type"], **terms, "frequency": texts["frequency"],
        "frequency_duration": duration or None,
    }


def _amount(texts: Mapping[str, str]) -> dict[str, Any]:
    currency = texts["amount_currency"]
    cents = cents_of(texts["amount"], currency) if texts["amount"] else None
    return {"amount_cents": cents, "amount_currency": currency or None, "percentage_rate": None}


def _rate(texts: Mapping[str, str]) -> dict[str, Any]:
    rate = texts["percentage_rate"].removesuffix("%").strip()
    return {"percentage_rate": rate or None, "amount_cents": None, "amount_currency": None}


def _end(last: str) -> dict[str, Any]:
    """The end of that day in UTC."""
    if not last:
        return {"expiration": "no_expiration", "expiration_at": None}
    try:
        day = datetime.combine(datetime.strptime(last, "%Y-%m-%d"), time(tzinfo=UTC)) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise Invalid({"last_day": ["invalid_date"]}) from None
    return {"expiration": "time_limit", "expiration_at": day.isoformat()}
