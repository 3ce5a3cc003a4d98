"""Giving a member other roles (06 §6)."""

from collections.abc import Sequence

from lago.audit.note_security import note_security
from lago.core.db import db
from lago.organizations.admins import keep_an_admin
from lago.organizations.grant import checked_roles
from lago.organizations.members import Member, Staff, hold_staff


def change_roles(changer: Member, staff: Staff, roles: Sequence[str]) -> None:
    """The member has these roles from now on.

    Raises Invalid (`invalid_role`), Forbidden (`cannot_grant_admin`), NotAllowed `last_admin` where no admin would be
    left.
    """
    organization_id = changer.organization.id
    hold_staff(organization_id)
    db.session.refresh(staff.membership)  # as whoever was at it has left it
    before = list(staff.membership.roles)
    granted = checked_roles(changer, roles, before)
    if "admin" not in granted:
        keep_an_admin(staff.membership)
    if granted == before:
        return
    staff.membership.roles = granted
    resources = {"email": staff.user.email, "changes": {"roles": [before, granted]}}
    note_security("user.role_edited", organization_id, resources=resources)
