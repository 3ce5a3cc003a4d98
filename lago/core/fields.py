"""Marshmallow fields of the contract: what is read leniently, refused by the contract's codes, and how it is written.

Input: numbers may come as texts and texts as numbers (contract, differences §4). Output: times in UTC with whole
seconds, decimals as texts (06 §2.1).
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import ValidationError, fields

from lago.pricing.rounding import decimal_text

_INT64 = 2**63 - 1

LONGEST_TERM_DAYS = 36_500
"""Of payment terms: a century, so that no date leaves the calendar."""

LONGEST_CODE = 255
"""Of codes and external ids: what an index can hold."""

MANDATORY = "value_is_mandatory"
INVALID = "value_is_invalid"
ALREADY_EXISTS = "value_already_exist"
OUT_OF_RANGE = "value_is_out_of_range"
TOO_LONG = "value_is_too_long"
INVALID_DATE = "invalid_date"


class Text(fields.Field[str]):
    """A text; numbers become their text. `strip`: surrounding blanks are dropped, `blank_is_null` then empty ones."""

    def __init__(
        self, *, most: int | None = None, strip: bool = False, blank_is_null: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.most, self.strip, self.blank_is_null = most, strip, blank_is_null

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        text = text.strip() if self.strip else text
        if self.blank_is_null and not text.strip():
            return None
        if self.most is not None and len(text) > self.most:
            raise ValidationError(TOO_LONG)
        return text


class Filled(Text):
    """A text that must not be blank."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not text or not text.strip():
            raise ValidationError(MANDATORY)
        return text


class Choice(Text):
    """One of a fixed set of texts; anything else is `code`."""

    def __init__(self, choices: Any, *, code: str = INVALID, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices, self.code = frozenset(choices), code

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text not in self.choices:
            raise ValidationError(self.code)
        return text


class Whole(fields.Field[int]):
    """A whole number of at most 64 bits, from `least` to `most` where they are given; texts of digits are taken."""

    def __init__(self, *, least: int = -_INT64, most: int = _INT64, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        number = exact(value)
        if number is None:
            raise ValidationError("is not a number")
        if number != number.to_integral_value():
            raise ValidationError("must be an integer")
        if not self.least <= number <= self.most:
            raise ValidationError(OUT_OF_RANGE)
        return int(number)


class Double(fields.Field[float]):
    """A finite double, such as the rate of a tax."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float:
        number = exact(value)
        if number is None or not math.isfinite(double := float(number)):
            raise ValidationError("is not a number")
        return double


class Flag(fields.Field[bool]):
    """A boolean, or its usual texts; anything else is `code`."""

    WORDS = {"true": True, "1": True, "false": False, "0": False}

    def __init__(self, *, code: str = INVALID, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.code = code

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        word = str(value).lower()
        if word not in self.WORDS:
            raise ValidationError(self.code)
        return self.WORDS[word]


class Moment(fields.Field[datetime]):
    """An ISO 8601 date or time, read as UTC where it names no zone; written with whole seconds and a Z.

    `billable`: only of the years in which periods of every zone and interval can be computed.
    """

    def __init__(self, *, billable: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.billable = billable

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return iso(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if value == "":
            return None
        moment = parse_moment(value)
        if moment is None or (self.billable and not is_billable(moment)):
            raise ValidationError(INVALID_DATE)
        return moment


class MomentWithMilliseconds(Moment):
    """A time that the contract shows with milliseconds, cut and not rounded."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return iso_milliseconds(value)


class Exact(fields.Field[Decimal]):
    """A decimal, written as a text in plain notation with at least one fractional digit (02 §1.6)."""

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return plain(value)


def exact(value: Any) -> Decimal | None:
    """The finite decimal that a JSON value stands for, or None; booleans are no numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(repr(value) if isinstance(value, float) else str(value).strip())
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 1000 else None


def parse_moment(value: Any) -> datetime | None:
    """An aware UTC time from ISO 8601 text, or None if it is none or lies outside of the years 1 to 9999."""
    try:
        moment = datetime.fromisoformat(value.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, AttributeError, OverflowError):
        return None


def is_billable(moment: datetime) -> bool:
    """Whether billing can be computed around that moment: from 1900 to 9900."""
    return 1900 <= moment.year <= 9900


def iso(moment: datetime | None) -> str | None:
    """`2025-03-04T05:06:07Z`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None


def iso_milliseconds(moment: datetime | None) -> str | None:
    """`2025-03-04T05:06:07.123Z`, the rest of the fraction cut."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None


def plain(number: Decimal | None) -> str | None:
    """`"10.0"`, `"0.00123"`: no exponent, no needless zeros; null stays null."""
    return None if number is None else decimal_text(number)
