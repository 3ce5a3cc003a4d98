"""Lines of the activity log are kept for 90 days."""

from datetime import timedelta

from sqlalchemy import delete, select

from lago.audit.models import ActivityLog
from lago.core import clock
from lago.core.db import db, transaction
from lago.core.ids import first_id_of

KEPT_FOR = timedelta(days=90)
BATCH = 5_000


def forget_old_activities() -> None:
    """Deletes older lines of all organizations, a transaction for each batch. Real time counts, which ids tell: in a
    sandbox whose clock stands in another year the log is as young as its lines are."""
    oldest = first_id_of(clock.real_now() - KEPT_FOR)
    batch = select(ActivityLog.id).where(ActivityLog.id < oldest).order_by(ActivityLog.id).limit(BATCH)
    gone = BATCH
    while gone == BATCH:
        with transaction():
            deleted = delete(ActivityLog).where(ActivityLog.id.in_(batch.scalar_subquery())).returning(ActivityLog.id)
            gone = len(db.session.scalars(deleted).all())
