"""Invoices: the list, and a page for each."""

import uuid
from typing import Any

from flask import redirect, url_for

from lago.admin.draft_rows import offers_of, rows_of, shown_units
from lago.admin.invoice_deeds import Deeds, deeds_for
from lago.admin.invoice_events import events_by_fee
from lago.admin.invoice_timeline import timeline_of
from lago.admin.money_fields import cents_typed
from lago.admin.pages import current_organization, day, found, one_of, page, paged, show, text
from lago.invoicing.browse import (
    InvoiceFilter,
    browse_invoices,
    currencies_of_invoices,
    pdf_made_at,
    totals_of,
)
from lago.invoicing.browse_files import with_made_pdf
from lago.invoicing.browse_regenerated import made_for, made_from
from lago.invoicing.credit_notes.queries import credit_notes_of_invoice
from lago.invoicing.document.formats import Formats
from lago.invoicing.document.lines import chapters_of
from lago.invoicing.document.totals import total_rows_of
from lago.invoicing.models import VISIBLE_STATUSES, Invoice
from lago.invoicing.queries import visible_invoice
from lago.invoicing.settle_top_up import purchase_of
from lago.payments.browse import payments_on
from lago.wallets.browse import taken_for
from lago.webhooks.browse import deliveries_about

PAYMENT_STATUSES = ("pending", "succeeded", "failed")
TYPES = ("subscription", "one_off", "credit", "progressive_billing", "advance_charges")


@page("GET", "/invoices", needs="invoices:view")
def invoices() -> str:
    organization = current_organization()
    chosen = chosen_filter()
    query = browse_invoices(organization.id, chosen)
    listed = paged(query)
    return show(
        "invoices/list.html", "invoices/_list.html", page=listed, invoices=listed.items, chosen=chosen,
        filtered=chosen != InvoiceFilter(), statuses=VISIBLE_STATUSES, payment_statuses=PAYMENT_STATUSES, types=TYPES,
        currencies=currencies_of_invoices(organization.id), totals=totals_of(query),
        files=with_made_pdf(listed.items), typed={name: text(name) for name in ("amount_from", "amount_to")},
    )


def chosen_filter() -> InvoiceFilter:
    """What the address asks for."""
    return InvoiceFilter(
        search=text("search"), status=one_of("status", VISIBLE_STATUSES),
        payment_status=one_of("payment_status", PAYMENT_STATUSES), since=day("from"), until=day("to"),
        invoice_type=one_of("type", TYPES), currency=text("currency"), least_cents=cents("amount_from"),
        most_cents=cents("amount_to"), overdue=True if text("overdue") else None,
        partially_paid=True if text("partially_paid") else None,
    )


def cents(name: str) -> int | None:
    """An amount of the query in the chosen currency, else in the organization's; None for what is none."""
    value = cents_typed(text(name), text("currency") or current_organization().default_currency)
    return value if isinstance(value, int) and abs(value) < 2**63 else None


@page("GET", "/invoices/<uuid:invoice_id>", needs="invoices:view")
def invoice(invoice_id: uuid.UUID) -> str:
    organization = current_organization()
    record = found(visible_invoice(organization.id, invoice_id), "invoice")
    made_at, payments, notes = pdf_made_at(record), payments_on(record), credit_notes_of_invoice(record)
    again = made_for(record)
    messages = deliveries_about(organization.id, record.id)
    return show(
        "invoices/show.html", invoice=record, chapters=chapters_of(record), totals=total_rows_of(record),
        credit_notes=notes, printed=Formats("en", record.currency).show, pdf_made_at=made_at, payments=payments,
        events=events_by_fee(record), again=again, original=made_from(record), deeds=deeds_of(record, again),
        timeline=timeline_of(record, made_at, messages, payments, notes, again), **of_wallets(record),
        **of_draft(record),
    )


def deeds_of(record: Invoice, again: Invoice | None) -> Deeds:
    return deeds_for(record, is_regenerated=again is not None)


def of_wallets(record: Invoice) -> dict[str, Any]:
    """What wallets paid of it, and what it sells to one."""
    taken = taken_for(record.id) if record.prepaid_credit_amount_cents else []
    return {"taken": taken, "bought": purchase_of(record) if record.invoice_type == "credit" else None}


def of_draft(record: Invoice) -> dict[str, Any]:
    """What can be adjusted on it."""
    if record.status != "draft":
        return {"rows": [], "offers": [], "units": shown_units}
    return {"rows": rows_of(record), "offers": offers_of(record), "units": shown_units}


@page("GET", "/<slug>/customer/<uuid:customer_id>/invoice/<uuid:invoice_id>/overview", needs="invoices:view")
def invoice_web_url(slug: str, customer_id: uuid.UUID, invoice_id: uuid.UUID) -> Any:
    """Where the `web_url` of an invoice leads (04 §13)."""
    return redirect(url_for("admin.invoice", invoice_id=invoice_id))
