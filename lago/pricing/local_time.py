"""Where local dates begin and end as instants in UTC (03 §0). Instants are aware datetimes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

RESOLUTION = timedelta(microseconds=1)


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The calendar date of `instant` in `zone`."""
    return instant.astimezone(zone).date()


def dawn(day: date, zone: ZoneInfo) -> datetime:
    """The UTC instant at which `day` begins in `zone`.

    Midnight; its first occurrence if clocks show it twice; where a gap begins at midnight, the transition.
    """
    return datetime.combine(day, time(), zone).astimezone(UTC)


def dusk(day: date, zone: ZoneInfo) -> datetime:
    """The last UTC instant of `day` in `zone`, a microsecond before the next day begins.

    Where clocks go back at midnight, 23:59:59.999999 occurs twice and this is the second one, so that days tile time.
    """
    return dawn(day + timedelta(days=1), zone) - RESOLUTION


def whole_second(instant: datetime) -> datetime:
    """`instant` rounded to the second, halves up."""
    return (instant + timedelta(milliseconds=500)).replace(microsecond=0)
