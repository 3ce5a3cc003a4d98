"""How the pages print values: template filters. Times in UTC, figures grouped by thousands, decimals without noise."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from lago.core import clock
from lago.pricing.currencies import CURRENCIES
from lago.pricing.rounding import divide
from lago.webhooks.models import WebhookDelivery

TIERS_FOLLOW = "A tier begins where the one before ends, or one unit later, and ends above its beginning."
SENTENCES = {
    "value_is_mandatory": "This is needed.",
    "value_is_invalid": "This is not a value that fits here.",
    "invalid_permissions": "These permissions are not known.",
    "last_non_expiring_api_key": "This is the last key without an expiry date. Create another one first.",
    "incorrect_login_or_password": "E-mail or password is not right.",
    "too_many_attempts": "Too many attempts. Wait a quarter of an hour, then try again.",
    "password_too_short": "This is too short: at least 8 characters.",
    "not_your_password": "This is not the password of your account.",
    "nothing_to_adjust": "Nothing was typed: the fee would stay as it is.",
    "invalid_charge_model": "This charge prices single events: say what a unit costs.",
    "plan_has_subscriptions": "The plan has its first subscription: its terms are fixed now. Open the form again.",
    "invalid_amount": "Prices are digits with a point before decimals: 0.05.",
    "invalid_rate": "A rate is a number of percent: 2.5.",
    "invalid_fixed_amount": "This is no amount: digits with a point before decimals.",
    "invalid_free_units": "This is a whole number.",
    "invalid_package_size": "A package has a whole number of units, at least one.",
    "invalid_free_units_per_events": "This is a whole number, at least one.",
    "invalid_free_units_per_total_aggregation": "This is no number: digits with a point before decimals.",
    "per_transaction_max_lower_than_per_transaction_min": "The most is less than the least.",
    "invalid_graduated_ranges": TIERS_FOLLOW,
    "invalid_graduated_percentage_ranges": TIERS_FOLLOW,
    "invalid_volume_ranges": "A tier begins one unit after the one before, and ends above its beginning.",
    "too_many_keys": "At most two keys.",
    "value_is_duplicated": "This is there twice.",
    "no_currency": "It is not known yet what its amounts are in.",
    "is_succeeded": "This message has been delivered already.",
    "alert_already_exists": "The subscription has an alert on this figure already.",
    "invalid_type": "Alerts of subscriptions look at none such.",
    "too_many_thresholds": "At most twenty.",
    "missing_amount_cents": "This is needed, unless the row is removed.",
    "duplicated_values": "This amount is there twice.",
    "multiple_recurring_thresholds": "Only one of them may repeat.",
    "origin_is_gone": "The plan that this copies is gone, and its features with it. Create it again to do without.",
    "duplicate_threshold_values": "One value is there twice.",
    "recurring_value_is_negative": "This is above zero.",
    "value_already_exist": "Another one has this already.",
    "is not a number": "This is no amount: digits, and a point before as many decimals as the currency has.",
    "must be an integer": "This must be a whole number.",
    "value_is_out_of_range": "This is too large or too small.",
    "value_is_too_long": "This is too long.",
    "invalid_expression": "This is no expression.",
    "invalid_event": "The expression has no value for this event.",
    "invalid_format": "This is no time.",
    "value_not_in_select_options": "This is none of the options.",
    "no_options": "There is at least one option, one a line.",
    "invalid_json": "This is no JSON.",
    "must_be_object": "Properties are an object: {…}.",
    "invalid_date": "This day does not fit. An end lies after today and after the start.",
    "preview_outdated": "This has become something else since it was shown. Look again, then confirm.",
    "subscription_changed": "Someone or something has changed the subscription meanwhile. Open its page again.",
    "external_id_in_use": "The customer has a subscription of this external id: change its plan instead.",
    "same_plan": "It is on this plan already.",
    "not_supported_yet": "This cannot be done yet.",
    "subscription_incomplete": "Its first payment is still awaited.",
    "cannot_terminate_with_pending_taxes": "The taxes of its last invoice are still awaited. Try again later.",
    "attached_to_a_plan": "A plan has begun to price this metric: most of it is fixed now. Open the form again.",
}
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
