"""Moments around the present one."""

from datetime import UTC, datetime


def first_of_month(offset: int) -> datetime:
    """00:00 UTC of the first day of the present month, or of one so many months later."""
    now = datetime.now(UTC)
    years, month = divmod(now.month - 1 + offset, 12)
    return datetime(now.year + years, month + 1, 1, tzinfo=UTC)
