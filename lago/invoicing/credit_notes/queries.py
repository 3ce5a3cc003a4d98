"""Reads of credit notes for the API (04 §9.6). Only final ones are shown."""

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from lago.core.db import db
from lago.core.ids import as_uuid
from lago.customers.models import Customer
from lago.invoicing.credit_notes.values import CREDIT_STATUSES, REASONS, REFUND_STATUSES
from lago.invoicing.filters import Query, read_cents, read_date, read_flag, values_of
from lago.invoicing.models import CreditNote, CreditNoteItem, Invoice
from lago.organizations.queries import billing_entity_ids

_PARTS = {
    "credit": CreditNote.credit_amount_cents,
    "refund": CreditNote.refund_amount_cents,
    "offset": CreditNote.offset_amount_cents,
}
_CHOICES = (
    ("credit_status", CreditNote.credit_status, CREDIT_STATUSES),
    ("refund_status", CreditNote.refund_status, REFUND_STATUSES),
    ("reason", CreditNote.reason, REASONS),
)

Condition = ColumnElement[bool]


def credit_note_by_id(organization_id: uuid.UUID, note_id: uuid.UUID | None) -> CreditNote | None:
    return db.session.scalars(_shown(organization_id).where(CreditNote.id == note_id)).first()


def credit_note_or_draft(organization_id: uuid.UUID, note_id: uuid.UUID | None) -> CreditNote | None:
    """For what has an answer of its own about a draft."""
    shown = (CreditNote.organization_id == organization_id, CreditNote.status.in_(("draft", "finalized")))
    return db.session.scalars(select(CreditNote).where(*shown, CreditNote.id == note_id)).first()


def credit_notes_of_invoice(invoice: Invoice) -> list[CreditNote]:
    """The final notes of an invoice in their order, without their items."""
    query = select(CreditNote).where(CreditNote.invoice_id == invoice.id, CreditNote.status == "finalized")
    return list(db.session.scalars(query.order_by(CreditNote.seq)))


def list_credit_notes(organization_id: uuid.UUID, external_customer_id: str | None, filters: Query) -> Select[Any]:
    """The organization's notes as the URL asks for them, the newest first; unknown statuses, reasons and types are
    ignored. Raises Invalid for a flag that is none, NotFound for an unknown billing entity."""
    query = _listed(_shown(organization_id), organization_id, filters)
    return query.where(Customer.external_id == external_customer_id) if external_customer_id else query


def browse_credit_notes(organization_id: uuid.UUID, filters: Query) -> Select[Any]:
    """The same for the pages: each with its customer and invoice, without its items and taxes."""
    return _listed(_narrow(organization_id), organization_id, filters)


def browse_credit_notes_of(customer: Customer) -> Select[Any]:
    """Those of one customer, the newest first."""
    query = _narrow(customer.organization_id).order_by(CreditNote.created_at.desc(), CreditNote.seq.desc())
    return query.where(CreditNote.customer_id == customer.id)


def _listed(query: Select[Any], organization_id: uuid.UUID, filters: Query) -> Select[Any]:
    query = query.where(*_conditions(organization_id, filters))
    return query.order_by(CreditNote.created_at.desc(), CreditNote.seq.desc())


def _narrow(organization_id: uuid.UUID) -> Select[Any]:
    """Final notes with customer and invoice, but nothing that lies in these."""
    note = CreditNote
    return (
        select(note)
        .join(note.customer)
        .join(note.invoice)
        .options(contains_eager(note.customer).lazyload("*"), contains_eager(note.invoice).lazyload("*"))
        .where(note.organization_id == organization_id, note.status == "finalized")
    )


def _shown(organization_id: uuid.UUID) -> Select[Any]:
    """With all that the object nests: as many queries for many notes as for one."""
    note = CreditNote
    fee = selectinload(note.items).selectinload(CreditNoteItem.fee)
    return (
        select(note)
        .join(note.customer)
        .join(note.invoice)
        .options(
            contains_eager(note.customer), contains_eager(note.invoice).lazyload(Invoice.customer), fee,
            contains_eager(note.invoice).lazyload(Invoice.applied_taxes),
            contains_eager(note.invoice).lazyload(Invoice.metadata_rows), selectinload(note.applied_taxes),
        )
        .where(note.organization_id == organization_id, note.status == "finalized")
    )


def _conditions(organization_id: uuid.UUID, query: Query) -> Iterable[Condition]:
    for name, column, known in _CHOICES:
        if wanted := [value for value in values_of(query, name) if value in known]:
            yield column.in_(wanted)
    if parts := [part for part in values_of(query, "types") if part in _PARTS]:
        yield or_(*(_PARTS[part] > 0 for part in parts))
    if codes := values_of(query, "billing_entity_codes"):
        yield Invoice.billing_entity_id.in_(billing_entity_ids(organization_id, codes))
    yield from _by_text(query)
    yield from _by_range(query)
    if (word := query.get("self_billed")) is not None:
        yield Invoice.self_billed.is_(read_flag("self_billed", word))


def _by_text(query: Query) -> Iterable[Condition]:
    for name, column in {"currency": CreditNote.currency, "invoice_number": Invoice.number}.items():
        if value := query.get(name):
            yield column == value
    if order := query.get("purchase_order_number"):
        yield func.lower(Invoice.purchase_order_number) == order.lower()
    if term := query.get("search_term"):
        yield _matches(term)


def _by_range(query: Query) -> Iterable[Condition]:
    """Inclusive bounds; a malformed one is ignored."""
    dates, amounts = (CreditNote.issuing_date, read_date), (CreditNote.total_amount_cents, read_cents)
    for name, (column, read) in {"issuing_date": dates, "amount": amounts}.items():
        start, end = read(query.get(f"{name}_from")), read(query.get(f"{name}_to"))
        if start is not None:
            yield column >= start
        if end is not None:
            yield column <= end


def _matches(term: str) -> Condition:
    """A part of the number or of what names the customer, or the whole id."""
    names = (Customer.name, Customer.firstname, Customer.lastname, Customer.external_id, Customer.email)
    found: list[Condition] = [column.icontains(term, autoescape=True) for column in (CreditNote.number, *names)]
    if identifier := as_uuid(term):
        found.append(CreditNote.id == identifier)
    return or_(*found)
