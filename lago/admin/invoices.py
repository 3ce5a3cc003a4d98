"""Invoices: the list, a page for each, and its PDF."""

import uuid
from typing import Any

from flask import Response, redirect, url_for

from lago.admin.draft_rows import offers_of, rows_of, shown_units
from lago.admin.invoice_timeline import timeline_of
from lago.admin.pages import current_organization, day, found, one_of, page, paged, show, text
from lago.invoicing.browse import InvoiceFilter, browse_invoices, pdf_made_at, pdf_of
from lago.invoicing.credit_notes.queries import credit_notes_of_invoice
from lago.invoicing.document.formats import Formats
from lago.invoicing.document.lines import chapters_of
from lago.invoicing.document.totals import total_rows_of
from lago.invoicing.models import VISIBLE_STATUSES
from lago.invoicing.queries import visible_invoice
from lago.payments.browse import payments_on
from lago.wallets.browse import bought_by, taken_for
from lago.webhooks.browse import deliveries_about

PAYMENT_STATUSES = ("pending", "succeeded", "failed")


@page("GET", "/invoices")
def invoices() -> str:
    chosen = InvoiceFilter(
        search=text("search"),
        status=one_of("status", VISIBLE_STATUSES),
        payment_status=one_of("payment_status", PAYMENT_STATUSES),
        since=day("from"),
        until=day("to"),
    )
    listed = paged(browse_invoices(current_organization().id, chosen))
    return show(
        "invoices/list.html",
        "invoices/_list.html",
        page=listed,
        invoices=listed.items,
        chosen=chosen,
        filtered=chosen != InvoiceFilter(),
        statuses=VISIBLE_STATUSES,
        payment_statuses=PAYMENT_STATUSES,
    )


@page("GET", "/invoices/<uuid:invoice_id>")
def invoice(invoice_id: uuid.UUID) -> str:
    organization = current_organization()
    record = found(visible_invoice(organization.id, invoice_id), "invoice")
    made_at = pdf_made_at(record)
    is_draft = record.status == "draft"
    return show(
        "invoices/show.html",
        invoice=record,
        chapters=chapters_of(record),
        totals=total_rows_of(record),
        credit_notes=credit_notes_of_invoice(record),
        printed=Formats("en", record.currency).show,
        pdf_made_at=made_at,
        payments=payments_on(record),
        taken=taken_for(record.id) if record.prepaid_credit_amount_cents else [],
        bought=bought_by(record.id) if record.invoice_type == "credit" else None,
        rows=rows_of(record) if is_draft else [],
        offers=offers_of(record) if is_draft else [],
        units=shown_units,
        timeline=timeline_of(record, made_at, deliveries_about(organization.id, record.id)),
    )


@page("GET", "/invoices/<uuid:invoice_id>.pdf")
def invoice_pdf(invoice_id: uuid.UUID) -> Response:
    content = found(pdf_of(current_organization().id, invoice_id), "invoice")
    return Response(content, mimetype="application/pdf", headers={"Content-Disposition": "inline"})


@page("GET", "/<slug>/customer/<uuid:customer_id>/invoice/<uuid:invoice_id>/overview")
def invoice_web_url(slug: str, customer_id: uuid.UUID, invoice_id: uuid.UUID) -> Any:
    """Where the `web_url` of an invoice leads (04 §13)."""
    return redirect(url_for("admin.invoice", invoice_id=invoice_id))
