"""Seller and buyer of an electronic document (04 §18)."""

from collections.abc import Mapping
from typing import Any

from lago.invoicing.einvoicing.texts import plain_text
from lago.invoicing.einvoicing.values import EParty
from lago.invoicing.models import Invoice
from lago.invoicing.snapshot import snapshot


def parties_of(invoice: Invoice) -> tuple[EParty, EParty]:
    """Seller and buyer as they were when the invoice was made; they change places where it is self-billed."""
    made_of = invoice.snapshot or snapshot(invoice)
    entity, customer = made_of["billing_entity"], made_of["customer"]
    ours = _party(entity, entity["name"], invoice.billing_entity.phone)
    theirs = _party(customer, customer["display_name"], invoice.customer.phone)
    return (theirs, ours) if invoice.self_billed else (ours, theirs)


def _party(details: Mapping[str, Any], name: str, phone: str | None) -> EParty:
    """A side under its legal name, else under `name`; of several e-mail addresses the first one."""
    email = (details["email"] or "").split(",")[0]
    return EParty(
        name=plain_text(details["legal_name"]) or plain_text(name) or "-",
        country=details["country"],
        lines=(plain_text(details["address_line1"]), plain_text(details["address_line2"])),
        city=plain_text(details["city"]),
        zipcode=plain_text(details["zipcode"]),
        state=plain_text(details["state"]),
        legal_number=plain_text(details["legal_number"]),
        tax_number=_without_spaces(details["tax_identification_number"]),
        email=plain_text(email),
        phone=plain_text(phone),
    )


def _without_spaces(number: str | None) -> str | None:
    """A number as registers write it."""
    return "".join((plain_text(number) or "").split()) or None
