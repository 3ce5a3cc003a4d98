"""The making of an organization (06 §1.2)."""

import re
import secrets
import uuid
from dataclasses import dataclass, field

from sqlalchemy import select

from lago.core.db import db, lock
from lago.core.errors import Invalid
from lago.core.ids import new_id
from lago.organizations.keys import create_key
from lago.organizations.models import BillingEntity, Invite, Organization

RESERVED_SLUGS = frozenset(
    "api admin login logout settings customers invoices plans events webhooks health ready metrics static portal "
    "customer-portal invitation sign-up forgot-password dashboard documents".split()
)

SLUGS = "slugs of organizations"
"""The lock of whoever looks for one that is free, and takes it."""


@dataclass(frozen=True)
class Created:
    """A new organization and the value of its first API key, readable only now."""

    organization: Organization
    api_key: str = field(repr=False)


def create_organization(
    name: str, *, sandbox: bool = False, email: str | None = None, api_key: str | None = None,
    entity_code: str | None = None, premium_integrations: list[str] | None = None,
) -> Created:
    """An organization, its default billing entity (which has the same id) and an API key.

    The sandbox flag never changes afterwards. Raises Invalid for a blank name.
    """
    if not name.strip():
        raise Invalid({"name": ["value_is_mandatory"]})
    organization_id = new_id()
    prefix = document_prefix(name, organization_id)
    organization = Organization(
        id=organization_id, name=name, slug=free_slug(name), hmac_key=str(uuid.uuid4()), sandbox=sandbox, email=email,
        document_number_prefix=prefix, document_numbering="per_customer",
        premium_integrations=premium_integrations or [],
    )
    db.session.add(organization)
    db.session.flush()
    db.session.add(_default_entity(organization, entity_code))
    _, value = create_key(organization, value=api_key)
    return Created(organization, value)


def _default_entity(organization: Organization, code: str | None) -> BillingEntity:
    """Its code: a given one, or the name's Latin letters."""
    name = organization.name
    return BillingEntity(
        id=organization.id, organization_id=organization.id, name=name, email=organization.email,
        code=code or hyphenated(name).replace("-", "_") or "default",
        document_number_prefix=organization.document_number_prefix, document_numbering="per_customer",
    )


def invite(organization: Organization, email: str, roles: list[str]) -> Invite:
    """An open invitation; its link is for the inviter to pass on."""
    invitation = Invite(organization_id=organization.id, email=email, roles=roles, token=secrets.token_hex(20))
    db.session.add(invitation)
    return invitation


def document_prefix(name: str, identifier: uuid.UUID) -> str:
    """First three letters of the name and the last four characters of the id: `ACM-9F0C`."""
    return f"{name[:3]}-{str(identifier)[-4:]}".upper()


def hyphenated(text: str) -> str:
    """Lower-case a-z, 0-9 and single inner hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def free_slug(name: str) -> str:
    """A slug made of the name that is neither reserved nor taken, 3 to 40 characters long."""
    base = hyphenated(name)[:32].strip("-")
    base = base if len(base) >= 3 else f"org-{base}".strip("-")
    lock(SLUGS)
    taken = db.session.scalar(select(Organization.id).where(Organization.slug == base))
    return base if taken is None and base not in RESERVED_SLUGS else f"{base}-{secrets.token_hex(3)}"
