"""Inviting somebody to an organization (06 §6)."""

from collections.abc import Sequence

from sqlalchemy import func, select

from lago.audit.note_security import note_security
from lago.core.code_fields import Email
from lago.core.db import db
from lago.core.errors import Invalid
from lago.core.schemas import InputSchema
from lago.organizations.create import invite
from lago.organizations.grant import checked_roles
from lago.organizations.members import Member, hold_staff
from lago.organizations.models import Invite, Membership, User


class InviteInput(InputSchema):
    """Who is invited."""

    email = Email(required=True, most=255)


def invite_member(inviter: Member, email: str, roles: Sequence[str]) -> Invite:
    """An open invitation to the inviter's organization with these roles.

    Raises Invalid: `email` (no address; `email_already_used` by a member), `invite` (`invite_already_exists`), `roles`
    (`invalid_role`); Forbidden `cannot_grant_admin` where one who is no admin would make one.
    """
    address = _address(email)
    organization = inviter.organization
    hold_staff(organization.id)
    granted = checked_roles(inviter, roles)
    # In this order: an invitation that is being accepted is seen as open, or its member is.
    pending = (Invite.organization_id == organization.id, Invite.status == "pending")
    if db.session.scalar(select(Invite.id).where(*pending, func.lower(Invite.email) == address)):
        raise Invalid({"invite": ["invite_already_exists"]})
    joined = (Membership.organization_id == organization.id, Membership.revoked_at.is_(None), User.email == address)
    if db.session.scalar(select(Membership.id).join(User, User.id == Membership.user_id).where(*joined)):
        raise Invalid({"email": ["email_already_used"]})
    note_security("user.invited", organization.id, resources={"email": address, "roles": granted})
    return invite(organization, address, granted)


def _address(email: str) -> str:
    address = InviteInput().read({"email": email})["email"]
    if not address:
        raise Invalid({"email": ["value_is_mandatory"]})
    return str(address).lower()
