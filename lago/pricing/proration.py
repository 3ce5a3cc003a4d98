"""Counting local days, and the price of some of them, in the doubles that Lago uses (03 §5.1, §5.2)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from lago.pricing.rounding import double_to_decimal, round_double

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Proration:
    """`days` of the `length` days that an amount in cents is for; the decimals are the shortest texts of doubles."""

    days: int
    length: int
    day_price: Decimal
    amount_cents: int
    precise_amount_cents: Decimal


def days(start: datetime, end: datetime, zone: ZoneInfo) -> int:
    """The days from `start` to `end` by the clock on the wall in `zone`, rounded up (03 §5.2).

    An `end` at exactly local midnight counts the day that begins there.
    """
    wall_start, wall_end = _wall_clock(start, zone), _wall_clock(end, zone)
    if wall_end.time() == time():
        wall_end += SECOND
    return -((wall_start - wall_end) // DAY)


def days_for_upgrade(start: datetime, end: datetime, zone: ZoneInfo) -> int:
    """The days of a subscription that an upgrade ended: the day of the change is the new plan's (03 §5.2)."""
    return max(0, days(start, end, zone) - 1)


def prorate(amount_cents: int, days: int, length: int) -> Proration:
    """`days` times the price of a day, which is `amount_cents` divided by `length`: both in doubles (03 §5.1)."""
    day_price = amount_cents / length
    precise = days * day_price
    return Proration(days, length, double_to_decimal(day_price), round_double(precise), double_to_decimal(precise))


def _wall_clock(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)
