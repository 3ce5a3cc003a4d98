"""Signing up: a new user with an organization of their own (06 §6)."""

from sqlalchemy import select

from lago.audit.note_security import note_security
from lago.core.code_fields import Email
from lago.core.db import db, lock
from lago.core.errors import Invalid
from lago.core.fields import Filled
from lago.core.schemas import InputSchema
from lago.organizations.found import found
from lago.organizations.members import Member
from lago.organizations.models import User
from lago.organizations.passwords import set_password


class SignUpInput(InputSchema):
    """Who signs up, and what for."""

    email = Email(required=True, most=255)
    organization_name = Filled(required=True, most=255)


def sign_up(email: str, password: str, organization_name: str) -> Member:
    """The new user as the admin of a new organization. Raises Invalid: `email: [user_already_exists]`, and for what is
    blank, no address, or too short a password."""
    typed = {"email": email or None, "organization_name": organization_name}
    values = SignUpInput().read({name: value for name, value in typed.items() if value})
    address = values["email"].lower()
    lock(f"user {address}")
    if db.session.scalar(select(User.id).where(User.email == address)):
        raise Invalid({"email": ["user_already_exists"]})
    user = User(email=address)
    set_password(user, password)
    db.session.add(user)
    db.session.flush()
    member = found(user, values["organization_name"])
    note_security(
        "user.signed_up", member.organization.id, resources={"email": address, "roles": list(member.roles)},
        user_id=user.id, user_email=address,
    )
    return member
