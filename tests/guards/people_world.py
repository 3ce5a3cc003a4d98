"""Members, an open invitation and a role of an organization, as paths name them."""

import uuid

from lago.core.db import db, transaction
from lago.organizations.create import invite
from lago.organizations.models import Membership, Organization, Role, User


def add_people(organization: Organization, mark: str) -> dict[str, uuid.UUID]:
    """The names of a page's parameters, and what they may be."""
    with transaction():
        user = User(email=f"{mark}@example.com", password_hash="")
        role = Role(organization_id=organization.id, code=mark, name=mark, permissions=["plans:view"])
        open_invite = invite(organization, f"{mark}-invited@example.com", [mark])
        db.session.add_all([user, role])
        db.session.flush()
        membership = Membership(organization_id=organization.id, user_id=user.id, roles=["read_only"])
        db.session.add(membership)
    return {
        "membership_id": membership.id, "role_id": role.id, "invite_id": open_invite.id,
        "organization_id": organization.id,
    }
