"""Subscription fees: whether a line of an invoice carries one, and which (03 §5.3, §5.4)."""

from datetime import UTC, date
from decimal import Decimal

from lago.invoicing.billed_subscription import BilledSubscription
from lago.invoicing.fee_columns import shown_windows
from lago.invoicing.models import Fee
from lago.pricing.billing_periods import is_first_month, period_containing
from lago.pricing.fees import major_units
from lago.pricing.local_time import local_date
from lago.pricing.subscription_fee import SubscriptionFeeFacts, subscription_fee
from lago.pricing.windows import MOST_BETWEEN_ZONES
from lago.subscriptions.models import Subscription
from lago.subscriptions.trial import is_in_trial, trial_ends_on, trial_of


def subscription_fee_is_due(billed: BilledSubscription) -> bool:
    """Whether the line carries the subscription fee (03 §5.4)."""
    subscription, windows = billed.subscription, billed.windows
    in_advance = subscription.plan.pay_in_advance
    day = local_date(windows.timestamp, billed.zone)
    if in_advance and _is_paid_today(billed, day):
        return False
    if billed.has_ended if in_advance else billed.reason == "subscription_starting":
        return False  # a plan in arrears has a starting line for fixed charges in advance only
    if is_in_trial(subscription, windows.timestamp) and not trial_ends_on(subscription, day, billed.zone):
        return False
    return not billed.terms.is_split or split_fee_is_due(billed)


def _is_paid_today(billed: BilledSubscription, day: date) -> bool:
    """Whether a fee for the same period was made on that day, taken as one in UTC.

    The reference asks for the day alone; so a start on the last day of a period would pay the next period too, if in
    UTC that is the next day already. A change of the customer's zone moves the end of a period by some hours.
    """
    made_at, paid_to, ends = billed.history.last_fee_at, billed.history.last_fee_to, billed.windows.to_datetime
    if made_at is None or paid_to is None or ends is None or made_at.astimezone(UTC).date() != day:
        return False
    return abs(paid_to - ends) < MOST_BETWEEN_ZONES


def split_fee_is_due(billed: BilledSubscription) -> bool:
    """Longer periods with monthly parts: the fee is on the invoice of the first month only (03 §5.4-2)."""
    subscription = billed.subscription
    terms = billed.terms
    day = local_date(billed.windows.timestamp, billed.zone)
    first_month = is_first_month(terms, day)
    if not terms.pay_in_advance:
        return first_month or billed.has_ended
    if is_backdated(subscription):
        return first_month and period_containing(terms, day).first > period_containing(terms, terms.anchor).first
    return first_month or billed.history.last_fee_at is None


def is_backdated(subscription: Subscription) -> bool:
    """Whether it started on an earlier UTC date than it was created."""
    started_at = subscription.started_at
    return started_at is not None and started_at.astimezone(UTC).date() < subscription.created_at.astimezone(UTC).date()


def make_subscription_fee(billed: BilledSubscription) -> Fee:
    """The subscription fee of a line that carries one, without taxes."""
    subscription, plan = billed.subscription, billed.subscription.plan
    price = subscription_fee(_facts(billed))
    return Fee(
        organization_id=subscription.organization_id, subscription_id=subscription.id, subscription=subscription,
        fee_type="subscription", currency=plan.amount_currency, units=Decimal(1),
        amount_cents=price.amount_cents, precise_amount_cents=price.precise_amount_cents,
        unit_amount_cents=price.amount_cents, precise_unit_amount=major_units(price.amount_cents, plan.amount_currency),
        pay_in_advance=plan.pay_in_advance, amount_details={"plan_amount_cents": plan.amount_cents}, grouped_by={},
        properties={**shown_windows(billed.windows), "rule": price.rule, "days": price.days, "length": price.length},
    )


def _facts(billed: BilledSubscription) -> SubscriptionFeeFacts:
    subscription, windows, neighbours = billed.subscription, billed.windows, billed.history.neighbours
    if not (windows.from_datetime and windows.to_datetime and windows.periods and subscription.started_at):
        raise ValueError(f"subscription {subscription.id} has not started")
    return SubscriptionFeeFacts(
        amount_cents=subscription.plan.amount_cents,
        terms=billed.terms,
        zone=billed.zone,
        timestamp=windows.timestamp,
        from_datetime=windows.from_datetime,
        to_datetime=windows.to_datetime,
        window_start=windows.periods.subscription.first,
        started_at=subscription.started_at,
        is_terminated=subscription.status == "terminated",
        was_upgraded=billed.was_upgraded,
        has_successor=neighbours.next is not None,
        has_predecessor=subscription.previous_subscription_id is not None,
        follows_upgrade=neighbours.follows_upgrade(subscription),
        is_first_invoice=billed.history.latest is None,
        billed_before=billed.history.last_fee_at is not None,
        backdated=is_backdated(subscription),
        trial=trial_of(subscription),
    )
