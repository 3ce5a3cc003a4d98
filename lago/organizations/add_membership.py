"""Putting a user into an organization (06 §1.4)."""

from collections.abc import Sequence

from sqlalchemy import select

from lago.core.db import db
from lago.organizations.members import hold_staff
from lago.organizations.models import Membership, Organization, User


def add_membership(organization: Organization, user: User, roles: Sequence[str] = ("admin",)) -> Membership:
    """The user's place there; one who is a member already keeps theirs as it is."""
    hold_staff(organization.id)
    joined = select(Membership).where(
        Membership.organization_id == organization.id, Membership.user_id == user.id, Membership.revoked_at.is_(None)
    )
    membership = db.session.scalar(joined)
    if membership is None:
        membership = Membership(organization_id=organization.id, user_id=user.id, roles=list(roles))
        db.session.add(membership)
        db.session.flush()
    return membership
