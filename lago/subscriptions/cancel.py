"""The end of subscriptions that have not begun (03 §2.3, §6.1)."""

from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce
from lago.subscriptions.models import Subscription
from lago.subscriptions.schedule import schedule
from lago.subscriptions.successors import next_subscription


def cancel(subscription: Subscription) -> None:
    """Ends a subscription that has not begun, as a client asks: a change of plan is undone by it."""
    _end(subscription)
    announce("subscription.terminated", subscription)
    if subscription.previous_subscription_id:
        announce("subscription.updated", db.session.get_one(Subscription, subscription.previous_subscription_id))


def cancel_successor(subscription: Subscription) -> None:
    """Calls off the change of plan that waits for the end of the period, if there is one. Nobody is told of it."""
    successor = next_subscription(subscription)
    if successor is not None and successor.status == "pending":
        _end(successor)
        db.session.flush()


def _end(subscription: Subscription) -> None:
    subscription.status = "canceled"
    subscription.canceled_at = clock.now()
    schedule(subscription)
