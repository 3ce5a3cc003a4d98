"""What another amount of a plan means for changes of plan that wait for the end of a period (03 §1.3-10)."""

import uuid

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from lago.core.db import db, lock, transaction
from lago.invoicing.upgrade import upgrade
from lago.pricing.plan_changes import is_upgrade
from lago.subscriptions.cancel import cancel_successor
from lago.subscriptions.models import Subscription
from lago.subscriptions.successors import next_subscription, price_of


def follow_amount(plan_id: uuid.UUID) -> None:
    """Calls off changes from the plan to dearer ones, and does changes to the plan at once that are upgrades by now.

    Each in a transaction of its own, by the amounts that the plans have then.
    """
    waiting = aliased(Subscription)
    is_next = (waiting.previous_subscription_id == Subscription.id, waiting.status == "pending")
    leaving = select(Subscription.id).where(
        Subscription.plan_id == plan_id, Subscription.status == "active", exists().where(*is_next)
    )
    coming = select(Subscription.previous_subscription_id).where(
        Subscription.plan_id == plan_id, Subscription.status == "pending",
        Subscription.previous_subscription_id.is_not(None),
    )
    for query, verb in ((leaving, _call_off), (coming, _do_at_once)):
        for subscription_id in db.session.scalars(query.order_by(Subscription.seq)).all():
            with transaction():
                verb(plan_id, subscription_id)


def _call_off(plan_id: uuid.UUID, subscription_id: uuid.UUID) -> None:
    """Calls off a change to a plan whose amount is more than that of this one; whatever their intervals are."""
    current, successor = _waiting(subscription_id)
    if successor is None or current.plan_id != plan_id:
        return
    if current.plan.amount_cents < successor.plan.amount_cents:
        cancel_successor(current)


def _do_at_once(plan_id: uuid.UUID, subscription_id: uuid.UUID) -> None:
    """Does a change to this plan now if it costs as much in a year as the one before, or more."""
    current, successor = _waiting(subscription_id)
    if successor is None or successor.plan_id != plan_id:
        return
    if is_upgrade(price_of(current.plan), price_of(successor.plan)):
        upgrade(current, successor)


def _waiting(subscription_id: uuid.UUID) -> tuple[Subscription, Subscription | None]:
    """The subscription and what waits for its end, as they are once its customer is locked."""
    current = db.session.get_one(Subscription, subscription_id)
    lock(current.customer_id)
    db.session.refresh(current)
    successor = next_subscription(current)
    if successor is None or (current.status, successor.status) != ("active", "pending"):
        return current, None
    for plan in (current.plan, successor.plan):
        db.session.refresh(plan, ["amount_cents"])
    return current, successor
