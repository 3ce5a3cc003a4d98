"""`/credit_notes` and `/customers/:external_id/credit_notes`."""

from collections.abc import Sequence
from typing import Any

from flask import request

from lago.api.kit import argument, body, current_organization, found, payload
from lago.api.routes import endpoint
from lago.core.ids import as_uuid
from lago.core.json_metadata import merged_metadata, read_metadata, without_key
from lago.core.outbox import enqueue
from lago.core.pagination import paginate
from lago.customers.queries import customer_by_external_id
from lago.invoicing.credit_notes.create import create_credit_note
from lago.invoicing.credit_notes.estimate import estimate_credit_note
from lago.invoicing.credit_notes.file import credit_notes_with_pdf
from lago.invoicing.credit_notes.queries import credit_note_by_id, credit_note_or_draft, list_credit_notes
from lago.invoicing.credit_notes.schema import CreditNoteSchema
from lago.invoicing.credit_notes.update import lock_note, update_credit_note
from lago.invoicing.credit_notes.void import void
from lago.invoicing.einvoicing.build import is_electronic
from lago.invoicing.fee_queries import true_ups_of
from lago.invoicing.letters.resend_credit_note import resend_credit_note
from lago.invoicing.models import CreditNote


@endpoint("GET", "/credit_notes", permission="credit_note")
def list_all_credit_notes() -> dict[str, Any]:
    return _listed(argument("external_customer_id"))


@endpoint("GET", "/customers/<segment:external_id>/credit_notes", permission="credit_note")
def list_customer_credit_notes(external_id: str) -> dict[str, Any]:
    found(customer_by_external_id(current_organization().id, external_id), "customer")
    return _listed(external_id)


@endpoint("POST", "/credit_notes", permission="credit_note")
def add_credit_note() -> dict[str, Any]:
    return _one(create_credit_note(current_organization().id, body("credit_note")))


@endpoint("POST", "/credit_notes/estimate", permission="credit_note")
def estimate() -> dict[str, Any]:
    return {"estimated_credit_note": estimate_credit_note(current_organization().id, body("credit_note"))}


@endpoint("GET", "/credit_notes/<segment:lago_id>", permission="credit_note")
def show_credit_note(lago_id: str) -> dict[str, Any]:
    return _one(_found(lago_id))


@endpoint("PUT PATCH", "/credit_notes/<segment:lago_id>", permission="credit_note")
def change_credit_note(lago_id: str) -> dict[str, Any]:
    note = _found(lago_id)
    update_credit_note(note, body("credit_note"))
    return _one(note)


@endpoint("PUT", "/credit_notes/<segment:lago_id>/void", permission="credit_note")
def void_credit_note(lago_id: str) -> dict[str, Any]:
    note = _found(lago_id)
    void(note)
    return _one(note)


@endpoint("POST", "/credit_notes/<segment:lago_id>/download", permission="credit_note")
def download_credit_note(lago_id: str) -> dict[str, Any] | None:
    return _download(lago_id)


@endpoint("POST", "/credit_notes/<segment:lago_id>/download_pdf", permission="credit_note")
def download_credit_note_pdf(lago_id: str) -> dict[str, Any] | None:
    return _download(lago_id)


@endpoint("POST", "/credit_notes/<segment:lago_id>/download_xml", permission="credit_note")
def download_credit_note_xml(lago_id: str) -> dict[str, Any] | None:
    """The note with its link if its electronic form is there; else nothing yet, and it is made if there is
    to be one."""
    note = _found(lago_id)
    if note.has_xml:
        return _one(note)
    if is_electronic(note.invoice):
        enqueue("invoicing.make_credit_note_pdf", organization_id=note.organization_id, credit_note_id=note.id)
    return None


@endpoint("POST", "/credit_notes/<segment:lago_id>/resend_email", permission="credit_note")
def resend_email_of_credit_note(lago_id: str) -> None:
    note = credit_note_or_draft(current_organization().id, as_uuid(lago_id))
    resend_credit_note(found(note, "credit_note"), payload())


@endpoint("DELETE", "/credit_notes/<segment:lago_id>/metadata/<segment:key>", permission="credit_note")
def drop_metadata_key(lago_id: str, key: str) -> dict[str, Any]:
    note = _locked(lago_id)
    note.notes = without_key(note.notes, key)
    return {"metadata": note.notes}


@endpoint("POST", "/credit_notes/<segment:lago_id>/metadata", permission="credit_note")
def replace_metadata(lago_id: str) -> dict[str, Any]:
    note = _locked(lago_id)
    note.notes = read_metadata(payload().get("metadata") or {})
    return {"metadata": note.notes}


@endpoint("PUT PATCH", "/credit_notes/<segment:lago_id>/metadata", permission="credit_note")
def merge_metadata(lago_id: str) -> dict[str, Any]:
    note = _locked(lago_id)
    note.notes = merged_metadata(note.notes, payload().get("metadata"))
    return {"metadata": note.notes}


@endpoint("DELETE", "/credit_notes/<segment:lago_id>/metadata", permission="credit_note")
def drop_metadata(lago_id: str) -> dict[str, Any]:
    _locked(lago_id).notes = None
    return {"metadata": None}


def _listed(external_customer_id: str | None) -> dict[str, Any]:
    query = list_credit_notes(current_organization().id, external_customer_id, request.args)
    page = paginate(query, argument("page"), argument("per_page"))
    return {"credit_notes": _shown(page.items), "meta": page.meta}


def _one(note: CreditNote) -> dict[str, Any]:
    return {"credit_note": _shown([note])[0]}


def _download(lago_id: str) -> dict[str, Any] | None:
    """The note with its link if the PDF is there; else nothing yet, and it is made."""
    note = _found(lago_id)
    if credit_notes_with_pdf([note.id]):
        return _one(note)
    enqueue("invoicing.make_credit_note_pdf", organization_id=note.organization_id, credit_note_id=note.id)
    return None


def _shown(notes: Sequence[CreditNote]) -> Any:
    fees = [item.fee for note in notes for item in note.items if item.fee]
    made = credit_notes_with_pdf([note.id for note in notes])
    return CreditNoteSchema(true_ups=true_ups_of(fees) if fees else {}, with_pdf=made).dump(notes, many=True)


def _found(lago_id: str) -> CreditNote:
    return found(credit_note_by_id(current_organization().id, as_uuid(lago_id)), "credit_note")


def _locked(lago_id: str) -> CreditNote:
    note = _found(lago_id)
    lock_note(note)
    return note
