"""What a previewed invoice covers of a subscription that ends, or changes its plan (04 §11)."""

from datetime import datetime

from lago.core import clock
from lago.core.db import db
from lago.core.errors import Invalid
from lago.invoicing.billed_subscription import BilledSubscription
from lago.invoicing.change_lines import change_lines
from lago.invoicing.credit_notes.credit_unused_time import credit_unused_time
from lago.invoicing.downgrade import downgrade
from lago.invoicing.hand_over import hand_over
from lago.invoicing.history import histories, previous_ends
from lago.invoicing.preview.covered import Covered, as_of, end_of_period, plan_named
from lago.pricing.plan_changes import is_upgrade
from lago.pricing.windows import Situation, windows
from lago.subscriptions.create_successor import create_successor
from lago.subscriptions.models import Subscription
from lago.subscriptions.schedule import schedule
from lago.subscriptions.schemas import SubscriptionInput
from lago.subscriptions.successors import price_of
from lago.subscriptions.terms import terms_of, zone_of
from lago.subscriptions.update import default_termination_options, store_termination_options


def termination(subscription: Subscription, at: datetime | None) -> Covered:
    """The end at that time, or at its ending date."""
    moment = at or subscription.termination_due_at or subscription.ending_at or clock.now()
    with as_of(moment):
        store_termination_options(subscription, default_termination_options(subscription))
        subscription.status, subscription.terminated_at = "terminated", moment
        schedule(subscription)
        db.session.flush()
        note = credit_unused_time(subscription)
        history = histories([subscription.id])[subscription.id]
        covered = windows(
            terms_of(subscription), zone_of(subscription), Situation.TERMINATED, moment, subscription.started_at,
            moment, previous_ends(subscription, history),
        )
    line = BilledSubscription(subscription, covered, "subscription_terminating", history)
    return Covered([line], moment, recurring=False, note=note)


def plan_change(current: Subscription, code: str) -> Covered:
    """At once if the new plan costs as much or more in a year, else at the end of the period (03 §3.2)."""
    plan = plan_named(current.customer, code)
    if plan.id in (current.plan_id, current.plan.parent_id):
        raise Invalid({"base": ["new_plan_should_be_different_from_existing_plan"]})
    if plan.amount_currency != current.plan.amount_currency:
        raise Invalid({"base": ["subscription_currencies_does_not_match"]})
    successor = create_successor(current, plan, {}, SubscriptionInput().read({}))
    if not is_upgrade(price_of(current.plan), price_of(plan)):
        return _followed(current, successor)
    now = clock.now()
    store_termination_options(current, default_termination_options(current))
    hand_over(current, successor)
    note = credit_unused_time(current, upgraded=True)
    [lines, *_] = change_lines([(current, successor)], Situation.UPGRADED, now)
    return Covered(lines, now, new=successor, note=note)


def _followed(current: Subscription, successor: Subscription) -> Covered:
    """The end of the period, at which another plan follows."""
    timestamp = end_of_period(current, clock.now())
    with as_of(timestamp):
        [lines, *_] = downgrade([(current, successor)])
    return Covered(lines, timestamp, new=successor)
