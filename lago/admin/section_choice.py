"""The choice of custom sections in forms: what applies anyway, sections of one's own, or none (04 §15)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from lago.admin.pages import form_text
from lago.core.db import db
from lago.organizations.choose_sections import SkippingChooser, choice_of
from lago.organizations.custom_sections import custom_sections
from lago.organizations.models import InvoiceCustomSection

INHERITED, OWN, NONE = "inherited", "own", "none"


@dataclass(frozen=True)
class SectionDraft:
    """What is chosen in a form. `codes` count for OWN only; without any it is as if nothing were chosen."""

    how: str = INHERITED
    codes: tuple[str, ...] = ()

    @property
    def sent(self) -> dict[str, Any]:
        """The API's object: `{skip_invoice_custom_sections, invoice_custom_section_codes}`."""
        if self.how == NONE:
            return {"skip_invoice_custom_sections": True}
        codes = list(self.codes) if self.how == OWN else []
        return {"skip_invoice_custom_sections": False, "invoice_custom_section_codes": codes}


def object_of(draft: SectionDraft, before: SectionDraft | None = None) -> dict[str, Any]:
    """What a body says of sections, `{"invoice_custom_section": …}`; nothing where nothing else was chosen."""
    return {"invoice_custom_section": draft.sent} if draft != (before or SectionDraft()) else {}


def sections_chosen_by(owner: SkippingChooser) -> SectionDraft:
    """What the form of a stored record shows before anything is chosen."""
    choice = choice_of(owner)
    if choice.skip:
        return SectionDraft(NONE)
    return SectionDraft(OWN, tuple(sorted(choice.codes))) if choice.codes else SectionDraft()


def typed_sections() -> SectionDraft:
    """What was sent."""
    how = form_text("sections")
    if how == NONE:
        return SectionDraft(NONE)
    codes = tuple(sorted(request.form.getlist("section_codes")))
    return SectionDraft(OWN, codes) if how == OWN and codes else SectionDraft()


def offered_sections(organization_id: uuid.UUID) -> Sequence[InvoiceCustomSection]:
    return db.session.scalars(custom_sections(organization_id)).all()
