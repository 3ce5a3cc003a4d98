"""An event as it was sent: what is checked at once, and what counts as not sent (01 §1.2, §1.3).

Plain functions instead of a marshmallow schema: they run a hundred times in a request.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

import orjson

from lago.core.errors import Invalid
from lago.core.fields import INVALID, MANDATORY, OUT_OF_RANGE, TOO_LONG, exact
from lago.core.ids import new_id
from lago.pricing.rounding import STORED_PLACES, round_to

LONGEST_BYTES = 1020
"""Of ids and codes, 255 characters of any script: two of them still fit into an entry of an index."""

MOST_WHOLE_DIGITS = 25
"""Of `precise_total_amount_cents`, numeric(40, 15)."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MICROSECOND = Decimal("0.000001")
FIRST_SECOND, LAST_SECOND = Decimal(-62135596800), Decimal(253402300799)  # the years 1 to 9999

_INVALID_FORMAT = Invalid({"timestamp": ["invalid_format"]})


@dataclass(slots=True)
class NewEvent:
    """An event that passed the checks: the columns of its row, times in UTC."""

    id: uuid.UUID
    transaction_id: str
    external_subscription_id: str | None
    code: str
    timestamp: datetime
    precise_total_amount_cents: Decimal | None
    properties: dict[str, Any]
    created_at: datetime


def read_event(sent: Mapping[str, Any], now: datetime) -> tuple[NewEvent, dict[str, list[str]]]:
    """The event that a client sent, and the codes of what is wrong with it; without a timestamp it happened `now`.

    Raises Invalid for a bad timestamp, before which nothing else counts (01 §1.5).
    """
    timestamp = read_timestamp(sent.get("timestamp"), now)
    errors: dict[str, list[str]] = {}
    event = NewEvent(
        id=new_id(),
        transaction_id=_mandatory(sent, "transaction_id", errors),
        external_subscription_id=_text(sent, "external_subscription_id", errors),
        code=_mandatory(sent, "code", errors),
        timestamp=timestamp,
        precise_total_amount_cents=_amount(sent.get("precise_total_amount_cents"), errors),
        properties=_properties(sent.get("properties"), errors),
        created_at=now,
    )
    return event, errors


def read_timestamp(value: Any, now: datetime) -> datetime:
    """Seconds since 1970 as number or text, cut to microseconds, or ISO 8601 with a zone (00 §5); null is `now`.

    Raises Invalid, also outside of the years 1 to 9999, where milliseconds end up.
    """
    if value is None:
        return now
    seconds = exact(value)
    if seconds is None:
        return _iso_moment(value)
    if not FIRST_SECOND <= seconds <= LAST_SECOND:
        raise _INVALID_FORMAT
    return EPOCH + timedelta(microseconds=int(seconds.quantize(MICROSECOND, ROUND_DOWN).scaleb(6)))


def _iso_moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        pass
    raise _INVALID_FORMAT


def _text(sent: Mapping[str, Any], name: str, errors: dict[str, list[str]]) -> str | None:
    """A text, or a number as its text; an object or a list counts as not sent."""
    value = sent.get(name)
    if value is None or isinstance(value, dict | list):
        return None
    text = value if isinstance(value, str) else str(value).lower()
    if len(text.encode()) > LONGEST_BYTES:
        errors[name] = [TOO_LONG]
    return text


def _mandatory(sent: Mapping[str, Any], name: str, errors: dict[str, list[str]]) -> str:
    text = _text(sent, name, errors)
    if text is None or not text.strip():
        errors[name] = [MANDATORY]
        return ""
    return text


def _amount(value: Any, errors: dict[str, list[str]]) -> Decimal | None:
    """As it is stored: with 15 decimals."""
    if value is None or isinstance(value, dict | list):
        return None
    number = exact(value)
    if number is None:
        errors["precise_total_amount_cents"] = [INVALID]
        return None
    stored = round_to(number, STORED_PLACES)
    if stored.adjusted() >= MOST_WHOLE_DIGITS:
        errors["precise_total_amount_cents"] = [OUT_OF_RANGE]
    return stored


def _properties(value: Any, errors: dict[str, list[str]]) -> dict[str, Any]:
    """Any JSON object; anything else is an empty one. Nested too deeply for an answer, it is invalid."""
    if not isinstance(value, dict):
        return {}
    if any(isinstance(inner, dict | list) for inner in value.values()):
        try:
            orjson.dumps([[[value]]])
        except TypeError:
            errors["properties"] = [INVALID]
    return value
