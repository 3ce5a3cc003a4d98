"""How the pages print values: template filters. Times in UTC, figures grouped by thousands, decimals without noise."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from lago.admin.sentences import SENTENCES
from lago.core import clock
from lago.pricing.currencies import CURRENCIES
from lago.pricing.rounding import divide
from lago.webhooks.models import WebhookDelivery

AGES = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def amount(cents: int, currency: str) -> str:
    """Cents in the currency's major units: 123450 EUR is 1,234.50; a real minus sign before negative ones."""
    known = CURRENCIES[currency]
    return f"{divide(Decimal(cents), Decimal(known.subunit)):,.{known.exponent}f}".replace("-", "−")


def units(value: Decimal | None) -> str:
    """A quantity or unit price without trailing zeros: 1,234.5."""
    if value is None:
        return ""
    text = f"{value:,f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def number(value: int | float) -> str:
    """A JSON number, grouped: 1,234.5."""
    return units(Decimal(repr(value)))


def count(value: int) -> str:
    """A whole number, grouped: 12,345."""
    return f"{value:,}"


def percent(value: float | Decimal) -> str:
    """A rate in percent: 20%, 5.5%."""
    return f"{value:g}%"


def day(value: date | None) -> str:
    """A date: 4 Jul 2025."""
    return f"{value.day} {value:%b %Y}" if value else "–"


def span(first: date, last: date) -> str:
    """Dates from one to another, without what both share: 1–31 Jul 2025, 1 Jul – 30 Sep 2025."""
    if (first.year, first.month) == (last.year, last.month):
        return day(last) if first == last else f"{first.day}–{day(last)}"
    return f"{first.day} {first:%b}{'' if first.year == last.year else f' {first:%Y}'} – {day(last)}"


def date_in(value: datetime, zone: str) -> date:
    """The date of an instant in a zone."""
    return value.astimezone(ZoneInfo(zone)).date()


def moment(value: datetime | None) -> str:
    """An instant in UTC, to the minute: 4 Jul 2025 09:30 UTC."""
    return f"{value.day} {value:%b %Y %H:%M} UTC" if value else "–"


def second(value: datetime) -> str:
    """An instant in UTC, to the second, to read one under another: 2025-07-04 09:30:12."""
    return f"{value:%Y-%m-%d %H:%M:%S}"


def age(value: datetime) -> str:
    """How long ago by the clock of the organization: 3 min ago; the date after a month."""
    seconds = int((clock.now() - value).total_seconds())
    if seconds > 30 * 86400 or seconds < 0:
        return day(value)
    return next((f"{seconds // size} {unit} ago" for size, unit in AGES if seconds >= size), "now")


def sentence(code: str) -> str:
    """An error code of the domain in words; an unknown one with its underscores taken out."""
    return SENTENCES.get(code) or code.replace("_", " ").capitalize() + "."


def pretty(value: Any) -> str:
    """Data, or JSON text, as indented JSON; text that is no JSON as it is."""
    try:
        data = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return str(value)
    return json.dumps(data, indent=2, ensure_ascii=False, default=_plain)


def segment(value: str) -> str:
    """A text as one segment of a path."""
    return quote(value, safe="")


def compact(value: Any) -> str:
    """Data as JSON on one line."""
    return json.dumps(value, ensure_ascii=False, default=_plain)


def attempts(delivery: WebhookDelivery) -> int:
    """How often a message was sent so far."""
    return 0 if delivery.status == "pending" else delivery.retries + 1


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


FILTERS = (
    amount, units, number, count, percent, day, span, date_in, moment, second, age, sentence, pretty, compact, segment,
    attempts,
)
