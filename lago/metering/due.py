"""What falls due of metering under a sandbox clock: the look at the events of a clock hour when it ends (06 §7).

It is an organization's own work, so the organization takes the customer's place. Under real time one job looks at all
organizations together.
"""

import uuid
from collections.abc import Sequence

from sqlalchemy import case, func, select, true

from lago.core.due import DueQuery, due_kind
from lago.metering.event_errors import HOUR, RUNNING, report_event_errors
from lago.metering.models import Event, EventCheck
from lago.organizations.models import Organization


def _hours_with_events() -> DueQuery:
    """The end of the hour of the first event that nobody has looked at. One that is stamped long after the hour in
    which its organization's clock stands was stored before that clock was moved back: it is due at once."""
    first = (
        select(Event.created_at)
        .where(Event.organization_id == Organization.id, Event.seq > func.coalesce(EventCheck.checked_seq, 0))
        .order_by(Event.seq)
        .limit(1)
        .lateral("first")
    )
    ends = _hour_of(first.c.created_at) + HOUR
    due = case((ends > _hour_of(Organization.clock_now) + RUNNING, Organization.clock_now), else_=ends)
    return (
        select(
            Organization.id.label("organization_id"), Organization.id.label("customer_id"), due.label("due_at")
        )
        .outerjoin(EventCheck, EventCheck.organization_id == Organization.id)
        .join(first, true())
        .where(Organization.clock_now.is_not(None))
    )


def _hour_of(moment):  # type: ignore[no-untyped-def]
    return func.date_trunc("hour", moment, "UTC")


@due_kind("metering.report_event_errors", rank=25, query=_hours_with_events)
def report(organization_ids: Sequence[uuid.UUID]) -> None:
    for organization_id in organization_ids:  # one: under a sandbox clock organizations are not taken together
        report_event_errors(organization_id)
