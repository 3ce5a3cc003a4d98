"""A change of a subscription, and what is billed where it makes one begin (03 §2.4)."""

from datetime import UTC, datetime
from typing import Any

from lago.core import clock
from lago.core.db import db, lock, unique
from lago.core.outbox import announce
from lago.invoicing.ask_refresh_after import ask_refresh_after
from lago.invoicing.override_subscription import override_subscription
from lago.invoicing.subscribe import bill_start
from lago.metering.watch_thresholds import watch_thresholds
from lago.subscriptions.create import activate
from lago.subscriptions.fixed_charge_units import start_units
from lago.subscriptions.models import Subscription
from lago.subscriptions.schedule import schedule
from lago.subscriptions.update import new_start, update_subscription
from lago.subscriptions.usage_thresholds import write_own_thresholds


def change(subscription: Subscription, values: dict[str, Any]) -> None:
    """Changes what `values` name, also of its plan for it alone; one that has not begun may get another start.

    Raises Invalid, NotAllowed, Forbidden, or NotFound for an unknown billing entity, and changes nothing.
    """
    lock(subscription.customer_id)
    db.session.refresh(subscription)  # it may have been billed or ended before the lock was given
    update_subscription(subscription, values)
    override_subscription(subscription, values.get("plan_overrides"))
    write_own_thresholds(subscription, values.get("usage_thresholds"))
    if start := new_start(subscription, values):
        _move_start(subscription, start)
    watch_thresholds([subscription])
    ask_refresh_after([subscription])


def _move_start(subscription: Subscription, start: datetime) -> None:
    """To a later UTC date, or today if there are rules; or begins at once at that time, and bills it if that is today
    (03 §2.4, §9)."""
    subscription.subscription_at = start
    day, today = start.astimezone(UTC).date(), clock.now().date()
    if day > today or (day == today and subscription.activation_rules):
        schedule(subscription)
        return
    subscription.activation_rules = []
    with unique("uq_subscriptions_active", "external_id"):
        activate(subscription, start)
        schedule(subscription)
    start_units(subscription)
    announce("subscription.started", subscription)
    if day == today:
        bill_start([subscription], start)
