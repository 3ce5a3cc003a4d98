"""Waiting for one's turn with a customer."""

import uuid

from lago.core import clock
from lago.core.db import db, lock
from lago.organizations.models import Organization


def hold(customer_id: uuid.UUID, organization: Organization) -> None:
    """Takes the customer's lock for what a client asks, and goes on as of the moment at which it was given.

    What was done while it was waited for is then in the past: else an upgrade that is asked for just before midnight,
    and is given the lock after the bill of the next period was made, would end a plan that is paid for a month more.
    """
    lock(customer_id)
    db.session.refresh(organization, ["clock_now"])
    clock.renew(organization.clock_now)
