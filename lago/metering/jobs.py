"""Background work of metering."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from lago.catalog.models import Plan
from lago.core import clock
from lago.core.db import db
from lago.core.jobs import job
from lago.metering.event_errors import report_event_errors
from lago.metering.watch import watch
from lago.metering.watch_balances import watch_balances
from lago.metering.watch_thresholds import watch_plan

_SETTLING = timedelta(minutes=5)
"""After the end of an hour: by then every request of that hour has stored its events (06 §7)."""


@job("metering.report_event_errors", queue="low")
def report_event_errors_job() -> None:
    with clock.at(clock.now() - _SETTLING):
        report_event_errors()


@job("metering.watch_plan")
def watch_subscriptions_of_plan(plan_id: str) -> None:
    """Has the subscriptions of a plan looked at after its usage thresholds have changed."""
    watch_plan(db.session.get_one(Plan, uuid.UUID(plan_id)))


@job("metering.watch_subscriptions")
def watch_subscriptions(owner_id: str, external_ids: Sequence[str]) -> None:
    """Has the thresholds of subscriptions looked at that have changed, or whose usage has, without an event."""
    watch(uuid.UUID(owner_id), external_ids, only_thresholds=True)


@job("metering.watch_balances")
def watch_balances_of_customers(owner_id: str, customer_ids: Sequence[str]) -> None:
    """Has the ongoing balances of customers refreshed after something else than an event has moved them."""
    watch_balances(uuid.UUID(owner_id), [uuid.UUID(identifier) for identifier in customer_ids])
