"""Rules that fill up wallets: how much, when, and whether yet (05 §1.13). Amounts in credits, dates are local ones."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from lago.pricing.billing_periods import DAY, Interval, Terms, next_billing_day
from lago.pricing.rounding import ceil5, divide, exact

ZERO = Decimal(0)

PATIENCE = timedelta(hours=1)
"""How long nothing is bought by itself after such a purchase has failed."""


@dataclass(frozen=True)
class TopUpRule:
    """What a rule asks for: fixed credits, or as many as are missing to `target`. `threshold`: None for intervals.

    `grants_target`: what is missing is given, not bought.
    """

    paid: Decimal = ZERO
    granted: Decimal = ZERO
    threshold: Decimal | None = None
    target: Decimal | None = None
    grants_target: bool = False
    ignores_limits: bool = False


@dataclass(frozen=True)
class Standing:
    """How a wallet stands: the ongoing balance, what is bought and not paid yet, and the least and the most that may be
    bought at once, None if there is no limit."""

    ongoing: Decimal
    pending: Decimal = ZERO
    least: Decimal | None = None
    most: Decimal | None = None


@dataclass(frozen=True)
class TopUp:
    """Credits to buy and to give; both may be 0."""

    paid: Decimal
    granted: Decimal


@exact
def top_up(rule: TopUpRule, wallet: Standing) -> TopUp:
    """How much a rule buys and gives, by its method and trigger."""
    if rule.target is not None:
        missing = max(ZERO, rule.target - wallet.ongoing)
        return TopUp(ZERO, missing) if rule.grants_target else TopUp(_at_least(missing, rule, wallet), ZERO)
    if rule.threshold is None or not rule.paid:
        return TopUp(rule.paid, rule.granted)
    gap = rule.threshold - wallet.ongoing - rule.granted - wallet.pending
    return TopUp(_above(gap, rule, wallet), rule.granted)


@exact
def is_reached(threshold: Decimal, wallet: Standing) -> bool:
    """Whether the balance has fallen to the threshold, also with what is bought and not paid yet."""
    return wallet.ongoing <= threshold and wallet.ongoing + wallet.pending <= threshold


@exact
def in_credits(cents: int | None, credit_cents: Decimal) -> Decimal | None:
    """A limit in cents as credits, of which one is worth `credit_cents`."""
    return None if cents is None else divide(Decimal(cents), credit_cents)


def waits(failed_at: datetime | None, settled_at: datetime | None, now: datetime) -> bool:
    """Whether nothing is to be bought by itself yet: the last attempt failed lately, and no purchase settled since."""
    if failed_at is None or now - failed_at >= PATIENCE:
        return False
    return settled_at is None or settled_at < failed_at


def next_top_up_day(interval: Interval, reference: date, after: date) -> date:
    """The first date later than `after` on which the interval is served: the reference date, or one of the same
    weekday, day of the month (the last one of shorter months) or of the year."""
    terms = Terms(interval, "anniversary", reference, pay_in_advance=False)
    return next_billing_day(terms, max(after, reference - DAY))


def _at_least(missing: Decimal, rule: TopUpRule, wallet: Standing) -> Decimal:
    """Raised to the least that may be bought; the most never counts for a target."""
    if not missing or rule.ignores_limits or wallet.least is None:
        return missing
    return max(missing, ceil5(wallet.least))


def _above(gap: Decimal, rule: TopUpRule, wallet: Standing) -> Decimal:
    """As many times the fixed credits as bring the balance above the threshold."""
    if gap < rule.paid:
        return rule.paid
    bought = rule.paid * (gap // rule.paid + 1)
    return bought if rule.ignores_limits or wallet.most is None else min(bought, wallet.most)
