"""A coupon as clients write it, and what has to fit together in it (04 §8.1)."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from lago.catalog.inputs import LARGEST_AMOUNT
from lago.catalog.models import Coupon
from lago.core import clock
from lago.core.code_fields import CurrencyCode
from lago.core.fields import (
    INVALID,
    INVALID_DATE,
    LONGEST_CODE,
    MANDATORY,
    OUT_OF_RANGE,
    Choice,
    Filled,
    Flag,
    Moment,
    Text,
    Whole,
    exact,
)
from lago.core.schemas import InputSchema

COUPON_TYPES = ("fixed_amount", "percentage")
FREQUENCIES = ("once", "recurring", "forever")
EXPIRATIONS = ("no_expiration", "time_limit")

MOST_INVOICES = 10_000
_LARGEST_RATE = Decimal("99999.99999")
_CHOSEN = {"required": INVALID, "null": INVALID}
_NEEDED = {
    ("coupon_type", "fixed_amount"): ("amount_cents", "amount_currency"),
    ("coupon_type", "percentage"): ("percentage_rate",),
    ("frequency", "recurring"): ("frequency_duration",),
}
"""What must be said along with a choice."""


class Percentage(fields.Field[Decimal]):
    """A percentage with five decimals, a number or a text; more than 100 takes all there is, less than 0 is refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Decimal:
        rate = exact(value)
        if rate is None:
            raise ValidationError("is not a number")
        if not 0 <= rate <= _LARGEST_RATE:
            raise ValidationError(OUT_OF_RANGE)
        return rate


class Future(Moment):
    """A time after now, in whole seconds."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        moment: datetime | None = super()._deserialize(value, attr, data, **kwargs)
        if moment and moment <= clock.now():
            raise ValidationError(INVALID_DATE)
        return moment and moment.replace(microsecond=0)


class TermsInput(InputSchema):
    """What a coupon takes, and how often: of the coupon itself, or of one customer's (04 §8.2)."""

    amount_cents = Whole(least=1, most=LARGEST_AMOUNT, allow_none=True)
    amount_currency = CurrencyCode(allow_none=True)
    percentage_rate = Percentage(allow_none=True)
    frequency = Choice(FREQUENCIES, allow_none=True)
    frequency_duration = Whole(least=1, most=MOST_INVOICES, allow_none=True)


class TargetsInput(InputSchema):
    """What a coupon is limited to."""

    plan_codes = fields.List(Text())
    billable_metric_codes = fields.List(Text())


class CouponInput(TermsInput):
    """A coupon."""

    name = Filled(required=True)
    code = Filled(required=True, most=LONGEST_CODE)
    description = Text(allow_none=True)
    coupon_type = Choice(COUPON_TYPES, required=True, error_messages=_CHOSEN)
    frequency = Choice(FREQUENCIES, required=True, error_messages=_CHOSEN)
    reusable = Flag()
    expiration = Choice(EXPIRATIONS, required=True, error_messages=_CHOSEN)
    expiration_at = Future(allow_none=True, billable=True)
    applies_to = fields.Nested(TargetsInput, allow_none=True)


def problems(terms: Mapping[str, Any]) -> dict[str, list[str]]:
    """What is missing in the terms of a coupon that are given in full."""
    needed = [name for (field, choice), names in _NEEDED.items() if terms.get(field) == choice for name in names]
    return {name: [MANDATORY] for name in needed if terms.get(name) is None}


def terms_of(coupon: Coupon) -> dict[str, Any]:
    """What it has now of the terms that depend on each other."""
    names = ("coupon_type", "amount_cents", "amount_currency", "percentage_rate", "frequency", "frequency_duration")
    return {name: getattr(coupon, name) for name in names}
