"""What a password must be like."""

from sqlalchemy import update

from lago.core import clock
from lago.core.crypto import hash_password
from lago.core.db import db
from lago.core.errors import Invalid
from lago.organizations.models import PasswordReset, User

SHORTEST, LONGEST = 8, 1024


def set_password(user: User, password: str) -> None:
    """Gives the user this password. Visits that began with another one end by that, and so do links by which it was to
    be chosen anew. Raises Invalid."""
    check_length(password)
    user.password_hash = hash_password(password)
    if user.id is not None:
        open_links = update(PasswordReset).where(PasswordReset.user_id == user.id, PasswordReset.used_at.is_(None))
        db.session.execute(open_links.values(used_at=clock.real_now()))


def check_length(password: str) -> None:
    """Raises Invalid for one that is too short, or so long that hashing it would be work."""
    if len(password) < SHORTEST:
        raise Invalid({"password": ["password_too_short"]})
    if len(password) > LONGEST:
        raise Invalid({"password": ["value_is_too_long"]})
