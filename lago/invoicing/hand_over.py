"""One subscription ends and the next one begins, at the same instant (03 §3.3, §3.4)."""

from sqlalchemy import update

from lago.core import clock
from lago.core.db import db
from lago.invoicing.ask_refresh_after import ask_refresh_after
from lago.metering.models import LifetimeUsage
from lago.metering.watch_thresholds import watch_thresholds
from lago.subscriptions.create import activate
from lago.subscriptions.fixed_charge_units import start_units
from lago.subscriptions.models import Subscription
from lago.subscriptions.schedule import schedule


def hand_over(current: Subscription, successor: Subscription) -> None:
    """Ends `current` now and puts `successor`, which is pending, into service. Nothing is billed and nobody told.

    Their customer is locked.
    """
    now = clock.now()
    current.status = "terminated"
    current.terminated_at = now
    schedule(current)
    db.session.flush()  # of one external id only one may be active, at any time
    activate(successor, now)
    schedule(successor)
    start_units(successor)
    _hand_on_lifetime_usage(current, successor)
    watch_thresholds([successor])
    ask_refresh_after([successor])


def _hand_on_lifetime_usage(current: Subscription, successor: Subscription) -> None:
    """The record of what was used is the successor's from now on (03 §7.1)."""
    its = LifetimeUsage.subscription_id == current.id
    db.session.execute(update(LifetimeUsage).where(its).values(subscription_id=successor.id))
