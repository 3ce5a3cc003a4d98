"""Changing one's own password."""

from lago.core.crypto import password_matches
from lago.core.errors import Invalid
from lago.organizations.models import User
from lago.organizations.note_of_user import note_of_user
from lago.organizations.passwords import set_password


def change_password(user: User, present: str, password: str) -> None:
    """The user has this password from now on. Raises Invalid if `present` is not theirs, or the new one too short."""
    if not password_matches(user.password_hash, present):
        raise Invalid({"present_password": ["not_your_password"]})
    set_password(user, password)
    note_of_user("user.password_edited", user)
