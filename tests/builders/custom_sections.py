"""Custom sections of an organization, which only the pages make, and what has been copied of them."""

from typing import Any

from lago.core.db import transaction
from lago.organizations.create_custom_section import create_custom_section
from lago.organizations.models import InvoiceCustomSection
from tests.builders.organizations import Account


def a_section(owner: Account, code: str, **fields: Any) -> InvoiceCustomSection:
    """A custom section whose name and texts are its code unless said otherwise."""
    texts = {"name": code, "display_name": code.upper(), "details": f"About {code}", "description": f"For {code}"}
    with transaction():
        return create_custom_section(owner.organization.id, {"code": code, **texts, **fields})


def sections(owner: Account, *codes: str) -> None:
    """Several of them."""
    for code in codes:
        a_section(owner, code)


def generated(section: InvoiceCustomSection) -> None:
    """Has the section be one that the system made."""
    with transaction():
        section.section_type = "system_generated"


def of_entity(owner: Account, *codes: str) -> None:
    """What the default billing entity chooses."""
    (entity,) = owner.get("/billing_entities")["billing_entities"]
    owner.put(f"/billing_entities/{entity['code']}", {"billing_entity": {"invoice_custom_section_codes": list(codes)}})


def chosen(*codes: str) -> dict[str, Any]:
    """The object that chooses these."""
    return {"invoice_custom_section": {"invoice_custom_section_codes": list(codes)}}


NONE = {"invoice_custom_section": {"skip_invoice_custom_sections": True}}
"""The object that asks for none at all."""


def codes_of(shown: dict[str, Any], part: str = "applied_invoice_custom_sections") -> list[str]:
    """The codes of the sections of an answer, in their order."""
    return [(row.get("invoice_custom_section") or row)["code"] for row in shown[part]]
