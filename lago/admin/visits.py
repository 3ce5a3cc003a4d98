"""Who is signed in. The cookie carries a random name; what it stands for is kept in Redis, so that signing out ends
it everywhere. A visit lasts three hours and is prolonged in its last one (06 §6); it ends with the password with which
it began."""

import secrets
import uuid

from flask import session

from lago.core import jobs
from lago.core.crypto import digest
from lago.organizations.members import Member, find_member
from lago.organizations.models import User

LIFETIME_S = 3 * 3600
PROLONGED_WITHIN_S = 3600


def begin(member: Member) -> None:
    """Signs the member in, under a new name and with a new CSRF token: nothing that was set before is kept."""
    session.clear()
    session["visit"] = secrets.token_urlsafe(32)
    move_to(member)


def move_to(member: Member) -> None:
    """The visit goes on in this organization."""
    kept = f"{member.user.id} {member.organization.id} {_password_mark(member.user)}"
    jobs.connection().set(_key(), kept, ex=LIFETIME_S)


def current() -> Member | None:
    """The member who is signed in and still belongs to the organization."""
    if "visit" not in session:
        return None
    kept = jobs.connection().get(_key())
    if not isinstance(kept, bytes):
        return None
    _prolong()
    user_id, organization_id, *marks = kept.decode().split()
    member = find_member(uuid.UUID(user_id), uuid.UUID(organization_id))
    return member if member and marks == [_password_mark(member.user)] else None


def end() -> None:
    """Signs out."""
    if "visit" in session:
        jobs.connection().delete(_key())
    session.clear()


def _password_mark(user: User) -> str:
    """Tells one password of the user from the next."""
    return digest(user.password_hash)[:16]


def _prolong() -> None:
    if jobs.connection().ttl(_key()) < PROLONGED_WITHIN_S:
        jobs.connection().expire(_key(), LIFETIME_S)


def _key() -> str:
    """Only a digest is kept: who reads Redis cannot sign in with what is there."""
    return f"lago:visit:{digest(session['visit'])}"
