"""Links by which a password is chosen anew: 40 hexadecimal digits, good for 30 minutes and one use (06 §6)."""

import secrets
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, delete, select

from lago.core import clock, config
from lago.core.crypto import digest
from lago.core.db import db
from lago.core.errors import NotFound
from lago.organizations.models import PasswordReset, User
from lago.organizations.note_of_user import note_of_user
from lago.organizations.passwords import set_password

VALID_FOR = timedelta(minutes=30)


def reset_url(user: User) -> str:
    """A new link for the user. Nobody can read it again: only its digest is kept. Those that are too old go."""
    token, now = secrets.token_hex(20), clock.real_now()
    db.session.execute(delete(PasswordReset).where(PasswordReset.user_id == user.id, PasswordReset.expires_at <= now))
    db.session.add(PasswordReset(user_id=user.id, digest=digest(token), expires_at=now + VALID_FOR))
    return f"{config.settings().front_url}/reset_password/{token}"


def user_of_reset(token: str) -> User | None:
    """Whose link it is; None for one that was used, is too old, or never was."""
    return db.session.scalar(select(User).join(PasswordReset, PasswordReset.user_id == User.id).where(*_open(token)))


def reset_password(token: str, password: str) -> User:
    """The user, with this password from now on; all other links of theirs end too.

    Raises NotFound for a link that is not good, Invalid for a password that is not.
    """
    reset = db.session.scalar(_held(token))
    if reset is None:
        raise NotFound("password_reset")
    user = db.session.get_one(User, reset.user_id)
    set_password(user, password)
    note_of_user("user.password_edited", user)
    return user


def _held(token: str) -> Select[PasswordReset]:
    """Of two requests at once the second finds it used."""
    return select(PasswordReset).where(*_open(token)).with_for_update()


def _open(token: str) -> tuple[ColumnElement[bool], ...]:
    return (
        PasswordReset.digest == digest(token), PasswordReset.used_at.is_(None),
        PasswordReset.expires_at > clock.real_now(),
    )
