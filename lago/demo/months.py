"""Months and days of the story as moments."""

from datetime import UTC, date, datetime, timedelta


def months_before(day: date, number: int) -> date:
    """The first of the month so many months before that of `day`; a negative number: after."""
    months = day.year * 12 + day.month - 1 - number
    return date(months // 12, months % 12 + 1, 1)


def days_of(first: date, month: int) -> int:
    """How many days the month has that comes so many months after the one of `first`."""
    return (months_before(first, -month - 1) - months_before(first, -month)).days


def moment(first: date, month: int, day: int, hour: int = 0) -> datetime:
    """That hour, in UTC, of that day of the month so many months after the one of `first`."""
    midnight = datetime.combine(months_before(first, -month), datetime.min.time(), UTC)
    return midnight + timedelta(days=day - 1, hours=hour)


def iso(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
