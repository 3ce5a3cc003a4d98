"""Which days the subscription fees of an organization charge, and which time its usage is billed for.

Read from the database as it lies there, and compared with the rules of 03 §5, written down here once more.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from lago.core.db import db
from lago.invoicing.models import CreditNoteItem, Fee, InvoiceSubscription
from lago.pricing.billing_periods import Terms, is_billing_day, period_containing
from lago.pricing.local_time import dawn, local_date
from lago.subscriptions.models import Subscription
from lago.subscriptions.terms import terms_of, zone_of
from lago.subscriptions.trial import trial_of
from tests.builders.documents import rows
from tests.builders.organizations import Account

DAY = timedelta(days=1)


def wrong_days(account: Account, now: datetime) -> Iterator[str]:
    """What is charged twice, or not at all, or not lived."""
    for subscription in rows(account, Subscription, Subscription.started_at.is_not(None)):
        charged = +_charged(subscription)
        expected = _expected(subscription, charged, now)
        wrong = {day: charged[day] for day in charged if charged[day] != 1}
        missed, unlived = sorted(expected - set(charged)), sorted(set(charged) - expected)
        if wrong or missed or unlived:
            yield f"{_told(subscription)}: twice {wrong}, missed {_ends(missed)}, not lived {_ends(unlived)}"


def _told(subscription: Subscription) -> str:
    plan = subscription.plan
    return (
        f"{subscription.external_id} {subscription.billing_time} {plan.interval} advance={plan.pay_in_advance}"
        f" monthly={plan.bill_charges_monthly}/{plan.bill_fixed_charges_monthly} trial={plan.trial_period}"
        f" {subscription.started_at} to {subscription.terminated_at} made {subscription.created_at}"
        f" options {subscription.on_termination_credit_note}/{subscription.on_termination_invoice}"
    )


def _ends(days: Sequence[date]) -> str:
    return f"{days[0]}..{days[-1]} ({len(days)})" if days else "none"


def _charged(subscription: Subscription) -> Counter[date]:
    """How often each day is charged, without what was given back."""
    charged: Counter[date] = Counter()
    for fee in _fees(subscription):
        charged.update(_days_of(fee, subscription))
        for item in db.session.scalars(select(CreditNoteItem).where(CreditNoteItem.fee_id == fee.id)):
            charged.subtract(_given_back(item, fee, subscription))
    return charged


def _fees(subscription: Subscription) -> Sequence[Fee]:
    query = select(Fee).where(
        Fee.subscription_id == subscription.id, Fee.fee_type == "subscription", Fee.deleted_at.is_(None)
    )
    return db.session.scalars(query.order_by(Fee.seq)).all()


def _days_of(fee: Fee, subscription: Subscription) -> Iterator[date]:
    """The last of the window, as many as the fee is for; without that of an upgrade."""
    told, zone = fee.properties, zone_of(subscription)
    first, last = (local_date(datetime.fromisoformat(told[f"{end}_datetime"]), zone) for end in ("from", "to"))
    if told["days"] is None:
        return days_between(first, last)
    days = told["days"] + _hours_cut_off(told, subscription)
    if told["rule"] == "closing" and _was_upgraded(subscription):
        last -= DAY
    return days_between(last - DAY * (days - 1), last)


def _hours_cut_off(told: Mapping[str, Any], subscription: Subscription) -> int:
    """1 where days are counted from the hour of the trial's end, and the hour of the last day is an earlier one: 24
    hours are a day then, and not dates (03 §5.2)."""
    trial, zone = trial_of(subscription), zone_of(subscription)
    starts, ends = (datetime.fromisoformat(told[f"{end}_datetime"]) for end in ("from", "to"))
    if trial is None or not told["days"] or not starts < trial.ends_at < ends:
        return 0
    return int(ends.astimezone(zone).time() < trial.ends_at.astimezone(zone).time())


def _given_back(item: CreditNoteItem, fee: Fee, subscription: Subscription) -> Iterator[date]:
    """The last days of the period, as many as the amount is the price of."""
    assert subscription.terminated_at
    zone = zone_of(subscription)
    period = period_containing(terms_of(subscription), local_date(subscription.terminated_at, zone))
    price = Decimal(fee.amount_details["plan_amount_cents"]) / period.days
    count = int((item.precise_amount_cents / price).to_integral_value())
    return days_between(period.last - DAY * (count - 1), period.last)


def _expected(subscription: Subscription, charged: Counter[date], now: datetime) -> set[date]:
    first, last = _first_day(subscription, charged), _last_day(subscription, charged, now)
    return set(days_between(first, last)) if last else set()


def _first_day(subscription: Subscription, charged: Counter[date]) -> date:
    """That of the start, or of the end of the trial; dated back, the first one that was ever charged, which is at
    the latest the first of the period after the creation."""
    zone, terms = zone_of(subscription), terms_of(subscription)
    first, made = local_date(subscription.started_at, zone), local_date(subscription.created_at, zone)
    trial = trial_of(subscription)
    if subscription.started_at.astimezone(UTC).date() < subscription.created_at.astimezone(UTC).date():
        latest = period_containing(terms, made).last + DAY
        return min(latest, min(charged, default=latest))
    return max(first, local_date(trial.ends_at, zone)) if trial else first


def _last_day(subscription: Subscription, charged: Counter[date], now: datetime) -> date | None:
    zone, terms = zone_of(subscription), terms_of(subscription)
    if subscription.terminated_at is None:
        today = local_date(now, zone)
        in_trial = (trial := trial_of(subscription)) is not None and local_date(trial.ends_at, zone) > today
        if subscription.plan.pay_in_advance:
            return None if in_trial else period_containing(terms, today).last if charged else None
        return period_containing(terms, today).first - DAY
    last = _last_lived(subscription, terms, zone)
    if subscription.plan.pay_in_advance:
        given_up = subscription.on_termination_credit_note == "skip"
        return max([last, *charged]) if given_up else last
    skipped = subscription.on_termination_invoice == "skip" and not _follows(subscription)
    return period_containing(terms, last).first - DAY if skipped else last


def _last_lived(subscription: Subscription, terms: Terms, zone: ZoneInfo) -> date:
    """The day of the end is used; that of a change of plan is the next plan's; that of an ending date which is a
    billing day is free."""
    assert subscription.terminated_at and subscription.started_at
    day = local_date(subscription.terminated_at, zone)
    at_dawn = subscription.terminated_at == dawn(day, zone) and local_date(subscription.started_at, zone) < day
    closes = period_containing(terms, day).first == day or (
        is_billing_day(terms, day) and not subscription.plan.pay_in_advance
    )
    ended_first = at_dawn and closes and subscription.last_billed_on != day
    return day - DAY if ended_first or _follows(subscription) else day


def _follows(subscription: Subscription) -> Subscription | None:
    query = select(Subscription).where(
        Subscription.previous_subscription_id == subscription.id, Subscription.started_at.is_not(None)
    )
    return db.session.scalar(query)


def _was_upgraded(subscription: Subscription) -> bool:
    following = _follows(subscription)
    return following is not None and _yearly(following) >= _yearly(subscription)


def _yearly(subscription: Subscription) -> int:
    times = {"weekly": 52, "monthly": 12, "quarterly": 4, "semiannual": 2, "yearly": 1}
    return subscription.plan.amount_cents * times[subscription.plan.interval]


def wrong_usage(account: Account) -> Iterator[str]:
    """Where the windows of usage and of fixed charges have gaps or overlap, of subscriptions that were billed to their
    end."""
    for subscription in rows(account, Subscription, Subscription.started_at.is_not(None)):
        query = select(InvoiceSubscription).where(
            InvoiceSubscription.subscription_id == subscription.id,
            InvoiceSubscription.invoicing_reason.not_in(["in_advance_charge", "subscription_starting"]),
        )
        lines = db.session.scalars(query.order_by(InvoiceSubscription.seq)).all()
        for kind in ("charges", "fixed_charges"):
            windows = [
                (getattr(line, f"{kind}_from_datetime"), getattr(line, f"{kind}_to_datetime")) for line in lines
            ]
            filled = [bounds for bounds in windows if bounds[0] and bounds[0] < bounds[1]]
            gaps = [
                (before, after) for (_, before), (after, _) in pairwise(filled)
                if after - before > timedelta(microseconds=1) or after < before
            ]
            dated_back = subscription.started_at < subscription.created_at - DAY
            if gaps or (filled and not dated_back and filled[0][0] != subscription.started_at):
                yield f"{_told(subscription)}: {kind} {gaps} of {windows}"


def days_between(first: date, last: date) -> Iterator[date]:
    """Both included; none if the last one comes before the first."""
    return (first + DAY * count for count in range((last - first).days + 1))
