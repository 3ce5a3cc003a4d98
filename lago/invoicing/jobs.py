"""Background work of billing: files, and the ends that a deletion brings."""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy import select

from lago.catalog.models import Plan
from lago.core import clock
from lago.core.db import db, lock, transaction
from lago.core.errors import NotFound
from lago.core.jobs import job
from lago.core.outbox import enqueue
from lago.invoicing.bill_in_advance import LEASE_S, bill_in_advance
from lago.invoicing.bill_units import bill_units
from lago.invoicing.file import make_pdf
from lago.invoicing.models import Invoice
from lago.invoicing.terminate import terminate
from lago.subscriptions.models import Subscription
from lago.subscriptions.queries import subscribers_of, subscriptions_of
from lago.subscriptions.schedule import schedule


@job("invoicing.make_pdf", queue="low")
def make_invoice_pdf(invoice_id: str) -> None:
    """Makes the PDF of a finalized invoice and keeps it."""
    make_pdf(db.session.get_one(Invoice, uuid.UUID(invoice_id)))


@job("invoicing.bill_in_advance", lease_s=LEASE_S)
def bill_in_advance_job(organization_id: str, external_subscription_id: str) -> None:
    """Bills the events of a subscription that are news."""
    bill_in_advance(uuid.UUID(organization_id), external_subscription_id)


@job("invoicing.bill_units")
def bill_added_units(subscription_id: str, since: str, fixed_charge_ids: list[str]) -> None:
    """Bills a subscription for units of fixed charges in advance that its plan has changed at that time."""
    subscription = db.session.get_one(Subscription, uuid.UUID(subscription_id))
    lock(subscription.customer_id)
    bill_units(subscription, datetime.fromisoformat(since), {uuid.UUID(identifier) for identifier in fixed_charge_ids})


@job("subscriptions.reschedule")
def reschedule(customer_id: str) -> None:
    """Moves the due moments of a customer's subscriptions after his days have moved (another time zone)."""
    lock(customer_id)
    for subscription in subscriptions_of(uuid.UUID(customer_id), "active", "pending"):
        schedule(subscription)


@job("subscriptions.reschedule_entity")
def reschedule_entity(billing_entity_id: str) -> None:
    """Moves the due moments of all customers of a billing entity after its time zone has changed."""
    entity_id = uuid.UUID(billing_entity_id)
    for organization_id, customer_id in subscribers_of(entity_id):
        enqueue("subscriptions.reschedule", organization_id=organization_id, customer_id=customer_id)


@job("subscriptions.end_for_plan", lease_s=300)
def end_for_plan(plan_id: str) -> None:
    """Ends every subscription of a plan that is being deleted, then deletes the plan (03 §1.4)."""
    query = select(Subscription.id).where(Subscription.plan_id == uuid.UUID(plan_id))
    _end_each(db.session.scalars(query.where(Subscription.status.in_(("active", "pending")))).all())
    with transaction():
        plan = db.session.get_one(Plan, uuid.UUID(plan_id), populate_existing=True)
        plan.pending_deletion, plan.deleted_at = False, clock.now()


@job("invoicing.end_customer", lease_s=300)
def end_customer(customer_id: str) -> None:
    """Ends the subscriptions of a customer who was deleted; the final invoices are still made (06 §3.4)."""
    _end_each([one.id for one in subscriptions_of(uuid.UUID(customer_id), "active", "pending")])


def _end_each(subscription_ids: Sequence[uuid.UUID]) -> None:
    """Each in a transaction of its own, so that one after the other is settled."""
    for identifier in subscription_ids:
        with transaction(), suppress(NotFound):  # it may have ended meanwhile
            terminate(db.session.get_one(Subscription, identifier))
