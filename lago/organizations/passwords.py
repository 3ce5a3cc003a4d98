"""What a password must be like."""

from lago.core.crypto import hash_password
from lago.core.errors import Invalid
from lago.organizations.models import User

SHORTEST, LONGEST = 8, 1024


def set_password(user: User, password: str) -> None:
    """Gives the user this password; visits that began with another one end by that. Raises Invalid."""
    check_length(password)
    user.password_hash = hash_password(password)


def check_length(password: str) -> None:
    """Raises Invalid for one that is too short, or so long that hashing it would be work."""
    if len(password) < SHORTEST:
        raise Invalid({"password": ["password_too_short"]})
    if len(password) > LONGEST:
        raise Invalid({"password": ["value_is_too_long"]})
