"""Drafts whose terms have changed: found, flagged, and made anew in the background (04 §2.3)."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, false, or_, select, update

from lago.core.db import db, lock
from lago.core.outbox import enqueue
from lago.customers.models import Customer
from lago.invoicing.models import Invoice, InvoiceSubscription, InvoiceTax
from lago.invoicing.refresh import refresh_drafts
from lago.subscriptions.models import Subscription


@dataclass(frozen=True)
class Changed:
    """What was changed, by ids: drafts that have to do with any of it are concerned."""

    plan_ids: Sequence[uuid.UUID] = ()
    customer_id: uuid.UUID | None = None
    billing_entity_id: uuid.UUID | None = None
    tax_id: uuid.UUID | None = None


def flag_drafts(changed: Changed) -> None:
    """Flags the drafts that are concerned by one statement; those of each customer are made anew by a job."""
    statement = update(Invoice).where(Invoice.status == "draft", or_(false(), *_conditions(changed)))
    flagged = statement.values(ready_to_be_refreshed=True).returning(
        Invoice.organization_id, Invoice.customer_id, Invoice.id
    )
    by_customer = defaultdict(list)
    for *owners, invoice_id in db.session.execute(flagged, execution_options={"synchronize_session": False}):
        by_customer[tuple(owners)].append(str(invoice_id))
    for (organization_id, customer_id), invoice_ids in by_customer.items():
        enqueue(
            "invoicing.refresh_drafts", organization_id=organization_id, customer_id=customer_id,
            invoice_ids=invoice_ids,
        )


def refresh_flagged(customer_id: uuid.UUID, invoice_ids: Sequence[uuid.UUID]) -> None:
    """Makes these drafts anew, but for those whose subscriptions have all ended: their finalization does it."""
    lock(customer_id)
    is_live = exists().where(
        InvoiceSubscription.invoice_id == Invoice.id, Subscription.id == InvoiceSubscription.subscription_id,
        Subscription.status == "active",
    )
    query = select(Invoice).where(Invoice.id.in_(invoice_ids), Invoice.status == "draft", is_live)
    refresh_drafts(db.session.scalars(query.order_by(Invoice.seq)).all())


def _conditions(changed: Changed) -> Iterator[ColumnElement[bool]]:
    if changed.plan_ids:
        yield exists().where(
            InvoiceSubscription.invoice_id == Invoice.id, Subscription.id == InvoiceSubscription.subscription_id,
            Subscription.plan_id.in_(changed.plan_ids),
        )
    if changed.customer_id:
        yield Invoice.customer_id == changed.customer_id
    if changed.billing_entity_id:
        yield Invoice.customer_id.in_(
            select(Customer.id).where(Customer.billing_entity_id == changed.billing_entity_id)
        )
    if changed.tax_id:
        yield exists().where(InvoiceTax.invoice_id == Invoice.id, InvoiceTax.tax_id == changed.tax_id)
