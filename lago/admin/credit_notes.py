"""Credit notes: the list, and a page for each with what can be done with it (04 §9)."""

import uuid
from typing import Any

from flask import Response, request, url_for
from werkzeug.datastructures import MultiDict

from lago.admin.draft_rows import name_of
from lago.admin.metadata_form import edit_metadata
from lago.admin.money_fields import cents_typed
from lago.admin.pages import current_organization, day, form_text, found, one_of, page, paged, show, text
from lago.admin.record_payment import leave_to
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid, NotAllowed
from lago.core.json_metadata import read_metadata
from lago.invoicing.browse_files import credit_note_pdf
from lago.invoicing.credit_notes.browse import currencies_of_notes, note_pdf_made_at, uses_of
from lago.invoicing.credit_notes.queries import browse_credit_notes, credit_note_by_id
from lago.invoicing.credit_notes.update import lock_note, update_credit_note
from lago.invoicing.credit_notes.values import CREDIT_STATUSES, REASONS, REFUND_STATUSES
from lago.invoicing.credit_notes.void import void
from lago.invoicing.models import CreditNote

PARTS = ("credit", "refund", "offset")
CHOICES = {"credit_status": CREDIT_STATUSES, "refund_status": REFUND_STATUSES, "reason": REASONS, "types": PARTS}


@page("GET", "/credit_notes", needs="credit_notes:view")
def credit_notes() -> str:
    """The filters are those of the API; amounts are typed in the currency."""
    organization = current_organization()
    chosen = chosen_filters()
    listed = paged(browse_credit_notes(organization.id, MultiDict(chosen)))
    typed = {**chosen, **{name: text(name) for name in ("amount_from", "amount_to") if text(name)}}
    return show(
        "credit_notes/list.html", "credit_notes/_list.html", page=listed, notes=listed.items, chosen=typed,
        filtered=bool(chosen), choices=CHOICES, currencies=currencies_of_notes(organization.id),
    )


def chosen_filters() -> dict[str, str]:
    """What the address asks for, in the API's words."""
    currency = text("currency") or current_organization().default_currency
    amounts = {name: cents_typed(text(name), currency) for name in ("amount_from", "amount_to")}
    days = {f"issuing_date_{name}": day(name) for name in ("from", "to")}
    chosen: dict[str, Any] = {name: one_of(name, known) for name, known in CHOICES.items()}
    chosen |= {"search_term": text("search"), "currency": text("currency"), **days}
    chosen |= {name: cents for name, cents in amounts.items() if isinstance(cents, int)}
    return {name: str(value) for name, value in chosen.items() if value is not None}


@page("GET", "/credit_notes/<uuid:note_id>", needs="credit_notes:view")
def credit_note(note_id: uuid.UUID) -> str:
    note = own_note(note_id)
    return show(
        "credit_notes/show.html", note=note, uses=uses_of(note), pdf_made_at=note_pdf_made_at(note),
        items=[(name_of(item.fee) if item.fee else "Fee", item) for item in note.items],
    )


@page("GET", "/credit_notes/<uuid:note_id>.pdf", needs="credit_notes:view")
def credit_note_file(note_id: uuid.UUID) -> Response:
    content = found(credit_note_pdf(current_organization().id, note_id), "credit_note")
    return Response(content, mimetype="application/pdf", headers={"Content-Disposition": "inline"})


@page("GET POST", "/credit_notes/<uuid:note_id>/void", needs="credit_notes:void")
def void_credit_note(note_id: uuid.UUID) -> Any:
    """Asks before what is left of it is given up."""
    note = own_note(note_id)
    if request.method != "POST":
        return show("credit_notes/void.html", note=note)
    try:
        with all_or_nothing():
            void(note)
    except NotAllowed as error:
        return show("credit_notes/void.html", note=note, errors={"base": [error.code]}), 422
    return back_to(note)


@page("GET POST", "/credit_notes/<uuid:note_id>/refund", needs="credit_notes:update")
def report_refund(note_id: uuid.UUID) -> Any:
    """What became of the money that is to be paid back."""
    note = own_note(note_id)
    if request.method != "POST":
        return show("credit_notes/refund.html", note=note, statuses=REFUND_STATUSES, chosen=note.refund_status)
    chosen = form_text("refund_status") or ""
    try:
        with all_or_nothing():
            update_credit_note(note, {"refund_status": chosen})
    except Invalid as error:
        told = {"note": note, "statuses": REFUND_STATUSES, "chosen": chosen, "errors": error.details}
        return show("credit_notes/refund.html", **told), 422
    return back_to(note)


@page("GET POST", "/credit_notes/<uuid:note_id>/metadata", needs="credit_notes:update")
def edit_note_metadata(note_id: uuid.UUID) -> Any:
    note = own_note(note_id)

    def save(pairs: dict[str, str]) -> None:
        lock_note(note)
        note.notes = read_metadata(pairs) or None

    return edit_metadata(note.number, url_for("admin.credit_note", note_id=note_id), note.notes, save)


def own_note(note_id: uuid.UUID) -> CreditNote:
    return found(credit_note_by_id(current_organization().id, note_id), "credit_note")


def back_to(note: CreditNote) -> Any:
    return leave_to(url_for("admin.credit_note", note_id=note.id))
