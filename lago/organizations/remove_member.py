"""Taking somebody out of an organization (06 §6)."""

from lago.audit.note_security import note_security
from lago.core import clock
from lago.core.db import db
from lago.core.errors import NotAllowed
from lago.organizations.admins import keep_an_admin
from lago.organizations.members import Member, Staff, hold_staff


def remove_member(remover: Member, staff: Staff) -> None:
    """The user is no member any more; their account and what they did stay.

    Raises NotAllowed: `cannot_revoke_own_membership`, `last_admin`.
    """
    if staff.user.id == remover.user.id:
        raise NotAllowed("cannot_revoke_own_membership")
    hold_staff(remover.organization.id)
    db.session.refresh(staff.membership)
    if staff.membership.revoked_at is not None:
        return
    keep_an_admin(staff.membership)
    staff.membership.revoked_at = clock.real_now()
    resources = {"email": staff.user.email, "roles": list(staff.membership.roles)}
    note_security("user.deleted", remover.organization.id, resources=resources)
