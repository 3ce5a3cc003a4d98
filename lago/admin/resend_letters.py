"""Invoices and credit notes are mailed once more, to whom someone names (04 §12, 06 §6)."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import request, url_for

from lago.admin.credit_notes import own_note
from lago.admin.invoice_changes import own_invoice
from lago.admin.pages import form_text, page, show
from lago.admin.record_payment import leave_to
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid, NotAllowed
from lago.customers.models import Customer
from lago.invoicing.letters.resend_credit_note import resend_credit_note
from lago.invoicing.letters.resend_invoice import resend_invoice

FIELDS = ("to", "cc", "bcc")


@page("GET POST", "/invoices/<uuid:invoice_id>/resend_email", needs="invoices:send")
def mail_invoice(invoice_id: uuid.UUID) -> Any:
    invoice = own_invoice(invoice_id)
    back = url_for("admin.invoice", invoice_id=invoice_id)
    return mailed(invoice.number, invoice.customer, back, lambda body: resend_invoice(invoice, body))


@page("GET POST", "/credit_notes/<uuid:note_id>/resend_email", needs="credit_notes:send")
def mail_credit_note(note_id: uuid.UUID) -> Any:
    note = own_note(note_id)
    back = url_for("admin.credit_note", note_id=note_id)
    return mailed(note.number, note.customer, back, lambda body: resend_credit_note(note, body))


def mailed(number: str, customer: Customer, back: str, send: Callable[[dict[str, Any]], None]) -> Any:
    """Asks for the addresses and sends it, or says why it cannot be sent."""
    typed = {name: form_text(name) or "" for name in FIELDS}
    told = {"number": number, "customer": customer, "back": back, "typed": typed}
    if request.method != "POST":
        return show("invoices/mail.html", **told)
    try:
        with all_or_nothing():
            send({name: [one.strip() for one in text.split(",")] for name, text in typed.items() if text})
    except Invalid as error:
        details: Any = error.details
        errors = {name if name in FIELDS else "base": CODES.get(name, codes) for name, codes in details.items()}
        return show("invoices/mail.html", **told, errors=errors), 422
    except NotAllowed as error:
        return show("invoices/mail.html", **told, errors={"base": [error.code]}), 422
    return leave_to(back)


CODES = {"billing_entity": ["billing_entity_has_no_email"]}
"""What is not about a field of the form."""
