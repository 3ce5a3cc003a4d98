"""Payments that arrive by hand: recorded for an invoice; and invoices marked as paid or failed (05 §2.2, §2.3)."""

import uuid
from datetime import date
from typing import Any

from flask import redirect, request, url_for
from htmx_flask import make_response

from lago.admin.money_fields import cents_shown, cents_typed
from lago.admin.pages import asked_for, current_organization, form_text, found, page, show, text, wants_fragment
from lago.core import clock
from lago.core.db import all_or_nothing
from lago.core.errors import DomainError, Forbidden, Invalid, NotAllowed
from lago.core.ids import as_uuid
from lago.invoicing.models import Invoice
from lago.payments.browse import payable_invoice
from lago.payments.browse_overdue import invoices_to_pay
from lago.payments.record import PAYABLE_STATUSES, record

FIELDS = ("amount", "reference", "paid_on")
NAMES = {"amount_cents": "amount", "paid_at": "paid_on"}
"""The form's name of what the API calls otherwise."""
CODES = {"invalid_date": "no_day_of_receipt"}
"""Here the day is no end of anything, of which the common sentence speaks."""
OFFERED = 20


@page("GET POST", "/payments/new", needs="payments:create")
def new_payment() -> Any:
    """The form for the invoice that the address names; without one, the invoices to choose from."""
    invoice_id = as_uuid(text("invoice"))
    if not invoice_id:
        return choose_invoice()
    invoice = found(payable_invoice(current_organization().id, invoice_id), "invoice")
    if request.method != "POST":
        return show_form(invoice, first_values(invoice))
    typed = {name: form_text(name) or "" for name in FIELDS}
    try:
        with all_or_nothing():
            payment = record(current_organization(), body_of(invoice, typed))
    except (Invalid, Forbidden, NotAllowed) as error:
        return show_form(invoice, typed, errors=errors_of(error)), 422
    return leave_to(url_for("admin.payment", payment_id=payment.id))


def choose_invoice() -> str:
    search = text("search")
    offered = invoices_to_pay(current_organization().id, search, OFFERED)
    part = "payments/_choices.html" if asked_for("choices") else None
    return show("payments/choose.html", part, invoices=offered, search=search, most=OFFERED)


def first_values(invoice: Invoice) -> dict[str, str]:
    """All that is due, received today."""
    due = cents_shown(invoice.total_due_amount_cents, invoice.currency)
    return {"amount": due, "reference": "", "paid_on": clock.now().date().isoformat()}


def body_of(invoice: Invoice, typed: dict[str, str]) -> dict[str, Any]:
    """The API's object; what is received today is received now."""
    body = {
        "invoice_id": str(invoice.id), "amount_cents": cents_typed(typed["amount"], invoice.currency),
        "reference": typed["reference"],
    }
    received_now = typed["paid_on"] in ("", clock.now().date().isoformat())
    return body if received_now else {**body, "paid_at": typed["paid_on"]}


def errors_of(error: DomainError) -> dict[str, Any]:
    """By the names of the form's fields; what concerns none of them, on top."""
    if not isinstance(error, Invalid):
        return {"base": ["invoice_not_payable"]}
    details: Any = error.details
    return {NAMES.get(name, name): [CODES.get(code, code) for code in codes] for name, codes in details.items()}


def show_form(invoice: Invoice, typed: dict[str, str], **context: Any) -> str:
    return show(
        "payments/new.html", invoice=invoice, typed=typed, today=clock.now().date(),
        payable=invoice.status in PAYABLE_STATUSES and invoice.total_due_amount_cents > 0,
        late_days=late_days(invoice), **context,
    )


def late_days(invoice: Invoice) -> int:
    """For how many days an invoice has been overdue, by the date in UTC; 0 if it is not."""
    due_on: date | None = invoice.payment_due_date
    return (clock.now().date() - due_on).days if invoice.payment_overdue and due_on else 0


def leave_to(address: str) -> Any:
    """To another page, from a drawer or from a page."""
    return make_response("", 204, redirect=address) if wants_fragment() else redirect(address)


def own_invoice(invoice_id: uuid.UUID) -> Invoice:
    return found(payable_invoice(current_organization().id, invoice_id), "invoice")
