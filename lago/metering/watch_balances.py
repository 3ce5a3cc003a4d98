"""The watch of balances: customers whose prepaid credits are held against their usage soon after this has changed.

As in metering/watch.py there is one outbox row for a customer, however many events and other changes there are, and
none where nobody has wallets. Whoever looks takes the rows out of the way first (decisions 0014 and 0015).
"""

import uuid
from collections.abc import Collection

from lago.core import clock, outbox
from lago.core.db import lock, lock_shared
from lago.metering.watch import AT_ONCE, BURST

_LOOKING = " looking"


def watch_balances(organization_id: uuid.UUID, customer_ids: Collection[uuid.UUID]) -> None:
    """Has the ongoing balances of these customers refreshed after the commit.

    To be called after the change that makes it necessary, in a short transaction, and there after `watch`, so that no
    two of them wait for each other's rows.
    """
    keyed = {
        _key(one): {"organization_id": str(organization_id), "customer_id": str(one)} for one in customer_ids
    }
    if keyed:
        lock_shared(*keyed)
        delay = AT_ONCE if clock.standing() else BURST
        outbox.enqueue_once("invoicing.refresh_wallets", keyed, organization_id=organization_id, delay=delay)


def begin_refresh(customer_ids: Collection[uuid.UUID]) -> None:
    """To be called in a transaction of its own before the refresh: what was asked for until now is seen by it, and what
    is asked for from now on is a refresh of its own. It is the repetition of an earlier one that failed."""
    keys = [_key(one) for one in customer_ids]
    lock(*keys)
    outbox.rename_all({key: f"{key}{_LOOKING}" for key in keys})


def _key(customer_id: uuid.UUID) -> str:
    return f"balances:{customer_id}"
