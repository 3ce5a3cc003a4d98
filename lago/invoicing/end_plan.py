"""The end of a plan that is on its way out, with all that hangs on it (03 §1.4)."""

import uuid
from collections.abc import Sequence

from sqlalchemy import delete, exists, or_, select

from lago.catalog.models import Entitlement, Plan
from lago.catalog.queries import lock_plan
from lago.core import clock
from lago.core.db import db, transaction
from lago.invoicing.end_each import end_each, finalize_each
from lago.invoicing.models import Invoice, InvoiceSubscription
from lago.subscriptions.models import Subscription

_LIVE = ("active", "pending")


def end_plan(plan_id: uuid.UUID) -> None:
    """Ends the subscriptions of the plans that override it and then its own, makes their drafts final, and deletes
    the plans.

    Whoever subscribed while this went on is ended too. It may be stopped anywhere and begun again.
    """
    children = select(Plan.id).where(Plan.parent_id == plan_id, Plan.deleted_at.is_(None)).order_by(Plan.seq)
    while not _is_deleted(plan_id):
        for one in [*db.session.scalars(children).all(), plan_id]:
            _end(one)
            with transaction():
                _delete(one)


def _is_deleted(plan_id: uuid.UUID) -> bool:
    return db.session.scalar(select(Plan.deleted_at).where(Plan.id == plan_id)) is not None


def _end(plan_id: uuid.UUID) -> None:
    for status in _LIVE:
        query = select(Subscription.id).where(Subscription.plan_id == plan_id, Subscription.status == status)
        end_each(db.session.scalars(query.order_by(Subscription.seq)).all())
    finalize_each(_drafts_of(plan_id))


def _drafts_of(plan_id: uuid.UUID) -> Sequence[uuid.UUID]:
    on_it = select(InvoiceSubscription.invoice_id).join(InvoiceSubscription.subscription)
    has_it = Invoice.id.in_(on_it.where(Subscription.plan_id == plan_id))
    return db.session.scalars(
        select(Invoice.id).where(Invoice.status == "draft", has_it).order_by(Invoice.seq)
    ).all()


def _delete(plan_id: uuid.UUID) -> None:
    """Deletes a plan and what it gives of features; but not while anyone is on it, or on one that overrides it."""
    plan = db.session.get_one(Plan, plan_id)
    lock_plan(plan)
    if plan.deleted_at is not None or _is_used(plan_id):
        return
    db.session.execute(delete(Entitlement).where(Entitlement.plan_id == plan_id))
    plan.pending_deletion, plan.deleted_at = False, clock.now()


def _is_used(plan_id: uuid.UUID) -> bool:
    has_subscriptions = exists().where(Subscription.plan_id == plan_id, Subscription.status.in_(_LIVE))
    is_overridden = exists().where(Plan.parent_id == plan_id, Plan.deleted_at.is_(None))
    return bool(db.session.scalar(select(or_(has_subscriptions, is_overridden))))
