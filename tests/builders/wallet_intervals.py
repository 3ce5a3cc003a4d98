"""On which dates rules top up at intervals, day by day by the words of 05 §1.13."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from lago.core.db import db
from lago.wallets.models import RecurringTransactionRule, Wallet, WalletTransaction
from tests.builders.organizations import Account

DAY = timedelta(days=1)
MONTHS = {"monthly": 1, "quarterly": 3, "semiannual": 6, "yearly": 12}
Rule = RecurringTransactionRule


def wrong_dates(account: Account, now: datetime) -> list[str]:
    """The wallets of an account with one customer that were given credits by the interval on other dates than those
    that their rules name. Rules that fill up to a target are left out: they may give nothing."""
    db.session.expunge_all()
    wrong = []
    for wallet in db.session.scalars(select(Wallet).where(Wallet.organization_id == account.organization.id)):
        rules = db.session.scalars(select(Rule).where(Rule.wallet_id == wallet.id).order_by(Rule.seq)).all()
        fixed = [rule for rule in rules if rule.trigger == "interval" and rule.method == "fixed"]
        if all(rule in fixed for rule in rules if rule.trigger == "interval"):
            zone = ZoneInfo(wallet.customer.applicable_timezone)
            due, done = list(_due(wallet, fixed, zone, now)), _done(wallet, zone)
            if due != done:
                wrong.append(f"{wallet.code} was topped up on {done}, due {due}")
    return wrong


def _done(wallet: Wallet, zone: ZoneInfo) -> list[date]:
    row = WalletTransaction
    query = select(row.created_at).where(row.wallet_id == wallet.id, row.source == "interval")
    return sorted({moment.astimezone(zone).date() for moment in db.session.scalars(query)})


def _due(wallet: Wallet, rules: list[Rule], zone: ZoneInfo, now: datetime) -> Iterator[date]:
    """Each day on which one of the rules is served, the wallet's first day apart."""
    day = wallet.created_at.astimezone(zone).date() + DAY
    while datetime.combine(day, time(), zone).astimezone(UTC) <= now:
        if any(_is_served(rule, wallet, day, zone, now) for rule in rules):
            yield day
        day += DAY


def _is_served(rule: Rule, wallet: Wallet, day: date, zone: ZoneInfo, now: datetime) -> bool:
    """Whether it is of that day, and is there from some moment of the day on which it has begun."""
    reference = rule.started_at or wallet.created_at
    begins = max(datetime.combine(day, time(), zone).astimezone(UTC), rule.created_at, reference)
    over = datetime.combine(day + DAY, time(), zone).astimezone(UTC)
    ends = min([moment for moment in (rule.terminated_at, rule.expiration_at, wallet.terminated_at, over) if moment])
    return begins < ends and begins <= now and _is_of(rule.interval or "", reference.astimezone(zone).date(), day)


def _is_of(interval: str, reference: date, day: date) -> bool:
    """Whether it is a day of the interval: of the same weekday; or of the same day of the month, or its last one where
    that has no such day, and so many months away."""
    if day < reference:
        return False
    if interval == "weekly":
        return day.weekday() == reference.weekday()
    months = (day.year - reference.year) * 12 + day.month - reference.month
    is_last = (day + DAY).day == 1
    same_day = day.day == reference.day or (is_last and day.day < reference.day)
    return same_day and months % MONTHS[interval] == 0
