"""Background work of webhooks."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lago.audit.note_activity import Occasion
from lago.core import clock
from lago.core.jobs import job
from lago.webhooks import tracked  # noqa: F401  (what the log shows as changed)
from lago.webhooks.deliver import deliver, longest_exchange_s
from lago.webhooks.dispatch import dispatch
from lago.webhooks.forget_old import forget_old
from lago.webhooks.tell_missing_wallets import tell_missing_wallets

_SPARE_S = 30


@job("webhooks.dispatch")
def dispatch_job(
    webhook_type: str, record_id: str, cause_id: str, announced_at: str | None = None,
    actor: Mapping[str, str] | None = None, changes: Mapping[str, Any] | None = None,
) -> None:
    """Rows of an older version have neither moment nor actor."""
    at = datetime.fromisoformat(announced_at) if announced_at else clock.now()
    dispatch(webhook_type, uuid.UUID(record_id), Occasion(uuid.UUID(cause_id), at, actor or {}, changes))


@job("webhooks.deliver", queue="webhooks", lease_s=lambda: longest_exchange_s() + _SPARE_S)
def deliver_job(delivery_id: str, number: int) -> None:
    deliver(uuid.UUID(delivery_id), number)


@job("webhooks.tell_missing_wallets")
def tell_missing_wallets_job(owner_id: str, events: Sequence[int]) -> None:
    tell_missing_wallets(uuid.UUID(owner_id), events)


@job("webhooks.forget_old", queue="low")
def forget_old_job() -> None:
    forget_old()
