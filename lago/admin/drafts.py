"""Drafts of invoices: refreshed, finalized, and their fees adjusted (04 §2.3, 02 §11)."""

import uuid
from typing import Any

from flask import redirect, request, url_for
from htmx_flask import make_response

from lago.admin.draft_rows import Row, name_of, offers_of, price_unit, rows_of, shown_units
from lago.admin.pages import current_organization, form_text, found, page, show, text, wants_fragment
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid, NotAllowed
from lago.core.fields import MANDATORY
from lago.core.ids import as_uuid
from lago.invoicing.adjust_fee import Target, adjust_fee, needs_price, remove_adjustment
from lago.invoicing.delete_draft import delete_draft
from lago.invoicing.finalize_draft import finalize_draft
from lago.invoicing.models import Invoice
from lago.invoicing.queries import visible_invoice
from lago.invoicing.refresh import refresh

FIELDS = ("units", "unit_precise_amount", "invoice_display_name")


@page("POST", "/invoices/<uuid:invoice_id>/refresh", needs="invoices:update")
def refresh_invoice(invoice_id: uuid.UUID) -> Any:
    refresh(_found(invoice_id))
    return _back(invoice_id)


@page("GET POST", "/invoices/<uuid:invoice_id>/finalize", needs="invoices:update")
def finalize_invoice(invoice_id: uuid.UUID) -> Any:
    """Asks before it is done: a number cannot be given back."""
    invoice = _found(invoice_id)
    if invoice.status != "draft":
        return _back(invoice_id)
    if request.method != "POST":
        return show("invoices/finalize.html", invoice=invoice)
    finalize_draft(invoice)
    return _back(invoice_id) if invoice.status == "finalized" else _to(url_for("admin.invoices"))


@page("GET POST", "/invoices/<uuid:invoice_id>/delete", needs="invoices:delete")
def remove_draft(invoice_id: uuid.UUID) -> Any:
    """Asks before it is done: what it bills is not billed again."""
    invoice = _found(invoice_id)
    if invoice.status != "draft":
        return _back(invoice_id)
    if request.method != "POST":
        return show("invoices/delete.html", invoice=invoice)
    try:
        with all_or_nothing():
            delete_draft(invoice, current_organization())
    except NotAllowed as error:
        return show("invoices/delete.html", invoice=_found(invoice_id), errors={"base": [error.code]}), 422
    return _to(url_for("admin.invoices"))


@page("GET POST", "/invoices/<uuid:invoice_id>/adjust", needs="invoices:update")
def adjust_invoice(invoice_id: uuid.UUID) -> Any:
    """The form of a fee of a draft, or of one that is to be added: which one says the address."""
    invoice = _found(invoice_id)
    if invoice.status != "draft":
        return _back(invoice_id)
    facts = _facts(invoice, _target())
    if facts is None:
        return _back(invoice_id)  # the draft was made anew meanwhile
    if request.method != "POST":
        return _form(invoice, facts, dict.fromkeys(FIELDS, ""))
    typed = {name: form_text(name) for name in FIELDS}
    try:
        with all_or_nothing():
            _check(typed)
            adjust_fee(invoice, _target(), typed)
    except Invalid as error:
        return _form(invoice, facts, typed, errors=_by_field(error)), 422
    return _back(invoice_id)


@page("POST", "/invoices/<uuid:invoice_id>/unadjust", needs="invoices:update")
def unadjust_invoice(invoice_id: uuid.UUID) -> Any:
    adjustment_id = as_uuid(form_text("adjustment"))
    invoice = _found(invoice_id)
    if adjustment_id in [row.adjustment.id for row in rows_of(invoice) if row.adjustment]:
        remove_adjustment(invoice, found(adjustment_id, "adjusted_fee"))
    return _back(invoice_id)


def _found(invoice_id: uuid.UUID) -> Invoice:
    return found(visible_invoice(current_organization().id, invoice_id), "invoice")


def _back(invoice_id: uuid.UUID) -> Any:
    return _to(url_for("admin.invoice", invoice_id=invoice_id))


def _to(address: str) -> Any:
    return make_response("", 204, redirect=address) if wants_fragment() else redirect(address)


def _target() -> Target:
    if text("fee"):
        return Target(fee_id=as_uuid(text("fee")))
    names = ("subscription", "charge", "filter", "fixed_charge")
    subscription_id, charge_id, filter_id, fixed_charge_id = (as_uuid(text(name)) for name in names)
    return Target(None, subscription_id, charge_id, filter_id, fixed_charge_id)


def _facts(invoice: Invoice, target: Target) -> dict[str, Any] | None:
    """What the form says of the fee; None if it is not there, or is adjusted already."""
    if target.fee_id:
        row = next((row for row in rows_of(invoice) if row.fee.id == target.fee_id), None)
        return _of_fee(row) if row and not row.adjustment else None
    offer = next((offer for offer in offers_of(invoice) if offer.target == target), None)
    return offer and {"name": offer.name, "unit": offer.unit, "needs_price": offer.needs_price}


def _of_fee(row: Row) -> dict[str, Any]:
    fee = row.fee
    return {
        "name": name_of(fee), "fee": fee, "computed": shown_units(fee.units),
        "unit": price_unit(fee.charge, fee.currency), "needs_price": bool(fee.charge and needs_price(fee.charge)),
    }


def _check(typed: dict[str, str | None]) -> None:
    """A person who types a price means it, and one who types nothing means nothing."""
    if not typed["units"] and typed["unit_precise_amount"]:
        raise Invalid({"units": [MANDATORY]})
    if not any(typed.values()):
        raise Invalid({"base": ["nothing_to_adjust"]})


def _by_field(error: Invalid) -> dict[str, Any]:
    """The errors under the fields of the form."""
    places = {"charge": "unit_precise_amount", "adjusted_fee": "base"}
    return {places.get(name, name): codes for name, codes in error.details.items()}


def _form(invoice: Invoice, facts: dict[str, Any], typed: dict[str, Any], **context: Any) -> str:
    texts = {name: value or "" for name, value in typed.items()}
    return show("invoices/adjust.html", invoice=invoice, facts=facts, texts=texts, **context)
