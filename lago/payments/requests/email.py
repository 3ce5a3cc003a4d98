"""The message that asks a customer to pay (05 §2.5, 06 §6)."""

import uuid

from lago.core import clock, mail
from lago.core.db import db, transaction
from lago.core.outbox import announce
from lago.invoicing.file import file_url
from lago.invoicing.letters.letter import addresses, formats_for, letter
from lago.invoicing.queries import with_pdf
from lago.organizations.models import Organization
from lago.payments.models import PaymentRequest
from lago.payments.requests.settle import SETTLED, invoices_of


def email_request(request_id: uuid.UUID, cause_id: str) -> None:
    """Writes to the address of the request, with blind copies to those that its campaign names; nothing if it is paid
    by now, or one side has no address. No transaction is open while the mail server is spoken to."""
    with transaction():
        message = _letter(db.session.get_one(PaymentRequest, request_id), cause_id)
    if message is not None and mail.send(message):
        with transaction():
            request = db.session.get_one(PaymentRequest, request_id)
            request.email_sent_at = clock.now()
            announce("payment_request.emailed", request)


def _letter(request: PaymentRequest, cause: str) -> mail.Letter | None:
    invoices = invoices_of(request.id)
    entity, to = invoices[0].billing_entity, addresses(request.email)
    if request.payment_status == SETTLED or not to or not entity.email:
        return None
    name = entity.legal_name or entity.name
    formats = formats_for(request.customer, request.amount_currency)
    return letter(
        "payment_request", db.session.get_one(Organization, request.organization_id), entity, cause=cause, to=to,
        bcc=tuple(request.dunning_campaign.bcc_emails) if request.dunning_campaign else (),
        subject=formats.say("mail_request_subject", sender=name), request=request, invoices=invoices, formats=formats,
        links={one: file_url(one) for one in with_pdf([invoice.id for invoice in invoices])},
    )
