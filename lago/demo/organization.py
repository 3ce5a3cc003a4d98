"""The sandbox organization of the demo, and who may look at it."""

import secrets
import uuid
from dataclasses import dataclass, field

from sqlalchemy import func, select

from lago.core.db import db, transaction
from lago.organizations.accept_invite import accept_invite
from lago.organizations.create import create_organization, invite
from lago.organizations.models import Organization

NAME = "Driftline"


@dataclass(frozen=True)
class Stage:
    """Where the story is told. The password and the key can be read only now."""

    organization_id: uuid.UUID
    name: str
    email: str
    password: str = field(repr=False)
    api_key: str = field(repr=False)


def open_stage() -> Stage:
    """A new organization, its administrator and its key. Each run has its own; from the second on they are numbered."""
    password = secrets.token_urlsafe(12)
    with transaction():
        number = _how_many() + 1
        name = NAME if number == 1 else f"{NAME} {number}"
        email = f"{name.lower().replace(' ', '-')}@demo.example"
        created = create_organization(name, sandbox=True, email=email)
        accept_invite(invite(created.organization, email, ["admin"]).token, password)
        return Stage(created.organization.id, name, email, password, created.api_key)


def _how_many() -> int:
    named = (Organization.sandbox, Organization.name.regexp_match(f"^{NAME}( [0-9]+)?$"))
    return db.session.scalar(select(func.count()).select_from(Organization).where(*named)) or 0
