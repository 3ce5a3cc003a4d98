"""Signing in by e-mail and password (06 §6)."""

from functools import cache

from lago.core.crypto import hash_password, password_matches
from lago.core.errors import Invalid
from lago.organizations.members import Member, find_user, first_membership


def sign_in(email: str, password: str) -> Member:
    """The member with this e-mail (in any case) and password.

    Raises Invalid, in the same words and after the same time, for an unknown e-mail, a wrong password, and a user
    who belongs to no organization.
    """
    user = find_user(email)
    matches = password_matches(user.password_hash if user else _nobodys_hash(), password)
    member = first_membership(user) if user and matches else None
    if member is None:
        raise Invalid({"base": ["incorrect_login_or_password"]})
    return member


@cache
def _nobodys_hash() -> str:
    """What the password of an unknown e-mail is compared with, so that the answer takes as long as any other."""
    return hash_password("nobody's password")
