"""What a previewed invoice covers, by the four kinds of previews (04 §11).

All of it runs in a savepoint: subscriptions are made, changed and ended as they really would be.
"""

from collections.abc import Sequence
from datetime import datetime

from lago.core import clock
from lago.core.db import db
from lago.core.errors import Invalid, NotFound
from lago.core.ids import new_id
from lago.customers.models import Customer
from lago.invoicing.billed_subscription import BilledSubscription
from lago.invoicing.downgrade import downgrade
from lago.invoicing.history import History, histories, previous_ends
from lago.invoicing.make import entity_of
from lago.invoicing.preview.changes import plan_change, termination
from lago.invoicing.preview.covered import Covered, as_of, end_of_period, plan_named
from lago.invoicing.preview.request import PreviewRequest
from lago.pricing.billing_periods import next_billing_day
from lago.pricing.local_time import local_date
from lago.pricing.windows import Situation, windows
from lago.subscriptions.create import activate
from lago.subscriptions.fixed_charge_units import start_units
from lago.subscriptions.models import Subscription
from lago.subscriptions.schedule import schedule
from lago.subscriptions.successors import next_subscription
from lago.subscriptions.terms import terms_of, zone_of


def cover(customer: Customer, exists: bool, wanted: PreviewRequest) -> Covered:
    """Raises NotFound and Invalid as 04 §11 says."""
    if not wanted.external_ids:
        return _proposal(customer, wanted)
    if not exists:
        raise Invalid({"customer": ["must_be_persisted"]})
    found = _subscriptions(customer, wanted.external_ids)
    if wanted.terminated_at or (len(found) == 1 and _ends_soon(found[0])):
        return termination(_only(found, "termination"), wanted.terminated_at)
    if wanted.new_plan_code:
        return plan_change(_only(found, "plan_change"), wanted.new_plan_code)
    if len(found) == 1 and found[0].status == "pending":
        return _start(found[0])
    return _projection(found)


def _proposal(customer: Customer, wanted: PreviewRequest) -> Covered:
    """One subscription that nobody has, on the plan that is asked for."""
    plan = plan_named(customer, wanted.plan_code)
    subscription = Subscription(
        organization_id=customer.organization_id, customer_id=customer.id, customer=customer, plan_id=plan.id,
        plan=plan, external_id=f"preview-{new_id()}", name="", billing_time=wanted.billing_time, status="pending",
        subscription_at=wanted.subscription_at, created_at=clock.now(), consolidate_invoice=True,
        billing_entity_id=wanted.entity.id if wanted.entity else None,
    )
    db.session.add(subscription)
    covered = _start(subscription, with_usage=False)
    return Covered(covered.lines, covered.timestamp, covered.recurring, subscription)


def _start(subscription: Subscription, *, with_usage: bool = True) -> Covered:
    """The first bill of one that has yet to begin: at its start in advance, else at the end of its first period."""
    at, zone = subscription.subscription_at, zone_of(subscription)
    with as_of(at):
        activate(subscription, at)
        schedule(subscription)
        db.session.flush()
        start_units(subscription)
    if subscription.plan.pay_in_advance:
        with as_of(at):
            lines = windows(terms_of(subscription), zone, Situation.ACTIVE, at, at)
        line = BilledSubscription(subscription, lines, "subscription_starting", History(), with_usage=False)
        return Covered([line], at, recurring=False)
    timestamp = end_of_period(subscription, at)
    with as_of(timestamp):
        line = _periodic(subscription, History(), timestamp, with_usage=with_usage)
    return Covered([line], timestamp)


def _projection(found: Sequence[Subscription]) -> Covered:
    """The next bill of running subscriptions together."""
    if any(one.status != "active" for one in found):
        raise NotFound("subscription")
    _check_together(found)
    timestamp = end_of_period(found[0], clock.now())
    lines: list[BilledSubscription] = []
    with as_of(timestamp):
        before = histories([one.id for one in found])
        for subscription in found:
            successor = next_subscription(subscription)
            if successor is not None and successor.status == "pending":
                lines += [line for group in downgrade([(subscription, successor)]) for line in group]
            else:
                lines.append(_periodic(subscription, before[subscription.id], timestamp))
    return Covered(lines, timestamp)


def _check_together(found: Sequence[Subscription]) -> None:
    """Raises Invalid for subscriptions that cannot be on one invoice."""
    values = {
        "subscription_currencies_does_not_match": {one.plan.amount_currency for one in found},
        "billing_periods_does_not_match": {end_of_period(one, clock.now()) for one in found},
        "subscription_billing_entities_do_not_match": {entity_of(one).id for one in found},
    }
    problems = [code for code, different in values.items() if len(different) > 1]
    if problems:
        raise Invalid({"base": problems[:1]})


def _periodic(
    subscription: Subscription, history: History, timestamp: datetime, *, with_usage: bool = True
) -> BilledSubscription:
    covered = windows(
        terms_of(subscription), zone_of(subscription), Situation.ACTIVE, timestamp, subscription.started_at,
        previous=previous_ends(subscription, history),
    )
    return BilledSubscription(subscription, covered, "subscription_periodic", history, with_usage=with_usage)


def _ends_soon(subscription: Subscription) -> bool:
    """Whether it has a date of its end, and that comes before its next bill or with it."""
    if subscription.ending_at is None or subscription.status != "active":
        return False
    zone = zone_of(subscription)
    billed_on = next_billing_day(terms_of(subscription), local_date(clock.now(), zone))
    return local_date(subscription.ending_at, zone) <= billed_on


def _subscriptions(customer: Customer, external_ids: Sequence[str]) -> list[Subscription]:
    """The active or pending ones of these external ids, in that order. Raises NotFound if one is missing."""
    query = db.select(Subscription).where(
        Subscription.customer_id == customer.id, Subscription.external_id.in_(external_ids),
        Subscription.status.in_(("active", "pending")),
    )
    rows = db.session.scalars(query.order_by(Subscription.status.desc(), Subscription.seq)).all()
    found = {row.external_id: row for row in rows}  # an active one comes after one that waits for its end
    if found.keys() != set(external_ids):
        raise NotFound("subscription")
    return [found[one] for one in external_ids]


def _only(found: Sequence[Subscription], kind: str) -> Subscription:
    if len(found) > 1:
        raise Invalid({"subscriptions": [f"only_one_subscription_allowed_for_{kind}"]})
    [subscription] = found
    if subscription.status != "active":
        raise NotFound("subscription")
    return subscription
