"""The form of a customer: what stands in it, what it is filled with, and what it sends (06 §3.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from lago.admin.billing_entity_form import named
from lago.admin.pages import form_text
from lago.admin.section_choice import SectionDraft, sections_chosen_by, typed_sections
from lago.core.errors import Invalid
from lago.customers.inputs import ADDRESS, CustomerMetadataInput
from lago.customers.metadata import MOST
from lago.customers.models import Customer

PLAIN = (
    "name", "firstname", "lastname", "customer_type", "account_type", "legal_name", "legal_number",
    "tax_identification_number", "email", "phone", "url", "logo_url", *ADDRESS, "currency", "timezone",
    "net_payment_term", "finalize_zero_amount_invoice", "external_salesforce_id",
)
SHIPPING = tuple(f"shipping_{name}" for name in ADDRESS)
CONFIGURATION = (
    "invoice_grace_period", "document_locale", "subscription_invoice_issuing_date_anchor",
    "subscription_invoice_issuing_date_adjustment",
)
TEXTS = ("external_id", "billing_entity_code", *PLAIN, *SHIPPING, *CONFIGURATION)
NAMES = {"key": "metadata", "value": "metadata"}
"""The form's name of what the API calls otherwise."""


@dataclass(frozen=True)
class Note:
    """A row of metadata. `id`: of one that is stored."""

    key: str = ""
    value: str = ""
    shown: bool = False
    id: str = ""

    @property
    def sent(self) -> dict[str, Any]:
        own = {"key": self.key, "value": self.value, "display_in_invoice": self.shown}
        return {**own, "id": self.id} if self.id else own


@dataclass(frozen=True)
class Draft:
    """A customer as it stands in its form."""

    texts: Mapping[str, str]
    taxes: tuple[str, ...] = ()
    sections: SectionDraft = SectionDraft()
    notes: tuple[Note, ...] = ()

    @property
    def rows(self) -> list[Note]:
        """The rows of metadata that the form has: as many as there may be."""
        return [*self.notes, *(Note() for _ in range(MOST - len(self.notes)))]


def empty_draft(entity_code: str) -> Draft:
    """What the form of a new customer shows at first."""
    first = {"billing_entity_code": entity_code, "account_type": "customer", "finalize_zero_amount_invoice": "inherit"}
    return Draft(dict.fromkeys(TEXTS, "") | first)


def draft_of(customer: Customer) -> Draft:
    """What the form of a customer shows before anything is typed."""
    texts = {name: getattr(customer, name) for name in TEXTS if name != "billing_entity_code"}
    return Draft(
        {"billing_entity_code": customer.billing_entity.code}
        | {name: "" if value is None else str(value) for name, value in texts.items()},
        tuple(sorted(tax.code for tax in customer.taxes)), sections_chosen_by(customer),
        tuple(Note(row.key, row.value, row.display_in_invoice, str(row.id)) for row in customer.metadata_rows),
    )


def typed_draft(before: Draft) -> Draft:
    """What was sent. What the form has no field for stays, and the external id of a customer who is there always."""
    sent = request.form.keys() - ({"external_id"} if before.texts["external_id"] else set())
    texts = {name: form_text(name) or "" if name in sent else before.texts[name] for name in TEXTS}
    taxes = tuple(sorted(request.form.getlist("tax_codes")))
    return Draft(texts, taxes, typed_sections(), tuple(note for note in map(_note, range(MOST)) if _is_typed(note)))


def body_of(draft: Draft, before: Draft) -> dict[str, Any]:
    """The API's object with what was changed, as taxes that are named again would stay where the EU's are found out
    anew (04 §7). Raises Invalid for what is wrong in rows of metadata."""
    changed = {name: text or None for name, text in draft.texts.items() if text != before.texts[name]}
    body = {name: changed[name] for name in ("billing_entity_code", *PLAIN) if name in changed}
    body["shipping_address"] = {
        name.removeprefix("shipping_"): changed[name] for name in SHIPPING if name in changed
    }
    body["billing_configuration"] = {name: changed[name] for name in CONFIGURATION if name in changed}
    if draft.taxes != before.taxes:
        body["tax_codes"] = list(draft.taxes)
    if draft.sections != before.sections:
        body |= draft.sections.sent
    if draft.notes != before.notes:
        _check_notes(draft)
        body["metadata"] = [note.sent for note in draft.notes]
    return {**body, "external_id": draft.texts["external_id"]}


def errors_of(error: Invalid) -> dict[str, Any]:
    """By the names of the form's fields."""
    details: Any = error.details
    return named({NAMES.get(name, name): codes for name, codes in details.items()})


def _check_notes(draft: Draft) -> None:
    problems: dict[str, Any] = {}
    for place, note in enumerate(draft.notes):
        try:
            CustomerMetadataInput().read(note.sent)
        except Invalid as error:
            details: Any = error.details
            problems |= {f"note-{place}-{name}": codes for name, codes in details.items()}
    if problems:
        raise Invalid(problems)


def _note(place: int) -> Note:
    key, value, known = (form_text(f"note-{place}-{name}") or "" for name in ("key", "value", "id"))
    return Note(key, value, f"note-{place}-shown" in request.form, known)


def _is_typed(note: Note) -> bool:
    return bool(note.key or note.value)
