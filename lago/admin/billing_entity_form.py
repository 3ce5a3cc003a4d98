"""The form of a billing entity: what stands in it, what it is filled with, and what it sends (04 §16)."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request

from lago.admin.pages import form_text
from lago.catalog.queries import taxes_of_entity
from lago.core.db import db
from lago.organizations.custom_sections import chosen_by
from lago.organizations.models import BillingEntity

TEXTS = (
    "name", "code", "legal_name", "legal_number", "tax_identification_number", "email", "phone", "address_line1",
    "address_line2", "city", "state", "zipcode", "country", "default_currency", "timezone", "net_payment_term",
    "document_numbering", "document_number_prefix",
)
CONFIGURATION = (
    "invoice_grace_period", "document_locale", "subscription_invoice_issuing_date_anchor",
    "subscription_invoice_issuing_date_adjustment", "invoice_footer",
)
FLAGS = ("finalize_zero_amount_invoice", "eu_tax_management", "einvoicing")
NOT_BLANK = (
    "default_currency", "timezone", "net_payment_term", "document_numbering",
    *(name for name in CONFIGURATION if name != "invoice_footer"),
)
MAILS = {
    "invoice.finalized": "Invoices", "credit_note.created": "Credit notes", "payment_receipt.created": "Receipts",
}


@dataclass(frozen=True)
class Draft:
    """A billing entity as it stands in its form: texts by field, what is ticked, and the codes of what it carries."""

    texts: Mapping[str, str]
    flags: Mapping[str, bool]
    mails: Sequence[str] = field(default_factory=tuple)
    taxes: Sequence[str] = field(default_factory=tuple)
    sections: Sequence[str] = field(default_factory=tuple)


def empty_draft(currency: str) -> Draft:
    """What the form of a new entity shows at first."""
    texts = dict.fromkeys((*TEXTS, *CONFIGURATION), "") | {
        "default_currency": currency, "timezone": "UTC", "net_payment_term": "0", "invoice_grace_period": "0",
        "document_numbering": "per_customer", "document_locale": "en",
        "subscription_invoice_issuing_date_anchor": "next_period_start",
        "subscription_invoice_issuing_date_adjustment": "align_with_finalization_date",
    }
    return Draft(texts, {**dict.fromkeys(FLAGS, False), "finalize_zero_amount_invoice": True})


def draft_of(entity: BillingEntity) -> Draft:
    """What the form of an entity shows before anything is typed."""
    texts = {name: getattr(entity, name) for name in (*TEXTS, *CONFIGURATION)}
    return Draft(
        {name: "" if value is None else str(value) for name, value in texts.items()},
        {name: getattr(entity, name) for name in FLAGS}, entity.email_settings,
        [tax.code for tax in db.session.scalars(taxes_of_entity(entity))],
        [row.section.code for row in chosen_by(billing_entity_id=[entity.id]).get(entity.id, ())],
    )


def typed_draft() -> Draft:
    """What was sent."""
    return Draft(
        {name: form_text(name) or "" for name in (*TEXTS, *CONFIGURATION)},
        {name: name in request.form for name in FLAGS},
        *(request.form.getlist(name) for name in ("email_settings", "tax_codes", "invoice_custom_section_codes")),
    )


def body_of(draft: Draft) -> dict[str, Any]:
    """The API's object. What cannot be blank is not sent where it is."""
    sent = {name: text or None for name, text in draft.texts.items() if text or name not in NOT_BLANK}
    if not draft.texts["document_number_prefix"] and draft.texts["code"]:
        del sent["document_number_prefix"]  # a new entity has one by its name
    configuration = {name: sent.pop(name) for name in CONFIGURATION if name in sent}
    return {
        **sent, **draft.flags, **_logo(), "billing_configuration": configuration, "email_settings": list(draft.mails),
        "tax_codes": list(draft.taxes), "invoice_custom_section_codes": list(draft.sections),
    }


def named(errors: Mapping[str, Any]) -> dict[str, Any]:
    """The errors in the words of this form, whose numbers are all whole."""
    whole = {"is not a number": "must be an integer"}
    return {name: [whole.get(one, one) for one in codes] for name, codes in errors.items()}


def _logo() -> dict[str, Any]:
    """A picture that was chosen, as the data URL that the API takes; null to take the present one away."""
    if picture := request.files.get("logo"):
        content = base64.b64encode(picture.read()).decode()
        return {"logo": f"data:{picture.mimetype};base64,{content}"}
    return {"logo": None} if "remove_logo" in request.form else {}
