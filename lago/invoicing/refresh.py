"""Drafts made anew from the events, plans and taxes of now (04 §2.3)."""

import uuid
from collections.abc import Collection, Iterator, Sequence
from itertools import chain

from sqlalchemy import delete
from sqlalchemy.orm.attributes import set_committed_value

from lago.core.db import db, lock
from lago.core.errors import Forbidden
from lago.invoicing.apply_sections import apply_sections
from lago.invoicing.ask_refresh_after import ask_refresh_after
from lago.invoicing.await_taxes import awaiting_taxes, leave_untaxed
from lago.invoicing.credit_notes.drafts import draft_notes, move_draft_notes
from lago.invoicing.finalize import settle_payment
from lago.invoicing.make import make_lines, put_fees
from lago.invoicing.models import AppliedCustomSection, Fee, Invoice, InvoiceCredit, InvoiceTax
from lago.invoicing.progressive_credit import progressive_invoices
from lago.invoicing.redo import billed_again
from lago.invoicing.use_coupons import NO_COUPONS, Coupons, coupons_of
from lago.metering.carried_levels import carry
from lago.subscriptions.taxes import TaxChoice


def refresh(invoice: Invoice) -> None:
    """Makes a draft anew; an invoice that is none stays as it is. Raises Forbidden if it is not of subscriptions."""
    if invoice.invoice_type != "subscription":
        raise Forbidden("feature_unavailable")
    lock(invoice.customer_id)
    db.session.refresh(invoice)  # it may have been finalized before the lock was given
    if invoice.status == "draft":
        refresh_drafts([invoice])


def refresh_drafts(drafts: Sequence[Invoice], *, finalizing: bool = False) -> None:
    """Makes drafts anew, whose customers are locked: all their fees, taxes and amounts. `finalizing`: for the last
    time, and only then coupons are used on them.

    Dates, number, currency, windows and the moment of creation stay. One set of queries for one draft of each
    customer; two drafts of the same customer are made one after the other, as one may count the fees of the other.
    """
    for some in one_of_each_customer(drafts):
        _refresh(some, coupons_of({one.customer_id for one in some}) if finalizing else NO_COUPONS)


def one_of_each_customer(drafts: Sequence[Invoice]) -> Iterator[list[Invoice]]:
    """The drafts in as few lists as there can be, each with one of a customer, the older ones first."""
    left = list(drafts)
    while left:
        first = {invoice.customer_id: invoice for invoice in reversed(left)}
        yield [invoice for invoice in left if first[invoice.customer_id] is invoice]
        left = [invoice for invoice in left if first[invoice.customer_id] is not invoice]


def _refresh(drafts: Sequence[Invoice], coupons: Coupons) -> None:
    notes = draft_notes(drafts)
    _empty({invoice.id for invoice in drafts})
    choice = TaxChoice()
    again = billed_again(drafts)
    made, earlier = make_lines(again), progressive_invoices(chain(*again))
    awaiting = awaiting_taxes(drafts)
    for invoice, lines in zip(drafts, made, strict=True):
        fees = [fee for one in lines for fee in one.fees]
        for name in ("fees", "applied_taxes", "credits", "custom_sections"):
            set_committed_value(invoice, name, [])  # they are deleted
        put_fees(invoice, fees, choice, earlier, coupons)
        if invoice in awaiting:
            leave_untaxed(invoice)
        elif invoice.tax_status == "pending":  # the answer has come since
            invoice.tax_status = "succeeded"
        for fee in fees:
            fee.created_at = invoice.created_at
        settle_payment(invoice)
        invoice.ready_to_be_refreshed = False
    apply_sections(drafts)
    move_draft_notes(notes)
    carry(level for lines in made for one in lines for level in one.end_levels)
    db.session.flush()
    ask_refresh_after(drafts)


def _empty(invoice_ids: Collection[uuid.UUID]) -> None:
    """Deletes fees, taxes, credits and custom sections, before new ones are made that would count them."""
    db.session.flush()
    for table in (Fee, InvoiceTax, InvoiceCredit, AppliedCustomSection):
        db.session.execute(delete(table).where(table.invoice_id.in_(invoice_ids)))
