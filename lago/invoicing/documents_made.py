"""Which documents a change of a subscription makes: the same when it is only tried and when it is done."""

import uuid
from collections.abc import Callable
from typing import TypeVar

from lago.core.db import db, lock
from lago.invoicing.browse_subscriptions import Documents, documents_since, mark
from lago.subscriptions.models import Subscription

T = TypeVar("T")


def documents_made(customer_id: uuid.UUID, verb: Callable[[], T]) -> tuple[T, Documents]:
    """What `verb` returns, and the invoices and credit notes that it makes for the customer, who is locked for it."""
    lock(customer_id)
    before = mark(customer_id)
    result = verb()
    db.session.flush()
    return result, documents_since(customer_id, before)


def documents_made_of(subscription: Subscription, verb: Callable[[], T]) -> tuple[T, Documents]:
    """The same for a verb about a subscription, which is read anew once nobody else can change it."""

    def on_what_is_there() -> T:
        db.session.refresh(subscription)
        return verb()

    return documents_made(subscription.customer_id, on_what_is_there)
