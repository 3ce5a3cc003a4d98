"""The PDF of a credit note: made once, kept in PostgreSQL, reached by a signed link (04 §17, 00 §5)."""

import uuid
from collections.abc import Collection

from sqlalchemy import select

from lago.core import config
from lago.core.db import db
from lago.core.links import link_to, linked
from lago.core.outbox import announce
from lago.invoicing.credit_notes.document import document_of
from lago.invoicing.einvoicing.files import hybrid_credit_note, keep_credit_note_xml
from lago.invoicing.keep_file import keep_file
from lago.invoicing.letters.email_credit_note import mail_if_wanted
from lago.invoicing.models import CreditNote, CreditNoteFile

_FILES = "credit note"


def make_credit_note_pdf(note: CreditNote) -> None:
    """Renders and keeps the PDF, unless there is one already or nobody wants any; tells of it once, and has it sent to
    the customer where the billing entity does that. An electronic credit note comes first (04 §2.4-7)."""
    keep_credit_note_xml(note)
    if config.settings().disable_pdf_generation:
        return
    from lago.invoicing.pdf import render_credit_note  # slow to import: only a process that makes files pays for it

    pdf = hybrid_credit_note(render_credit_note(document_of(note)), note)
    if keep_file(CreditNoteFile, {"credit_note_id": note.id}, note, "pdf", pdf):
        announce("credit_note.generated", note)
        mail_if_wanted(note)


def credit_note_url(note_id: uuid.UUID) -> str:
    """A link to the PDF that needs no key and is good for seven days."""
    return link_to(_FILES, note_id)


def linked_credit_note(token: str) -> CreditNoteFile | None:
    """The file that a link leads to; None if the link is false or too old."""
    note_id = linked(_FILES, token)
    return db.session.get(CreditNoteFile, (note_id, "pdf")) if note_id else None


def credit_notes_with_pdf(note_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the credit notes whose PDF has been made."""
    row = CreditNoteFile
    query = select(row.credit_note_id).where(row.credit_note_id.in_(note_ids), row.kind == "pdf")
    return set(db.session.scalars(query))
