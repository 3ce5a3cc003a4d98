"""Reads of invoices for the API."""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, selectinload

from lago.core.db import db
from lago.customers.models import Customer
from lago.invoicing.filters import Query, conditions
from lago.invoicing.models import (
    VISIBLE_STATUSES,
    AppliedUsageThreshold,
    Fee,
    Invoice,
    InvoiceCredit,
    InvoiceFile,
    InvoiceSubscription,
)
from lago.subscriptions.models import Subscription


def visible_invoice(organization_id: uuid.UUID, invoice_id: uuid.UUID | None) -> Invoice | None:
    """The invoice with its fees and lines, unless it is of a status that the API does not show."""
    query = select(Invoice).where(
        Invoice.organization_id == organization_id, Invoice.id == invoice_id, Invoice.status.in_(VISIBLE_STATUSES)
    )
    query = query.options(
        selectinload(Invoice.fees), selectinload(Invoice.invoice_subscriptions),
        selectinload(Invoice.credits).selectinload(InvoiceCredit.progressive_invoice).lazyload("*"),
    )
    return db.session.scalars(query).first()


def invoice_of_anyone(invoice_id: uuid.UUID) -> Invoice | None:
    """The same of any organization: for the operator, who stands above them."""
    owner = db.session.scalar(select(Invoice.organization_id).where(Invoice.id == invoice_id))
    return visible_invoice(owner, invoice_id) if owner else None


def is_self_billed(fee: Fee) -> bool:
    """Whether the fee's invoice is written by its customer; one without invoice is not."""
    query = select(Invoice.self_billed).where(Invoice.id == fee.invoice_id)
    return fee.invoice_id is not None and bool(db.session.scalar(query))


def subscription_of(applied: AppliedUsageThreshold) -> Subscription:
    """The one that the progressive invoice was made for, for which a threshold was applied."""
    query = select(InvoiceSubscription).where(InvoiceSubscription.invoice_id == applied.invoice_id)
    return db.session.scalars(query).one().subscription


def with_pdf(invoice_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the invoices whose PDF has been made."""
    query = select(InvoiceFile.invoice_id).where(InvoiceFile.invoice_id.in_(invoice_ids), InvoiceFile.kind == "pdf")
    return set(db.session.scalars(query))


def list_invoices(organization_id: uuid.UUID, external_customer_id: str | None, filters: Query) -> Select[Any]:
    """The organization's visible invoices, by issuing date and creation, the newest first."""
    query = (
        select(Invoice)
        .join(Invoice.customer)
        .options(contains_eager(Invoice.customer), selectinload(Invoice.applied_usage_thresholds))
        .where(
            Invoice.organization_id == organization_id,
            Invoice.status.in_(VISIBLE_STATUSES),
            *conditions(organization_id, filters, of_one_customer=bool(external_customer_id)),
        )
        .order_by(Invoice.issuing_date.desc(), Invoice.created_at.desc(), Invoice.seq.desc())
    )
    return query.where(Customer.external_id == external_customer_id) if external_customer_id else query
