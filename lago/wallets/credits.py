"""Amounts of credits as clients write them (05 §1.1, §1.3)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from lago.core.fields import exact
from lago.pricing.rounding import round_to

_TOO_LARGE = Decimal(10) ** 25 - 1
"""Where the columns of credits end (05 §1.8)."""

MOST_CENTS = 10**15
"""How much one transaction may be worth: balances, which are sums of them, stay far within 64 bits."""


def credits_in_text(value: object) -> Decimal | None:
    """The credits that a text holds, 0 or more; None if it holds none, or is no text (05 §1.19)."""
    number = exact(value) if isinstance(value, str) else None
    return number if number is not None and 0 <= number <= _TOO_LARGE else None


class CreditsField(fields.Raw):
    """Credits with the five decimals that are kept; an empty text is none. `below_zero`: they may be negative."""

    def __init__(self, *, below_zero: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.below_zero = below_zero

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if value == "":
            return None
        number = exact(value)
        if number is None or abs(number) > _TOO_LARGE or (number < 0 and not self.below_zero):
            raise ValidationError("invalid_amount")
        return round_to(number, 5)
