"""Subscriptions and drafts that are brought to their end, each in a transaction of its own: what was done before a
crash stays done, and the work goes on from there."""

import uuid
from collections.abc import Sequence
from contextlib import suppress

from lago.core.db import db, lock, transaction
from lago.core.errors import NotFound
from lago.coupons.models import AppliedCoupon
from lago.coupons.terminate import terminate_all
from lago.invoicing.finalize_draft import finalize_draft
from lago.invoicing.models import Invoice
from lago.invoicing.terminate import terminate
from lago.subscriptions.models import Subscription
from lago.wallets.queries import active_wallets
from lago.wallets.terminate import terminate_wallets


def end_each(subscription_ids: Sequence[uuid.UUID]) -> None:
    """Ends those that are active by their stored options, and cancels those that have not begun."""
    for identifier in subscription_ids:
        with transaction(), suppress(NotFound):  # it may have ended meanwhile
            terminate(db.session.get_one(Subscription, identifier))


def end_coupons(customer_id: uuid.UUID) -> None:
    """Ends what the customer has of coupons."""
    with transaction():
        lock(customer_id)
        terminate_all(AppliedCoupon.customer_id == customer_id)


def end_wallets(customer_id: uuid.UUID) -> None:
    """Ends the wallets of the customer; what was left in them is not given back (05 §1.5)."""
    with transaction():
        lock(customer_id)
        terminate_wallets(active_wallets([customer_id]))


def finalize_each(invoice_ids: Sequence[uuid.UUID]) -> None:
    """Makes drafts anew and final."""
    for identifier in invoice_ids:
        with transaction(), suppress(NotFound):  # it may have been finalized meanwhile
            finalize_draft(db.session.get_one(Invoice, identifier))
