"""What counts as an amount, a count and a tier bound in the properties of a charge (02 §2.4)."""

import re
from decimal import Decimal
from typing import Any, TypeGuard

AMOUNT = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,9})?\s*", re.ASCII | re.IGNORECASE)

MOST_DIGITS = 100
"""No price has more digits than this before or after the point; longer ones are invalid."""


class Problems:
    """Error codes by the field that they are about, in order of each field's first failure."""

    def __init__(self) -> None:
        self._codes: dict[str, list[str]] = {}

    def check(self, valid: bool, field: str, code: str) -> None:
        """Note `code` for `field` unless it is `valid`."""
        if not valid:
            self._codes.setdefault(field, []).append(code)

    def codes(self) -> list[str]:
        """The flat list of codes, field after field, repetitions kept."""
        return [code for codes in self._codes.values() for code in codes]


def is_amount(value: Any) -> TypeGuard[str]:
    """Whether `value` is a text that parses to a finite decimal of 0 or more; a JSON number is none."""
    return isinstance(value, str) and AMOUNT.fullmatch(value) is not None and _is_sane(Decimal(value))


def is_count(value: Any, least: int, most: int = 10**MOST_DIGITS - 1) -> bool:
    """Whether `value` is a JSON integer (true and false are none) from `least` to `most`."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def bound(value: Any) -> Decimal | None:
    """The exact value of a JSON number, a double through its shortest text; None if `value` is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return number if number.is_finite() else None


def _is_sane(number: Decimal) -> bool:
    decimals = -int(number.as_tuple().exponent)
    return number >= 0 and number.adjusted() < MOST_DIGITS and decimals <= MOST_DIGITS
