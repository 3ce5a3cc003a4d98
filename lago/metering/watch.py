"""The watch: subscriptions whose usage someone looks at soon after it has changed: usage thresholds and alerts.

One outbox row for a subscription, however many events there are, and none where nobody looks (design §3-3). Whoever
looks at a subscription first takes its row out of the way, and waits for all that have found it there: what they did
is committed by then, and who comes later makes a row of his own. So no event is passed over (decision 0014).
"""

import uuid
from collections.abc import Collection
from datetime import timedelta

from lago.core import clock, outbox
from lago.core.db import lock, lock_shared

BURST = timedelta(seconds=3)
"""How long the look waits under real time, so that one look is for all events of a burst."""

AT_ONCE = timedelta(0)


def watch(
    organization_id: uuid.UUID, external_subscription_ids: Collection[str], *, only_thresholds: bool = False
) -> None:
    """Has these subscriptions looked at after the commit: at all that is watched after an event or a new alert, at
    thresholds alone after anything else (03 §7.1, §8).

    To be called after the change that makes it necessary, and once in a transaction, so that no two of them wait for
    each other's rows.
    """
    owner = {"organization_id": str(organization_id)}
    keyed = {
        _key(organization_id, one, only_thresholds): {**owner, "external_subscription_id": one}
        for one in external_subscription_ids
    }
    if keyed:
        lock_shared(*keyed)
        delay = AT_ONCE if clock.standing() else BURST  # a sandbox clock waits for the look, and has no burst
        outbox.enqueue_once(
            "invoicing.check_thresholds" if only_thresholds else "invoicing.watch_usage", keyed,
            organization_id=organization_id, delay=delay,
        )


def begin_look(organization_id: uuid.UUID, external_subscription_id: str, *, only_thresholds: bool = False) -> None:
    """To be called in a transaction of its own before the look: what was asked for until now is seen by it, and what
    is asked for from now on is a look of its own. An earlier look that failed needs not be repeated: this one is its
    repetition."""
    key = _key(organization_id, external_subscription_id, only_thresholds)
    lock(key)
    outbox.rename(key, f"{key} looking")


def _key(organization_id: uuid.UUID, external_subscription_id: str, only_thresholds: bool) -> str:
    return f"{'thresholds' if only_thresholds else 'watch'}:{organization_id}:{external_subscription_id}"
