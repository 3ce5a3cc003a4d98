"""What the pages show of what is to be paid, and of what should have been paid by now (05 §2.4)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import contains_eager, lazyload

from lago.core.db import db
from lago.customers.browse import customer_matches
from lago.customers.models import Customer
from lago.invoicing.models import Invoice


@dataclass(frozen=True)
class OverdueFilter:
    """None: not filtered by it. `search`: a part of an invoice's number, or of what names the customer."""

    search: str | None = None
    currency: str | None = None


def due_cents() -> ColumnElement[int]:
    """What is left to pay of an invoice that is not voided (04 §5)."""
    return Invoice.total_amount_cents - Invoice.total_paid_amount_cents - Invoice.offset_amount_cents


def invoices_to_pay(organization_id: uuid.UUID, search: str | None, most: int) -> list[Invoice]:
    """Some invoices that still have something due, the oldest first: for the form of a payment."""
    query = (
        select(Invoice)
        .join(Invoice.customer)
        .options(contains_eager(Invoice.customer).lazyload("*"), lazyload("*"))
        .where(
            Invoice.organization_id == organization_id, Invoice.status == "finalized",
            Invoice.payment_status != "succeeded", due_cents() > 0,
        )
        .order_by(Invoice.payment_due_date, Invoice.seq)
        .limit(most)
    )
    if search:
        number = Invoice.number.icontains(search, autoescape=True)
        query = query.where(or_(number, customer_matches(search)))
    return list(db.session.scalars(query))


def browse_overdue(organization_id: uuid.UUID, chosen: OverdueFilter) -> Select[Invoice]:
    """The overdue invoices, longest overdue first, each with its customer."""
    query = (
        select(Invoice)
        .join(Invoice.customer)
        .options(contains_eager(Invoice.customer).lazyload("*"), lazyload("*"))
        .where(*_overdue(organization_id, chosen))
    )
    return query.order_by(Invoice.payment_due_date, Invoice.created_at, Invoice.seq)


def browse_late_customers(organization_id: uuid.UUID, chosen: OverdueFilter) -> Select[Customer]:
    """The customers with overdue invoices, longest overdue first."""
    query = (
        select(Customer)
        .join(Invoice, Invoice.customer_id == Customer.id)
        .options(lazyload("*"))
        .where(*_overdue(organization_id, chosen))
        .group_by(Customer.id)
    )
    return query.order_by(func.min(Invoice.payment_due_date), Customer.seq)


def overdue_amounts(customers: Sequence[Customer], chosen: OverdueFilter) -> dict[uuid.UUID, list[Row[Any]]]:
    """What each customer owes, by the customer's id: a row of currency, invoices, cents and first day due per currency.
    """
    if not customers:
        return {}
    query = (
        select(
            Invoice.customer_id, Invoice.currency, func.count().label("invoices"),
            func.sum(due_cents()).label("due_cents"), func.min(Invoice.payment_due_date).label("since"),
        )
        .where(
            *_overdue(customers[0].organization_id, OverdueFilter(currency=chosen.currency)),
            Invoice.customer_id.in_([customer.id for customer in customers]),
        )
        .group_by(Invoice.customer_id, Invoice.currency)
        .order_by(Invoice.currency)
    )
    found: dict[uuid.UUID, list[Row[Any]]] = {customer.id: [] for customer in customers}
    for row in db.session.execute(query):
        found[row.customer_id].append(row)
    return found


def overdue_totals(organization_id: uuid.UUID) -> list[Row[Any]]:
    """Per currency: `due_cents`, the number of `invoices` and of `customers`, and the first day due, `since`."""
    query = (
        select(
            Invoice.currency, func.sum(due_cents()).label("due_cents"), func.count().label("invoices"),
            func.count(Invoice.customer_id.distinct()).label("customers"),
            func.min(Invoice.payment_due_date).label("since"),
        )
        .where(*_overdue(organization_id, OverdueFilter()))
        .group_by(Invoice.currency)
        .order_by(Invoice.currency)
    )
    return list(db.session.execute(query))


def count_overdue(organization_id: uuid.UUID) -> int:
    """How many invoices are overdue."""
    query = select(func.count()).select_from(Invoice).where(*_overdue(organization_id, OverdueFilter()))
    return db.session.scalar(query) or 0


def _overdue(organization_id: uuid.UUID, chosen: OverdueFilter) -> list[ColumnElement[bool]]:
    conditions = [
        Invoice.organization_id == organization_id, Invoice.payment_overdue.is_(True), Invoice.status == "finalized",
    ]
    if chosen.currency:
        conditions.append(Invoice.currency == chosen.currency)
    if chosen.search:
        named = select(Customer.id).where(
            Customer.organization_id == organization_id, customer_matches(chosen.search)
        )
        number = Invoice.number.icontains(chosen.search, autoescape=True)
        conditions.append(or_(number, Invoice.customer_id.in_(named)))
    return conditions
