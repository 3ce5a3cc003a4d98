"""A voided invoice is made again: its lines in a form, and what they come to, by the very verb, which is undone
(04 §14)."""

import uuid
from typing import Any

from flask import request, url_for

from lago.admin.invoice_changes import back_to, own_invoice
from lago.admin.one_off import one_off_form
from lago.admin.pages import asked_for, current_organization, page, show
from lago.admin.record_payment import leave_to
from lago.admin.regenerate_form import LineRow, body_of, errors_of, rows_of
from lago.admin.subscription_preview import ShownInvoice, shown_invoice
from lago.core.db import all_or_nothing, tried
from lago.core.errors import Invalid, NotAllowed, NotFound
from lago.invoicing.models import ONE_OFF, Invoice
from lago.invoicing.regenerate import is_regenerated, regenerate

REFUSED = (Invalid, NotAllowed, NotFound)


@page("GET POST", "/invoices/<uuid:invoice_id>/regenerate", needs="invoices:create")
def regenerate_invoice(invoice_id: uuid.UUID) -> Any:
    """One-off invoices have the form of new ones."""
    voided = own_invoice(invoice_id)
    if voided.status != "voided" or is_regenerated(voided):
        return back_to(voided)
    if voided.invoice_type == ONE_OFF:
        return one_off_form(voided)
    rows = rows_of(voided)
    if request.method != "POST" or asked_for("preview") or "preview" in request.form:
        return show_form(voided, rows)
    try:
        with all_or_nothing():
            made = regenerate(voided, current_organization(), body_of(rows))
    except REFUSED as error:
        return show_form(own_invoice(invoice_id), rows, errors=errors_of(rows, error)), 422
    return leave_to(url_for("admin.invoice", invoice_id=made.id))


def outcome_of(voided: Invoice, rows: list[LineRow]) -> tuple[ShownInvoice | None, dict[str, Any]]:
    """What it would come to, or what is wrong with it."""
    body = body_of(rows)
    try:
        return tried(lambda: shown_invoice(regenerate(voided, current_organization(), body))), {}
    except REFUSED as error:
        return None, errors_of(rows, error)


def show_form(voided: Invoice, rows: list[LineRow], **context: Any) -> str:
    typed = request.form.get("purchase_order_number", voided.purchase_order_number or "")
    outcome, problems = outcome_of(voided, rows)
    names = {row.key: row.name for row in rows}
    return show(
        "invoices/regenerate.html", "invoices/_regenerated.html" if asked_for("preview") else None,
        invoice=own_invoice(voided.id), rows=rows, outcome=outcome, problems=problems, order=typed, names=names,
        **context,
    )
