"""A credit note on an invoice: its form, and what it would come to, estimated while it is typed (04 §9.2, §9.5)."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from lago.admin.draft_rows import name_of
from lago.admin.invoice_changes import back_to, own_invoice
from lago.admin.invoice_deeds import NOTED_STATUSES
from lago.admin.money_fields import cents_shown, cents_typed
from lago.admin.pages import asked_for, current_organization, form_text, page, show
from lago.admin.record_payment import leave_to
from lago.admin.wallet_form import pairs_of
from lago.core.db import all_or_nothing
from lago.core.errors import DomainError, Invalid, NotAllowed, NotFound
from lago.invoicing.credit_notes.amounts import creditable_by_fee
from lago.invoicing.credit_notes.create import create_credit_note
from lago.invoicing.credit_notes.estimate import creditable_of, estimate_credit_note, refundable_of
from lago.invoicing.credit_notes.requested import requested_items
from lago.invoicing.credit_notes.values import REASONS
from lago.invoicing.models import CreditNote, Invoice

PARTS = ("credit", "refund", "offset")
TEXTS = (*PARTS, "reason", "description", "metadata")
NAMES = {"amount_cents": "items", **{f"{part}_amount_cents": part for part in PARTS}}
"""The form's name of what the API calls otherwise."""


@dataclass(frozen=True)
class Row:
    """A fee of the invoice: what is left of it, and what is typed for it."""

    name: str
    label: str
    amount_cents: int
    left_cents: int
    typed: str


@page("GET POST", "/invoices/<uuid:invoice_id>/credit_notes/new", needs="credit_notes:create")
def new_credit_note(invoice_id: uuid.UUID) -> Any:
    invoice = own_invoice(invoice_id)
    if invoice.status not in NOTED_STATUSES:
        return back_to(invoice)
    typed = {name: form_text(name) or "" for name in TEXTS}
    if request.method != "POST":
        return show_form(invoice, {**typed, "reason": "other"}, rows_of(invoice, whole="all" in request.args))
    rows = rows_of(invoice)
    if asked_for("preview") or "preview" in request.form:
        return show_form(invoice, typed, rows)
    try:
        with all_or_nothing():
            note = create(invoice, typed, rows)
    except (Invalid, NotAllowed, NotFound) as error:
        errors = errors_of(invoice, rows, error)
        return show_form(own_invoice(invoice_id), typed, rows, errors=errors), 422
    return leave_to(url_for("admin.credit_note", note_id=note.id))


def rows_of(invoice: Invoice, *, whole: bool = False) -> list[Row]:
    """The fees that something is left of, or something is typed for. `whole`: with all that is left typed."""
    left = creditable_by_fee(invoice)
    rows = [
        Row(
            f"amount-{fee.id}", name_of(fee), fee.amount_cents, left[fee.id],
            cents_shown(left[fee.id], invoice.currency) if whole else form_text(f"amount-{fee.id}") or "",
        )
        for fee in invoice.fees
    ]
    return [row for row in rows if row.left_cents or row.typed]


def create(invoice: Invoice, typed: Mapping[str, str], rows: list[Row]) -> CreditNote:
    """Makes the note; where it is not said what becomes of it, all of it is credit. Raises as the verb does."""
    parts = {part: cents_typed(typed[part] or None, invoice.currency) for part in PARTS}
    if not any(typed[part] for part in PARTS):
        parts["credit"] = estimate_credit_note(
            current_organization().id, asked(invoice, rows)
        )["max_creditable_amount_cents"]
    return create_credit_note(current_organization().id, {
        **asked(invoice, rows), **{f"{part}_amount_cents": cents for part, cents in parts.items()},
        "reason": typed["reason"] or None, "description": typed["description"] or None,
        "metadata": pairs_of(typed["metadata"]) or None,
    })


def asked(invoice: Invoice, rows: list[Row]) -> dict[str, Any]:
    """The invoice and the items as the API has them."""
    return {"invoice_id": str(invoice.id), "items": [item_of(invoice, row) for row in rows if row.typed]}


def item_of(invoice: Invoice, row: Row) -> dict[str, Any]:
    return {"fee_id": row.name.removeprefix("amount-"), "amount_cents": cents_typed(row.typed, invoice.currency)}


def errors_of(invoice: Invoice, rows: list[Row], error: DomainError) -> dict[str, Any]:
    """By the names of the form's fields; those of items beside each one that is wrong."""
    if not isinstance(error, Invalid):
        return {"base": [getattr(error, "code", "value_is_invalid")]}
    details: Any = error.details
    named = {NAMES.get(name, name): codes for name, codes in details.items()}
    if "value" in named:
        named["metadata"] = named.pop("value")
    return named | item_errors(invoice, rows) if "items" in named else named


def item_errors(invoice: Invoice, rows: list[Row]) -> dict[str, Any]:
    """What the verb says of each item alone."""
    found = {}
    for row in (row for row in rows if row.typed):
        try:
            requested_items(invoice, [item_of(invoice, row)])
        except Invalid as error:
            found[row.name] = error.details["amount_cents"]
    return found


def estimated(invoice: Invoice, rows: list[Row]) -> tuple[dict[str, Any] | None, list[str]]:
    """What the items come to, or why that cannot be said."""
    if not any(row.typed for row in rows):
        return None, []
    try:
        return estimate_credit_note(current_organization().id, asked(invoice, rows)), []
    except Invalid as error:
        details: Any = error.details
        return None, [code for codes in details.values() for code in codes]
    except (NotAllowed, NotFound) as error:
        return None, [error.code]


def show_form(invoice: Invoice, typed: Mapping[str, str], rows: list[Row], **context: Any) -> str:
    estimate, problems = estimated(invoice, rows)
    said = sum(cents for part in PARTS if isinstance(cents := cents_typed(typed[part], invoice.currency), int))
    return show(
        "credit_notes/new.html", "credit_notes/_estimate.html" if asked_for("preview") else None, invoice=invoice,
        typed=typed, rows=rows, reasons=REASONS, estimate=estimate, problems=problems, said_cents=said,
        creditable=creditable_of(invoice), refundable=refundable_of(invoice), **context,
    )
