"""Background work of organizations: mail to their users."""

import uuid

from lago.core import mail
from lago.core.jobs import job
from lago.organizations.email_about_key import email_about_key
from lago.organizations.request_password_reset import mail_password_reset


@job("organizations.mail_password_reset", queue=mail.QUEUE, lease_s=mail.LEASE_S)
def mail_reset(user_id: str) -> None:
    """Mails the user a link to choose a new password by."""
    mail_password_reset(uuid.UUID(user_id))


@job("organizations.email_about_key", queue=mail.QUEUE, lease_s=mail.LEASE_S)
def email_about_key_job(
    key_id: str, deed: str, cause_id: str, by: str | None = None, old_key_id: str | None = None
) -> None:
    """Tells all admins what became of a key."""
    email_about_key(uuid.UUID(key_id), deed, by, cause_id, uuid.UUID(old_key_id) if old_key_id else None)
