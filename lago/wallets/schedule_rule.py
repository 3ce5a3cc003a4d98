"""When a rule tops up next (05 §1.13, 06 §7). The only place that computes this moment."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import select

from lago.core import clock
from lago.core.db import db
from lago.pricing.billing_periods import DAY, Interval
from lago.pricing.local_time import dawn, local_date
from lago.pricing.top_up_rules import next_top_up_day
from lago.wallets.models import RecurringTransactionRule, Wallet, WalletTransaction


def schedule_rule(rule: RecurringTransactionRule, *, served: date | None = None) -> None:
    """Sets `top_up_due_at` of a stored rule: 00:00 of the next local date on which its interval is served; null where
    it has none, or where it or its wallet is not active. To be called after every change that may move it, of its
    customer's zone too. `served`: the date that has just been served, though it may have given nothing.
    """
    wallet = db.session.get_one(Wallet, rule.wallet_id)
    due = _due(rule, wallet, served) if _tops_up(rule, wallet) else None
    rule.top_up_due_at = None if due is None or (rule.expiration_at and due >= rule.expiration_at) else due


def today_of(rule: RecurringTransactionRule, wallet: Wallet) -> date | None:
    """The local date of now, if the rule is yet to be served on it."""
    today = local_date(clock.now(), _zone(wallet))
    return today if _next_day(rule, wallet, today - DAY) == today and _tops_up(rule, wallet) else None


def reference_of(rule: RecurringTransactionRule, wallet: Wallet) -> datetime:
    """From when on it tops up, and on which days."""
    return rule.started_at or wallet.created_at


def _tops_up(rule: RecurringTransactionRule, wallet: Wallet) -> bool:
    return rule.trigger == "interval" and rule.status == "active" and wallet.status == "active"


def _due(rule: RecurringTransactionRule, wallet: Wallet, served: date | None) -> datetime:
    """Where the day has begun already: now; but what is late keeps the moment at which it fell due."""
    now, before, zone = clock.now(), rule.top_up_due_at, _zone(wallet)
    earliest = local_date(min(now, before or now), zone)
    day = _next_day(rule, wallet, max(earliest - DAY, served or date.min))
    due = max(dawn(day, zone), reference_of(rule, wallet))
    return due if due > now else min(before or now, now)


def _next_day(rule: RecurringTransactionRule, wallet: Wallet, after: date) -> date:
    """The first day later than `after` on which it is served: not the day on which the wallet was created, nor one on
    which an interval has topped it up already."""
    zone = _zone(wallet)
    reference = local_date(reference_of(rule, wallet), zone)
    settled = max(after, *(local_date(moment, zone) for moment in _settled(wallet)))
    return next_top_up_day(cast(Interval, rule.interval), reference, settled)


def _settled(wallet: Wallet) -> Iterator[datetime]:
    yield wallet.created_at
    last = (
        select(WalletTransaction.created_at)
        .where(
            WalletTransaction.wallet_id == wallet.id, WalletTransaction.source == "interval",
            WalletTransaction.transaction_type == "inbound",
        )
        .order_by(WalletTransaction.created_at.desc())
    )
    if (moment := db.session.scalars(last.limit(1)).first()) is not None:
        yield moment


def _zone(wallet: Wallet) -> ZoneInfo:
    return ZoneInfo(wallet.customer.applicable_timezone)
