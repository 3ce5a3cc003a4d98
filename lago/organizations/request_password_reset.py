"""Asking for a link by which to choose a new password (06 §6)."""

import uuid

from lago.core import mail
from lago.core.db import db, transaction
from lago.core.outbox import enqueue
from lago.organizations.members import find_user, organizations_of
from lago.organizations.models import User
from lago.organizations.note_of_user import note_of_user
from lago.organizations.password_resets import VALID_FOR, reset_url


def request_password_reset(email: str) -> None:
    """Has the link mailed. Who asks learns nothing: an unknown address, and one without a membership, gets none."""
    user = find_user(email)
    organizations = organizations_of(user) if user else []
    if user and organizations:
        enqueue("organizations.mail_password_reset", organization_id=organizations[0].id, user_id=user.id)
        note_of_user("user.password_reset_requested", user)


def mail_password_reset(user_id: uuid.UUID) -> None:
    """Mails a new link to the user: the one of a try that failed was never seen. No transaction is open while the mail
    server is spoken to."""
    with transaction():
        user = db.session.get_one(User, user_id)
        url, email = reset_url(user), user.email
    minutes = VALID_FOR.seconds // 60
    subject = "Choose a new password"
    text, html = mail.render("password_reset", subject=subject, url=url, email=email, minutes=minutes)
    mail.send(
        mail.Letter(
            cause=f"password-reset-{uuid.uuid4()}", to=(email,), subject=subject, text=text, html=html,
            sender_name="Lago",
        )
    )
