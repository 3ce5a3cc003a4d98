"""Credit notes pay later invoices of their customer (04 §5 S6)."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from lago.core.db import db
from lago.core.ids import new_id
from lago.invoicing.models import CreditNote, Invoice, InvoiceCredit
from lago.pricing.used_credit import use_credit

_PAYING = ("subscription", "progressive_billing")
"""Types of invoices that credit notes pay (the table of 04 §5)."""


def use_credit_notes(invoices: Sequence[Invoice]) -> None:
    """Pays invoices that are being finalized, whose customers are locked, as far as the customers' notes reach.

    The oldest notes first, of the same currency, never on the invoice that they were made on. One query for all.
    """
    unpaid = [one for one in invoices if _takes_credit(one)]
    notes = _available({invoice.customer_id for invoice in unpaid}) if unpaid else {}
    for invoice in unpaid:
        theirs = notes.get((invoice.customer_id, invoice.currency), [])
        _use(invoice, [note for note in theirs if note.invoice_id != invoice.id and note.balance_amount_cents])


def _takes_credit(invoice: Invoice) -> bool:
    paying = invoice.invoice_type in _PAYING
    return paying and invoice.total_amount_cents > 0 and not invoice.credit_notes_amount_cents


def _available(customer_ids: Collection[uuid.UUID]) -> Mapping[tuple[uuid.UUID, str], list[CreditNote]]:
    """What the notes of customers have left, by customer and currency, the oldest first."""
    note = CreditNote
    found: dict[tuple[uuid.UUID, str], list[CreditNote]] = defaultdict(list)
    query = select(note).where(
        note.customer_id.in_(customer_ids), note.status == "finalized", note.credit_status == "available",
        note.balance_amount_cents > 0,
    )
    query = query.order_by(note.customer_id, note.currency, note.created_at, note.seq)
    query = query.options(lazyload(note.customer), lazyload(note.invoice))
    rows = db.session.scalars(query.execution_options(populate_existing=True))  # as they are under the lock
    for key, notes in groupby(rows, lambda row: (row.customer_id, row.currency)):
        found[key] += notes
    return found


def _use(invoice: Invoice, notes: Sequence[CreditNote]) -> None:
    owed = [fee.amount_cents - fee.precise_coupons_amount_cents + fee.taxes_amount_cents for fee in invoice.fees]
    used = use_credit(invoice.total_amount_cents, [note.balance_amount_cents for note in notes], owed)
    for note, cents in zip(notes, used.of_notes, strict=True):
        if cents:
            _draw(invoice, note, cents)
    for fee, paid in zip(invoice.fees, used.of_fees, strict=True):
        fee.precise_credit_notes_amount_cents = paid
    invoice.credit_notes_amount_cents += used.total
    invoice.total_amount_cents -= used.total


def _draw(invoice: Invoice, note: CreditNote, cents: int) -> None:
    note.balance_amount_cents -= cents
    if not note.balance_amount_cents:
        note.credit_status = "consumed"
    invoice.credits.append(
        InvoiceCredit(
            id=new_id(), organization_id=invoice.organization_id, credit_note_id=note.id, credit_note=note,
            amount_cents=cents, before_taxes=False,
        )
    )
