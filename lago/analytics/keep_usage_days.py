"""Keeps the days of usage that are over, for as long as there are any, or as one may wait."""

import time
import uuid

from lago.analytics.begin_usage_days import begin_usage_days, usage_days_are_due
from lago.analytics.fill_usage_days import fill_usage_days
from lago.core import clock
from lago.core.db import db, transaction
from lago.core.outbox import enqueue_once


def keep_usage_days(organization_id: uuid.UUID | None = None, *, seconds: float) -> bool:
    """Keeps the days of one organization, or of all under real time; True if all are kept, False if it took too long.

    Opens transactions of its own, one for each batch: what is kept stays so, whatever happens after it.
    """
    until = time.monotonic() + seconds
    with transaction():
        begin_usage_days(organization_id)
    while time.monotonic() < until:
        db.session.expunge_all()
        with transaction():
            if not fill_usage_days(organization_id):
                return True
    return False


def ask_for_usage_days(organization_id: uuid.UUID) -> bool:
    """Has the days of an organization kept in the background, if any are to be: whether there are.

    Under real time new subscriptions are found by the hourly look alone, so that to ask costs one small query.
    """
    if clock.standing():
        begin_usage_days(organization_id)
    if not usage_days_are_due(organization_id):
        return False
    arguments = {"owner_id": str(organization_id)}
    keyed = {f"usage_days:{organization_id}": arguments}
    enqueue_once("analytics.keep_usage_days", keyed, organization_id=organization_id)
    return True
