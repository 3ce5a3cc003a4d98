"""When a subscription may be told to end (03 §2.1)."""

from datetime import UTC, datetime

from lago.core import clock


def ends_later(ending_at: datetime | None, subscription_at: datetime | None) -> bool:
    """Whether the ending date is blank, or lies after today and after the start (UTC dates; no start means now)."""
    if ending_at is None:
        return True
    now = clock.now()
    return ending_at.astimezone(UTC).date() > max(now, subscription_at or now).astimezone(UTC).date()
