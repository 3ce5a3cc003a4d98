"""Background work of webhooks."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lago.audit.note_activity import Occasion
from lago.core import clock
from lago.core.db import transaction
from lago.core.jobs import job
from lago.webhooks import tracked  # noqa: F401  (what the log shows as changed)
from lago.webhooks.deliver import deliver, longest_exchange_s
from lago.webhooks.dispatch import Announcement, dispatch
from lago.webhooks.forget_old import forget_old
from lago.webhooks.tell_missing_wallets import tell_missing_wallets

_SPARE_S = 30
_DISPATCH_S = 60


@job("webhooks.dispatch", lease_s=_DISPATCH_S, batch=25)
def dispatch_job(batch: Sequence[Mapping[str, Any]]) -> None:
    with transaction():
        dispatch([_announcement(**args) for args in batch])


def _announcement(
    webhook_type: str, record_id: str, cause_id: str, announced_at: str | None = None,
    actor: Mapping[str, str] | None = None, changes: Mapping[str, Any] | None = None,
) -> Announcement:
    """As it lies in the outbox; rows of an older version have neither moment nor actor."""
    at = datetime.fromisoformat(announced_at) if announced_at else clock.now()
    occasion = Occasion(uuid.UUID(cause_id), at, actor or {}, changes)
    return Announcement(webhook_type, uuid.UUID(record_id), occasion)


@job("webhooks.deliver", queue="webhooks", lease_s=lambda: longest_exchange_s() + _SPARE_S)
def deliver_job(delivery_id: str, number: int) -> None:
    deliver(uuid.UUID(delivery_id), number)


@job("webhooks.tell_missing_wallets")
def tell_missing_wallets_job(owner_id: str, events: Sequence[int]) -> None:
    tell_missing_wallets(uuid.UUID(owner_id), events)


@job("webhooks.forget_old", queue="low")
def forget_old_job() -> None:
    forget_old()
