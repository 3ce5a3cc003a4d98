"""Invoices are marked as paid, failed or pending, without a payment (05 §2.3)."""

import uuid
from typing import Any

from flask import request, url_for

from lago.admin.pages import current_organization, form_text, found, page, show
from lago.admin.record_payment import leave_to
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid, NotAllowed
from lago.invoicing.queries import visible_invoice
from lago.invoicing.update_invoice import update_invoice

CHOICES = {
    "succeeded": ("Paid", "It is settled in a way that is not recorded here. What was paid of it stays as it is."),
    "pending": ("To be paid", "It waits for its payment."),
    "failed": ("Failed", "An attempt to take the payment has failed; it is still to be paid."),
}
OF_CREDITS = {
    "succeeded": "The credits come into the wallet.", "failed": "The purchase fails; its credits do not come.",
}
"""What that means for the purchase of credits (05 §1.9)."""


@page("GET POST", "/invoices/<uuid:invoice_id>/payment_status", needs="invoices:update")
def mark_payment(invoice_id: uuid.UUID) -> Any:
    organization = current_organization()
    invoice = found(visible_invoice(organization.id, invoice_id), "invoice")
    chosen = form_text("payment_status") or invoice.payment_status
    told = {"invoice": invoice, "choices": CHOICES, "of_credits": OF_CREDITS, "chosen": chosen}
    if request.method != "POST":
        return show("invoices/payment_status.html", **told)
    try:
        with all_or_nothing():
            update_invoice(invoice, organization, {"payment_status": chosen})
    except Invalid as error:
        return show("invoices/payment_status.html", **told, errors=error.details), 422
    except NotAllowed as error:
        return show("invoices/payment_status.html", **told, errors={"base": [error.code]}), 422
    return leave_to(url_for("admin.invoice", invoice_id=invoice_id))
