"""What is done with an invoice on its page: voided, its payment tried again, a dispute lost, notes kept on it."""

import uuid
from typing import Any

from flask import request, url_for

from lago.admin.metadata_form import edit_metadata
from lago.admin.money_fields import cents_typed
from lago.admin.pages import current_organization, form_text, found, page, show
from lago.admin.record_payment import leave_to
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid, NotAllowed
from lago.invoicing.credit_notes.estimate import creditable_of, refundable_of
from lago.invoicing.lose_dispute import lose_dispute
from lago.invoicing.models import Invoice
from lago.invoicing.queries import visible_invoice
from lago.invoicing.replace_metadata import LONGEST_KEY, LONGEST_VALUE, MOST
from lago.invoicing.retry import retry
from lago.invoicing.update_invoice import update_invoice
from lago.invoicing.void import void
from lago.payments.retry_payment import retry_payment

VOID_FIELDS = ("how", "credit_amount", "refund_amount")
WITH_NOTE = "note"


@page("GET POST", "/invoices/<uuid:invoice_id>/void", needs="invoices:void")
def void_invoice(invoice_id: uuid.UUID) -> Any:
    """Asks what becomes of the money, and says how much of it can be given back."""
    invoice = own_invoice(invoice_id)
    if invoice.status != "finalized":
        return back_to(invoice)
    typed = {name: form_text(name) or "" for name in VOID_FIELDS}
    if request.method != "POST":
        return show_void(invoice, typed)
    try:
        with all_or_nothing():
            void(invoice, current_organization(), void_body(invoice, typed))
    except Invalid as error:
        return show_void(invoice, typed, errors=error.details), 422
    except NotAllowed:  # someone else was faster
        return back_to(invoice)
    return back_to(invoice)


def void_body(invoice: Invoice, typed: dict[str, str]) -> dict[str, Any]:
    """The API's object."""
    if typed["how"] != WITH_NOTE:
        return {}
    amounts = {name: cents_typed(typed[name] or None, invoice.currency) for name in ("credit_amount", "refund_amount")}
    return {"generate_credit_note": True, **amounts}


def show_void(invoice: Invoice, typed: dict[str, str], **context: Any) -> str:
    return show(
        "invoices/void.html", invoice=invoice, typed=typed, creditable=creditable_of(invoice),
        refundable=refundable_of(invoice), **context,
    )


@page("POST", "/invoices/<uuid:invoice_id>/retry", needs="invoices:update")
def retry_invoice(invoice_id: uuid.UUID) -> Any:
    """One whose taxes were not found out waits for them once more; any other stays as it is."""
    invoice = own_invoice(invoice_id)
    if invoice.status == "failed":
        retry(invoice, current_organization())
    return back_to(invoice)


@page("GET POST", "/invoices/<uuid:invoice_id>/retry_payment", needs="invoices:update")
def ask_for_payment(invoice_id: uuid.UUID) -> Any:
    return asked(own_invoice(invoice_id), "invoices/retry_payment.html", lambda invoice: retry_payment(invoice, {}))


@page("GET POST", "/invoices/<uuid:invoice_id>/lose_dispute", needs="invoices:update")
def give_up_dispute(invoice_id: uuid.UUID) -> Any:
    organization = current_organization()
    invoice = own_invoice(invoice_id)
    return asked(invoice, "invoices/lose_dispute.html", lambda invoice: lose_dispute(invoice, organization))


def asked(invoice: Invoice, template: str, do: Any) -> Any:
    """Asks before it is done, and says why it cannot be done."""
    if request.method != "POST":
        return show(template, invoice=invoice)
    try:
        with all_or_nothing():
            do(invoice)
    except NotAllowed as error:
        return show(template, invoice=invoice, errors={"base": [error.code]}), 422
    return back_to(invoice)


@page("GET POST", "/invoices/<uuid:invoice_id>/metadata", needs="invoices:update")
def edit_invoice_metadata(invoice_id: uuid.UUID) -> Any:
    invoice, organization = own_invoice(invoice_id), current_organization()
    kept = {note.key: note.value for note in invoice.metadata_rows}
    back = url_for("admin.invoice", invoice_id=invoice_id)
    return edit_metadata(
        invoice.number, back, kept,
        lambda pairs: update_invoice(invoice, organization, {"metadata": notes_of(invoice, pairs)}),
        (MOST, LONGEST_KEY, LONGEST_VALUE),
    )


def notes_of(invoice: Invoice, pairs: dict[str, str]) -> list[dict[str, Any]]:
    """The API's rows: a key that is there already keeps its id."""
    known = {note.key: str(note.id) for note in invoice.metadata_rows}
    return [{"id": known.get(key), "key": key, "value": value} for key, value in pairs.items()]


def own_invoice(invoice_id: uuid.UUID) -> Invoice:
    return found(visible_invoice(current_organization().id, invoice_id), "invoice")


def back_to(invoice: Invoice) -> Any:
    return leave_to(url_for("admin.invoice", invoice_id=invoice.id))
