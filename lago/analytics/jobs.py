"""Background work of analytics: days of usage are kept once they are over."""

import uuid

from lago.analytics.keep_usage_days import keep_usage_days
from lago.core.db import transaction
from lago.core.jobs import job
from lago.core.outbox import enqueue

_SECONDS = 60
_LEASE_S = 5 * _SECONDS


@job("analytics.keep_usage_days", queue="low", lease_s=_LEASE_S)
def keep_days_that_are_over(owner_id: str | None = None) -> None:
    """Keeps days of one organization, or of all under real time. What takes longer than a minute goes on in another
    piece of work, behind what others have asked for."""
    organization_id = uuid.UUID(owner_id) if owner_id else None
    if not keep_usage_days(organization_id, seconds=_SECONDS):
        with transaction():
            enqueue("analytics.keep_usage_days", organization_id=organization_id, owner_id=owner_id)
