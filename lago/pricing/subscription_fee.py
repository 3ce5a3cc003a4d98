"""The amount of a subscription fee: which rule applies, and which days it charges (03 §5.3)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from lago.pricing.billing_periods import Terms, period_containing, reference_date_back
from lago.pricing.local_time import dawn, local_date
from lago.pricing.proration import days, days_for_upgrade, prorate


class FeeRule(StrEnum):
    """The cases A to D of 03 §5.3."""

    CLOSING = "closing"
    AFTER_UPGRADE = "after_upgrade"
    FULL = "full"
    FIRST = "first"


@dataclass(frozen=True)
class Trial:
    """When a trial ends: the instant (TE), and the UTC date (TD) of 03 §5.5."""

    ends_at: datetime
    end_date: date


@dataclass(frozen=True)
class SubscriptionFeeFacts:
    """What decides a subscription fee.

    `from_datetime` and `to_datetime` are the window of the line at `timestamp`, `window_start` is its first local date
    before clamping. `backdated`: started on an earlier UTC date than it was created. `billed_before`: a subscription
    fee of it was created before this invoice.
    """

    amount_cents: int
    terms: Terms
    zone: ZoneInfo
    timestamp: datetime
    from_datetime: datetime
    to_datetime: datetime
    window_start: date
    started_at: datetime
    is_terminated: bool = False
    was_upgraded: bool = False
    has_successor: bool = False
    has_predecessor: bool = False
    follows_upgrade: bool = False
    is_first_invoice: bool = False
    billed_before: bool = False
    backdated: bool = False
    trial: Trial | None = None


@dataclass(frozen=True)
class SubscriptionFee:
    """The amount, and how it came to be: `days` times `day_price`, or the plan's whole amount if `days` is None.

    `length` is in days of the whole period, `charged_from` the start of the charged time, None if the trial covers it.
    """

    rule: FeeRule
    days: int | None
    length: int
    day_price: Decimal
    amount_cents: int
    precise_amount_cents: Decimal
    charged_from: datetime | None


def subscription_fee(facts: SubscriptionFeeFacts) -> SubscriptionFee:
    """The subscription fee of one invoice line, supposed that one is made (03 §5.3)."""
    rule = fee_rule(facts)
    start = _charged_from(facts, rule)
    length = period_containing(facts.terms, _reference_date(facts, rule, start)).days
    if rule == FeeRule.FULL and start == facts.from_datetime:
        amount, day_price = facts.amount_cents, prorate(facts.amount_cents, length, length).day_price
        return SubscriptionFee(rule, None, length, day_price, amount, Decimal(amount), start)
    fee = prorate(facts.amount_cents, _charged_days(facts, rule, start), length)
    return SubscriptionFee(rule, fee.days, length, fee.day_price, fee.amount_cents, fee.precise_amount_cents, start)


def fee_rule(facts: SubscriptionFeeFacts) -> FeeRule:
    """The first of the cases A, B, C, D of 03 §5.3 that applies."""
    ends_here = facts.was_upgraded or not facts.has_successor
    if facts.is_terminated and not facts.terms.pay_in_advance and ends_here:
        return FeeRule.CLOSING
    if facts.follows_upgrade and facts.is_first_invoice:
        return FeeRule.AFTER_UPGRADE
    return FeeRule.FULL if _is_full(facts) else FeeRule.FIRST


def _is_full(facts: SubscriptionFeeFacts) -> bool:
    terms = facts.terms
    opens_anniversary = terms.pay_in_advance and terms.billing_time == "anniversary" and not facts.has_predecessor
    return opens_anniversary or facts.billed_before or (facts.backdated and _began_before_this_bill(facts))


def _began_before_this_bill(facts: SubscriptionFeeFacts) -> bool:
    """Whether a backdated subscription is past its first bill: always in advance, else if it began before P(b)."""
    back = reference_date_back(facts.terms, local_date(facts.timestamp, facts.zone))
    first = period_containing(facts.terms, back).first
    return facts.terms.pay_in_advance or facts.started_at < dawn(first, facts.zone)


def _charged_from(facts: SubscriptionFeeFacts, rule: FeeRule) -> datetime | None:
    """The start of the window, or the end of a trial within it; None if the trial covers it."""
    if facts.trial is None:
        return facts.from_datetime
    tested = datetime.combine(facts.trial.end_date, time(), UTC) if rule == FeeRule.FIRST else facts.trial.ends_at
    if tested >= facts.to_datetime:
        return None
    return facts.trial.ends_at if tested > facts.from_datetime else facts.from_datetime


def _reference_date(facts: SubscriptionFeeFacts, rule: FeeRule, start: datetime | None) -> date:
    """A date of the period whose length divides the amount (r of 03 §5.1)."""
    if rule == FeeRule.CLOSING:
        return local_date(start or facts.from_datetime, facts.zone)
    return local_date(facts.from_datetime, facts.zone) if rule == FeeRule.FULL else facts.window_start


def _charged_days(facts: SubscriptionFeeFacts, rule: FeeRule, start: datetime | None) -> int:
    if start is None:
        return 0
    count = days_for_upgrade if rule == FeeRule.CLOSING and facts.was_upgraded else days
    return count(start, facts.to_datetime, facts.zone)
