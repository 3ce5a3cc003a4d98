"""Tells all admins of an organization that an API key was made, rotated or deleted (06 §1.1)."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from lago.core import config
from lago.core.db import db, transaction
from lago.core.mail import Letter, render, send
from lago.organizations.models import ApiKey, Membership, Organization, User

SENDER_NAME = "Lago"


def email_about_key(
    key_id: uuid.UUID, deed: str, by: str | None, cause_id: str, old_key_id: uuid.UUID | None = None
) -> None:
    """Sends the message, which names keys by their last four characters, blindly to every admin. No transaction is open
    while the mail server is spoken to."""
    with transaction():
        key = db.session.get_one(ApiKey, key_id)
        old_key = db.session.get_one(ApiKey, old_key_id) if old_key_id else None
        organization = db.session.get_one(Organization, key.organization_id)
        receivers = admins_of(organization.id)
    if receivers:
        send(_letter(organization, receivers, cause_id, key=key, old_key=old_key, deed=deed, by=by))


def admins_of(organization_id: uuid.UUID) -> Sequence[str]:
    """The e-mails of the organization's admins."""
    query = select(User.email).join(Membership, Membership.user_id == User.id)
    mine = (Membership.organization_id == organization_id, Membership.revoked_at.is_(None))
    return db.session.scalars(query.where(*mine, Membership.roles.contains(["admin"])).order_by(User.email)).all()


def _letter(organization: Organization, receivers: Sequence[str], cause: str, **values: object) -> Letter:
    subject = f"An API key of {organization.name} was {values['deed']}"
    url = f"{config.settings().front_url}/developers/api_keys"
    text, html = render("api_key", organization=organization, subject=subject, url=url, **values)
    return Letter(cause=cause, to=(), bcc=tuple(receivers), subject=subject, text=text, html=html,
                  sender_name=SENDER_NAME)
