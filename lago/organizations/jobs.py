"""Background work of organizations: mail to their users."""

import uuid

from lago.core import mail
from lago.core.jobs import job
from lago.organizations.request_password_reset import MAIL_JOB, mail_password_reset


@job(MAIL_JOB, queue=mail.QUEUE, lease_s=mail.LEASE_S)
def mail_reset(user_id: str) -> None:
    """Mails the user a link to choose a new password by."""
    mail_password_reset(uuid.UUID(user_id))
