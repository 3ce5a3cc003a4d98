"""The message with which a credit note goes to the customer (06 §6)."""

import uuid

from lago.core.db import db, transaction
from lago.core.ids import new_id
from lago.core.mail import Attachment, Letter, send
from lago.core.outbox import announce, enqueue
from lago.invoicing.credit_notes.document import ways_of
from lago.invoicing.letters.letter import addresses, formats_for, letter
from lago.invoicing.letters.receivers import Receivers, is_wanted
from lago.invoicing.models import CreditNote, CreditNoteFile
from lago.organizations.models import Organization

SETTING = "credit_note.created"


def mail_if_wanted(note: CreditNote) -> None:
    """Has a credit note sent whose PDF was just made, where the billing entity of its invoice does that."""
    if is_wanted(SETTING, note.invoice.billing_entity, note.customer):
        ask_for_mail(note, Receivers())


def ask_for_mail(note: CreditNote, receivers: Receivers) -> None:
    """Has it sent after the commit."""
    enqueue(
        "invoicing.email_credit_note", organization_id=note.organization_id, credit_note_id=note.id,
        cause_id=new_id(), **receivers.args,
    )


def email_credit_note(note_id: uuid.UUID, cause_id: str, receivers: Receivers) -> None:
    """Sends the credit note with its PDF; nothing where one side has no address. No transaction is open while the mail
    server is spoken to."""
    with transaction():
        message = _letter(db.session.get_one(CreditNote, note_id), cause_id, receivers)
    if message is not None and send(message):
        with transaction():
            announce("credit_note.emailed", db.session.get_one(CreditNote, note_id))


def _letter(note: CreditNote, cause: str, receivers: Receivers) -> Letter | None:
    entity, to = note.invoice.billing_entity, receivers.to or addresses(note.customer.email)
    if not to or not entity.email:
        return None
    formats = formats_for(note.customer, note.currency)
    sender = entity.legal_name or entity.name
    return letter(
        "credit_note", db.session.get_one(Organization, note.organization_id), entity, cause=cause,
        to=to, cc=receivers.cc, bcc=receivers.bcc, attachments=_files(note),
        subject=formats.say("mail_credit_note_subject", sender=sender, number=note.number),
        note=note, ways=ways_of(note), formats=formats,
    )


def _files(note: CreditNote) -> tuple[Attachment, ...]:
    file = db.session.get(CreditNoteFile, (note.id, "pdf"))
    return (Attachment(f"credit-note-{note.number}.pdf", file.content),) if file else ()
