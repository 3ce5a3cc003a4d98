"""Accepting an invitation (06 §6)."""

from sqlalchemy import Select, select

from lago.audit.note_security import note_security
from lago.core.crypto import password_matches
from lago.core.db import db, lock
from lago.core.errors import Invalid, NotFound
from lago.organizations.members import Member, as_member, find_member, first_membership
from lago.organizations.models import Invite, Membership, Organization, User
from lago.organizations.passwords import set_password


def accept_invite(token: str, password: str) -> Member:
    """The invited person as a member, with the roles of the invite (06 §6).

    Who has no account, or one without active membership, gets `password`; who has one must give his own. Raises
    NotFound for an invite that is not pending, Invalid for a password that is too short or not his.
    """
    invite = db.session.scalar(_pending(token).with_for_update())
    if invite is None:
        raise NotFound("invite")
    lock(f"user {_address(invite)}")
    user = _user(invite)
    if user and first_membership(user):
        _recognize(user, password)
    else:
        user = _with_password(user or User(email=_address(invite)), password)
        _note_arrival(user, invite)
    invite.status = "accepted"
    return find_member(user.id, invite.organization_id) or _join(user, invite)


def pending_invite(token: str) -> Invite | None:
    """The invite behind a link, unless it was accepted or revoked."""
    return db.session.scalar(_pending(token))


def must_know_password(invite: Invite) -> bool:
    """Whether the invited person has an account in use, whose password is then asked for."""
    user = _user(invite)
    return user is not None and first_membership(user) is not None


def _pending(token: str) -> Select[Invite]:
    return select(Invite).where(Invite.token == token, Invite.status == "pending")


def _address(invite: Invite) -> str:
    return invite.email.strip().lower()


def _user(invite: Invite) -> User | None:
    return db.session.scalar(select(User).where(User.email == _address(invite)))


def _recognize(user: User, password: str) -> None:
    if not password_matches(user.password_hash, password):
        raise Invalid({"password": ["not_your_password"]})


def _with_password(user: User, password: str) -> User:
    set_password(user, password)
    db.session.add(user)
    db.session.flush()
    return user


def _note_arrival(user: User, invite: Invite) -> None:
    resources = {"email": user.email, "roles": list(invite.roles)}
    note_security("user.signed_up", invite.organization_id, resources=resources, user_id=user.id, user_email=user.email)


def _join(user: User, invite: Invite) -> Member:
    organization = db.session.get_one(Organization, invite.organization_id)
    db.session.add(Membership(organization_id=organization.id, user_id=user.id, roles=invite.roles))
    return as_member(user, organization, invite.roles)
