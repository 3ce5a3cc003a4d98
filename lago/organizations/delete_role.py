"""Deleting a role that nobody has (06 §6)."""

from sqlalchemy import select

from lago.audit.note_security import note_security
from lago.core.db import db
from lago.core.errors import NotAllowed
from lago.organizations.members import hold_staff
from lago.organizations.models import Invite, Membership, Role


def delete_role(role: Role) -> None:
    """Raises NotAllowed `role_in_use` while a member has it or an open invitation gives it."""
    hold_staff(role.organization_id)
    # In this order: an invitation that is being accepted is seen as open, or its member is.
    given = select(Invite.id).where(
        Invite.organization_id == role.organization_id, Invite.status == "pending", Invite.roles.contains([role.code])
    )
    had = select(Membership.id).where(
        Membership.organization_id == role.organization_id, Membership.revoked_at.is_(None),
        Membership.roles.contains([role.code]),
    )
    if any(db.session.scalar(query.limit(1)) for query in (given, had)):
        raise NotAllowed("role_in_use")
    db.session.delete(role)
    note_security("role.deleted", role.organization_id, resources={"code": role.code, "name": role.name})
