"""Who may look at an organization's pages."""

import uuid
from dataclasses import dataclass

from sqlalchemy import Select, select

from lago.core.db import db, lock
from lago.organizations.models import Membership, Organization, User
from lago.organizations.roles import HOME, permissions_of


@dataclass(frozen=True)
class Member:
    """A user in one organization, with the codes of their roles there and what these allow."""

    user: User
    organization: Organization
    roles: tuple[str, ...]
    permissions: frozenset[str]

    @property
    def is_admin(self) -> bool:
        """Admins may do everything (06 §6)."""
        return "admin" in self.roles

    def may(self, permission: str) -> bool:
        """Whether one of their roles allows it."""
        return permission == HOME or permission in self.permissions


@dataclass(frozen=True)
class Staff:
    """A user with their place in an organization, as others see them."""

    user: User
    membership: Membership


def as_member(user: User, organization: Organization, roles: list[str]) -> Member:
    """The user with these roles there."""
    return Member(user, organization, tuple(roles), permissions_of(organization.id, roles))


def find_member(user_id: uuid.UUID, organization_id: uuid.UUID) -> Member | None:
    """The user as a member of the organization, unless they left it."""
    return _first(_memberships().where(User.id == user_id, Organization.id == organization_id))


def first_membership(user: User) -> Member | None:
    """The user in the organization that they joined first."""
    return _first(_memberships().where(User.id == user.id))


def find_user(email: str) -> User | None:
    """The user with this e-mail, in any case."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def organizations_of(user: User) -> list[Organization]:
    """Where the user is a member, in the order of their joining."""
    query = select(Organization).join(Membership, Membership.organization_id == Organization.id)
    query = query.where(Membership.user_id == user.id, Membership.revoked_at.is_(None)).order_by(Membership.seq)
    return list(db.session.scalars(query))


def staff_of(organization_id: uuid.UUID) -> list[Staff]:
    """The organization's members, by their e-mail addresses."""
    query = _staff(organization_id).order_by(User.email)
    return [Staff(user, membership) for user, membership in db.session.execute(query)]


def find_staff(organization_id: uuid.UUID, membership_id: uuid.UUID) -> Staff | None:
    """One of them."""
    row = db.session.execute(_staff(organization_id).where(Membership.id == membership_id)).first()
    return Staff(row[0], row[1]) if row else None


def hold_staff(organization_id: uuid.UUID) -> None:
    """Whoever changes members, invitations or roles of the organization waits here for whoever is at it."""
    lock(f"staff {organization_id}")


def _staff(organization_id: uuid.UUID) -> Select[User, Membership]:
    query = select(User, Membership).join(Membership, Membership.user_id == User.id)
    return query.where(Membership.organization_id == organization_id, Membership.revoked_at.is_(None))


def _memberships() -> Select[User, Organization, Membership]:
    return (
        select(User, Organization, Membership)
        .join(Membership, Membership.user_id == User.id)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(Membership.revoked_at.is_(None))
        .order_by(Membership.seq)
        .limit(1)
    )


def _first(query: Select[User, Organization, Membership]) -> Member | None:
    row = db.session.execute(query).first()
    if row is None:
        return None
    user, organization, membership = row
    return as_member(user, organization, membership.roles)
