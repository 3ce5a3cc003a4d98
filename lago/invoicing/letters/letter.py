"""What all mail to a customer has in common (06 §6)."""

from lago.core.mail import Attachment, Letter, render
from lago.customers.models import Customer
from lago.invoicing.document.formats import Formats
from lago.organizations.models import BillingEntity, Organization

OWN_ADDRESS = "from_email"
"""The integration that sends from the address of the billing entity (06 §1.4)."""


def addresses(given: str | None) -> tuple[str, ...]:
    """The addresses of a text that has commas between them."""
    return tuple(one.strip() for one in (given or "").split(",") if one.strip())


def formats_for(customer: Customer, currency: str) -> Formats:
    """How amounts, dates and words are written to the customer: in the language of his documents."""
    return Formats(customer.document_locale or customer.billing_entity.document_locale, currency)


def letter(
    template: str, organization: Organization, entity: BillingEntity, *, cause: str, subject: str,
    to: tuple[str, ...], cc: tuple[str, ...] = (), bcc: tuple[str, ...] = (),
    attachments: tuple[Attachment, ...] = (), **values: object,
) -> Letter:
    """A message in the name of a billing entity, to which answers go; from our address, or its own where the
    organization has that."""
    text, html = render(template, entity=entity, subject=subject, attached=bool(attachments), **values)
    own = entity.email if OWN_ADDRESS in organization.premium_integrations else None
    return Letter(
        cause=cause, to=to, cc=cc, bcc=bcc, subject=subject, text=text, html=html, sender=own, reply_to=entity.email,
        sender_name=entity.legal_name or entity.name, attachments=attachments,
    )
