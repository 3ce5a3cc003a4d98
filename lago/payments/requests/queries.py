"""Reads of payment requests for the API (05 §2.10)."""

import uuid
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import contains_eager, selectinload

from lago.core.db import db
from lago.core.errors import Invalid
from lago.customers.models import Customer
from lago.invoicing.filters import PAYMENT_STATUSES, Query, values_of
from lago.invoicing.models import Invoice
from lago.invoicing.queries import with_pdf
from lago.organizations.queries import billing_entity_ids
from lago.payments.models import PaymentRequest, PaymentRequestInvoice


def request_by_id(organization_id: uuid.UUID, request_id: uuid.UUID | None) -> PaymentRequest | None:
    return db.session.scalar(_shown(organization_id).where(PaymentRequest.id == request_id))


def list_requests(
    organization_id: uuid.UUID, external_customer_id: str | None, filters: Query
) -> Select[PaymentRequest]:
    """The organization's payment requests, the newest first. Raises Invalid for an unknown status, NotFound for an
    unknown billing entity."""
    query = _shown(organization_id).where(*_conditions(organization_id, filters))
    query = query.order_by(PaymentRequest.created_at.desc(), PaymentRequest.seq.desc())
    return query.where(Customer.external_id == external_customer_id) if external_customer_id else query


def made_pdfs(requests: Iterable[PaymentRequest]) -> set[uuid.UUID]:
    """Those invoices of the requests whose PDF has been made."""
    return with_pdf([applied.invoice_id for request in requests for applied in request.applied_invoices])


def _conditions(organization_id: uuid.UUID, filters: Query) -> Iterable[ColumnElement[bool]]:
    statuses = values_of(filters, "payment_status")
    if any(status not in PAYMENT_STATUSES for status in statuses):
        raise Invalid({"payment_status": [f"must be one of: {', '.join(PAYMENT_STATUSES)}"]})
    if statuses:
        yield PaymentRequest.payment_status.in_(statuses)
    if currency := filters.get("currency"):
        yield PaymentRequest.amount_currency == currency
    if codes := values_of(filters, "billing_entity_codes"):
        of_entities = Invoice.billing_entity_id.in_(billing_entity_ids(organization_id, codes))
        asked = select(PaymentRequestInvoice.payment_request_id).join(PaymentRequestInvoice.invoice).where(of_entities)
        yield PaymentRequest.id.in_(asked)


def _shown(organization_id: uuid.UUID) -> Select[PaymentRequest]:
    """With customer and invoices: as many queries for many as for one."""
    invoices = selectinload(PaymentRequest.applied_invoices).selectinload(PaymentRequestInvoice.invoice)
    return (
        select(PaymentRequest)
        .join(PaymentRequest.customer)
        .options(contains_eager(PaymentRequest.customer), invoices)
        .where(PaymentRequest.organization_id == organization_id)
    )
