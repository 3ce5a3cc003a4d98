"""What the pages show of fees (02 §7.3)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import lazyload

from lago.core.db import db
from lago.customers.browse import customer_matches
from lago.customers.models import Customer
from lago.invoicing.fee_queries import visible_fees
from lago.invoicing.models import Fee, Invoice
from lago.subscriptions.models import Subscription


@dataclass(frozen=True)
class FeeFilter:
    """None: not filtered by it. `search`: a part of an invoice's number, of the external id of a subscription or of
    what names the customer. `invoiced`: whether it stands on an invoice."""

    search: str | None = None
    fee_type: str | None = None
    payment_status: str | None = None
    invoiced: bool | None = None


@dataclass(frozen=True)
class FeeRow:
    """A fee with the invoice that it stands on, if it does, and the customer who pays it."""

    fee: Fee
    invoice: Invoice | None
    customer: Customer | None


def browse_fees(organization_id: uuid.UUID, chosen: FeeFilter) -> Select[Any]:
    """The organization's fees, the newest first."""
    query = visible_fees(organization_id).order_by(Fee.created_at.desc(), Fee.seq.desc())
    if chosen.search:
        query = query.where(_matches(organization_id, chosen.search))
    if chosen.fee_type:
        query = query.where(Fee.fee_type == chosen.fee_type)
    if chosen.payment_status:
        query = query.where(Fee.payment_status == chosen.payment_status)
    if chosen.invoiced is not None:
        query = query.where(Fee.invoice_id.is_not(None) if chosen.invoiced else Fee.invoice_id.is_(None))
    return query


def rows_of_fees(fees: Sequence[Fee]) -> list[FeeRow]:
    """The fees with their invoices and customers: as many queries for many as for one."""
    wanted = {fee.invoice_id for fee in fees if fee.invoice_id}
    query = select(Invoice).options(lazyload("*")).where(Invoice.id.in_(wanted))
    invoices = {invoice.id: invoice for invoice in db.session.scalars(query)} if wanted else {}
    of_fees = {fee.id: _customer_id(fee, invoices) for fee in fees}
    who = select(Customer).options(lazyload("*")).where(Customer.id.in_(set(filter(None, of_fees.values()))))
    customers = {customer.id: customer for customer in db.session.scalars(who)}
    return [
        FeeRow(fee, invoices.get(fee.invoice_id), customers.get(of_fees[fee.id])) for fee in fees  # type: ignore[arg-type]
    ]


def _customer_id(fee: Fee, invoices: dict[uuid.UUID, Invoice]) -> uuid.UUID | None:
    invoice = invoices.get(fee.invoice_id) if fee.invoice_id else None
    return invoice.customer_id if invoice else fee.subscription.customer_id if fee.subscription else None


def _matches(organization_id: uuid.UUID, search: str) -> Any:
    of_customers = select(Customer.id).where(Customer.organization_id == organization_id, customer_matches(search))
    numbered = Invoice.number.icontains(search, autoescape=True)
    invoices = select(Invoice.id).where(
        Invoice.organization_id == organization_id, or_(numbered, Invoice.customer_id.in_(of_customers))
    )
    named = Subscription.external_id.icontains(search, autoescape=True)
    subscriptions = select(Subscription.id).where(
        Subscription.organization_id == organization_id, or_(named, Subscription.customer_id.in_(of_customers))
    )
    return or_(Fee.invoice_id.in_(invoices), Fee.subscription_id.in_(subscriptions))
