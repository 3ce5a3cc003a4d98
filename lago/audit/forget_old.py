"""API and security logs are kept for 90 days (06 §6; of API logs our choice)."""

from datetime import timedelta

from sqlalchemy import delete

from lago.audit.models import ApiLog, SecurityLog
from lago.core import clock
from lago.core.db import db

KEPT_FOR = timedelta(days=90)


def forget_old() -> None:
    """Deletes older lines of all organizations. Real time counts, in sandboxes too."""
    oldest = clock.real_now() - KEPT_FOR
    for model in (ApiLog, SecurityLog):
        db.session.execute(delete(model).where(model.created_at < oldest))
