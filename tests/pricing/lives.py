"""The life of a subscription by the pure rules alone: which lines it is billed by, and which days they charge.

It is driven as billing drives it (03 §3.3, §3.4, §4.4, §6): at each billing day a line; an upgrade ends and begins at
once, a downgrade with the period; an end at the very beginning of a billing day comes before its bill.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from lago.pricing.billing_periods import Terms, is_first_month, next_billing_day, period_containing
from lago.pricing.local_time import dawn, local_date
from lago.pricing.subscription_fee import SubscriptionFeeFacts, subscription_fee
from lago.pricing.unused_time import UnusedTime
from lago.pricing.values import Windows
from lago.pricing.windows import Situation, windows, windows_of_closed_period

DAY = timedelta(days=1)
Bounds = tuple[datetime | None, datetime | None]


@dataclass(frozen=True)
class Change:
    """At `moment` the subscription is to have other terms: at once, or from its next period on."""

    moment: datetime
    terms: Terms
    at_once: bool


@dataclass
class Life:
    """What was billed so far. `charged`: how often each day; `usage`, `fixed`: the windows, in order."""

    zone: ZoneInfo
    terms: Terms
    started_at: datetime
    created_at: datetime
    follows_upgrade: bool = False
    has_predecessor: bool = False
    fees: int = 0
    lines: int = 0
    waiting: Terms | None = None
    billed_on: date = date.min
    paid_ahead: date | None = None
    charged: Counter[date] = field(default_factory=Counter)
    usage: list[Bounds] = field(default_factory=list)
    fixed: list[Bounds] = field(default_factory=list)


def live(life: Life, changes: Sequence[Change], ends_at: datetime) -> Life:
    """Lives until the end, through the changes in order of time; the life as it is then."""
    if not _is_backdated(life):
        _start(life)
    for change in changes:
        _bill_until(life, change.moment + timedelta(microseconds=1))
        if change.at_once:
            _upgrade(life, change)
        else:
            life.waiting = change.terms
    _bill_until(life, ends_at)
    _end(life, ends_at)
    return life


def days_between(first: date, last: date) -> Iterator[date]:
    """Both included."""
    return (first + DAY * count for count in range((last - first).days + 1))


def _is_backdated(life: Life) -> bool:
    return life.started_at.astimezone(UTC).date() < life.created_at.astimezone(UTC).date()


def _start(life: Life) -> None:
    if life.terms.pay_in_advance:
        _line(life, Situation.ACTIVE, life.started_at)


def _bill_until(life: Life, until: datetime) -> None:
    """Does what falls due before that moment."""
    while (moment := _next_bill(life)) < until:
        day = local_date(moment, life.zone)
        if life.waiting and period_containing(life.terms, day).first == day:
            _downgrade(life, moment)
        else:
            _line(life, Situation.ACTIVE, moment)
        life.billed_on = day


def _next_bill(life: Life) -> datetime:
    created_on = [life.created_at.astimezone(place).date() - DAY for place in (UTC, life.zone)]
    settled = max(life.billed_on, local_date(life.started_at, life.zone), *created_on)
    return max(dawn(next_billing_day(life.terms, settled), life.zone), life.created_at)


def _upgrade(life: Life, change: Change) -> None:
    _line(life, Situation.UPGRADED, change.moment, ended=True, upgraded=True)
    _give_back(life, change.moment, upgraded=True)
    _succeed(life, change.terms, change.moment, follows_upgrade=True)


def _downgrade(life: Life, moment: datetime) -> None:
    assert life.waiting
    _line(life, Situation.DOWNGRADED, moment, ended=True, succeeded=True)
    _succeed(life, life.waiting, moment, follows_upgrade=False)


def _succeed(life: Life, terms: Terms, moment: datetime, *, follows_upgrade: bool) -> None:
    life.terms, life.started_at, life.created_at, life.waiting = terms, moment, moment, None
    life.follows_upgrade, life.has_predecessor, life.fees, life.lines = follows_upgrade, True, 0, 0
    _start(life)


def _end(life: Life, moment: datetime) -> None:
    _line(life, Situation.TERMINATED, moment, ended=True)
    _give_back(life, moment, upgraded=False)


def _line(
    life: Life, situation: Situation, moment: datetime, *, ended: bool = False, upgraded: bool = False,
    succeeded: bool = False,
) -> None:
    covered = _windows(life, situation, moment, ended)
    if _has_fee(life, covered, ended):
        _charge(life, covered, ended, upgraded, succeeded)
    life.lines += 1
    life.usage.append((covered.charges_from_datetime, covered.charges_to_datetime))
    life.fixed.append((covered.fixed_charges_from_datetime, covered.fixed_charges_to_datetime))


def _windows(life: Life, situation: Situation, moment: datetime, ended: bool) -> Windows:
    if situation == Situation.TERMINATED:
        closed = windows_of_closed_period(life.terms, life.zone, moment, life.started_at)
        if closed and life.billed_on != local_date(moment, life.zone):
            return closed
    return windows(life.terms, life.zone, situation, moment, life.started_at, moment if ended else None)


def _has_fee(life: Life, covered: Windows, ended: bool) -> bool:
    """03 §5.4: with longer periods that are billed by the month, the fee is on the first month's bill."""
    terms, day = life.terms, local_date(covered.timestamp, life.zone)
    if terms.pay_in_advance and ended:
        return False
    if not terms.is_split or (ended and not terms.pay_in_advance):
        return True
    first_month = is_first_month(terms, day)
    if terms.pay_in_advance and _is_backdated(life):
        return first_month and period_containing(terms, day).first > period_containing(terms, terms.anchor).first
    return first_month or (terms.pay_in_advance and not life.fees)


def _charge(life: Life, covered: Windows, ended: bool, upgraded: bool, succeeded: bool) -> None:
    assert covered.from_datetime and covered.to_datetime and covered.periods
    fee = subscription_fee(SubscriptionFeeFacts(
        amount_cents=1000, terms=life.terms, zone=life.zone, timestamp=covered.timestamp,
        from_datetime=covered.from_datetime, to_datetime=covered.to_datetime,
        window_start=covered.periods.subscription.first, started_at=life.started_at, is_terminated=ended,
        was_upgraded=upgraded, has_successor=upgraded or succeeded, has_predecessor=life.has_predecessor,
        follows_upgrade=life.follows_upgrade, is_first_invoice=life.lines == 0, billed_before=life.fees > 0,
        backdated=_is_backdated(life),
    ))
    assert fee.charged_from
    first = local_date(fee.charged_from, life.zone)
    count = fee.length if fee.days is None else fee.days
    life.fees += 1
    life.charged.update(days_between(first, first + DAY * (count - 1)))
    life.paid_ahead = first + DAY * (count - 1) if life.terms.pay_in_advance else None


def _give_back(life: Life, moment: datetime, *, upgraded: bool) -> None:
    """What is credited of a period that was paid in advance (03 §6.3)."""
    today = local_date(moment, life.zone)
    if life.paid_ahead is None or not life.fees or life.paid_ahead < today:
        return
    period = period_containing(life.terms, today)
    unused = UnusedTime(1000, period, max(period.first, local_date(life.started_at, life.zone)), today, upgraded)
    life.charged.subtract(days_between(period.last - DAY * (unused.unused_days - 1), period.last))
