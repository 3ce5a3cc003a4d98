"""The windows of an invoice line: which time the subscription fee, usage and fixed charges cover (03 §4.2)."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from lago.pricing.billing_periods import (
    DAY,
    Terms,
    is_billing_day,
    is_first_month,
    period_containing,
    reference_date_back,
)
from lago.pricing.local_time import dawn, dusk, local_date, whole_second
from lago.pricing.values import BilledPeriods, Period, Windows

SECOND = timedelta(seconds=1)
MOST_BETWEEN_ZONES = timedelta(hours=26)


class Situation(StrEnum):
    """Why a line is made, as in the table of 03 §4.2.

    ACTIVE: start, trial end and periodic billing. UPGRADED and DOWNGRADED: the old side of a plan change.
    CURRENT: current usage, progressive billing, pay-in-advance events.
    """

    ACTIVE = "active"
    TERMINATED = "terminated"
    UPGRADED = "upgraded"
    DOWNGRADED = "downgraded"
    CURRENT = "current"


LOOKS_BACK = (Situation.ACTIVE, Situation.DOWNGRADED)
ENDS_WITHIN_PERIOD = (Situation.TERMINATED, Situation.UPGRADED)


@dataclass(frozen=True)
class PreviousEnds:
    """Where usage and fixed charges of the latest line end, given if its invoice is of another time zone (03 §9)."""

    charges_to_datetime: datetime | None = None
    fixed_charges_to_datetime: datetime | None = None


@dataclass(frozen=True)
class _Life:
    zone: ZoneInfo
    started_at: datetime
    terminated_at: datetime | None
    previous: PreviousEnds

    def end_by(self, at: datetime) -> datetime | None:
        """The second of the termination, unless it is later than `at`."""
        ended = whole_second(self.terminated_at) if self.terminated_at else None
        return ended if ended and ended <= whole_second(at) else None

    def situation_at(self, at: datetime, situation: Situation) -> Situation:
        """`situation`, or an active subscription where that is the end of one which lives on after `at`."""
        return situation if situation == Situation.CURRENT or self.end_by(at) else Situation.ACTIVE


def windows(
    terms: Terms,
    zone: ZoneInfo,
    situation: Situation,
    at: datetime,
    started_at: datetime | None,
    terminated_at: datetime | None = None,
    previous: PreviousEnds | None = None,
) -> Windows:
    """The windows of a line at the instant `at`; all None before the start (03 §4.2).

    A termination later than `at` (the draft is refreshed after it) leaves the windows of an active subscription.
    """
    if started_at is None:
        return Windows(at)
    life = _Life(zone, started_at, terminated_at, previous or PreviousEnds())
    periods = billed_periods(terms, life.situation_at(at, situation), local_date(at, zone))
    return Windows(
        at,
        *_fee_window(life, periods.subscription, life.end_by(at)),
        *_usage_window(life, periods.charges, life.previous.charges_to_datetime),
        *_usage_window(life, periods.fixed_charges, life.previous.fixed_charges_to_datetime),
        *periods.durations,
        periods,
    )


def windows_of_closed_period(
    terms: Terms, zone: ZoneInfo, at: datetime, started_at: datetime, previous: PreviousEnds | None = None
) -> Windows | None:
    """What a subscription without successor that ends at `at` is billed for, if that is a billing day.

    None on any other day, and on the day of the start. For use unless the periodic bill of that day is made already;
    then, as on other days, the windows of a terminated subscription apply ("terminated on a billing day" of 03 §4.2).
    Where only a month of a longer period has closed, they are those of an end at the end of that month: the fee of the
    months lived, and what is not billed by the month, which nothing later would bill.
    """
    today = local_date(at, zone)
    if local_date(started_at, zone) >= today or not is_billing_day(terms, today):
        return None
    if period_containing(terms, today).first == today:
        return windows(terms, zone, Situation.ACTIVE, at, started_at, previous=previous)
    closed_at = dusk(today - DAY, zone)
    covered = windows(terms, zone, Situation.TERMINATED, closed_at, started_at, closed_at, previous)
    return replace(covered, timestamp=at, to_datetime=closed_at)


def billed_periods(terms: Terms, situation: Situation, day: date) -> BilledPeriods:
    """The whole periods that a line on the local date `day` is about; monthly parts of longer periods by the month."""
    looks_back = situation in LOOKS_BACK
    return BilledPeriods(
        _period(terms, day, looks_back and not terms.pay_in_advance),
        _period_of_part(terms, day, situation, terms.charges_by_month, (*ENDS_WITHIN_PERIOD, Situation.CURRENT)),
        _period_of_part(terms, day, situation, terms.fixed_charges_by_month, ENDS_WITHIN_PERIOD),
    )


def _period_of_part(
    terms: Terms, day: date, situation: Situation, by_month: bool, always_in: tuple[Situation, ...]
) -> Period | None:
    """The period of usage or of fixed charges; None in months in which only the other kind is billed.

    A line that ends within a period bills both kinds, as nothing later would (departs from 03 §13.2 as it asks).
    """
    billed_later = terms.is_split and not by_month and not is_first_month(terms, day)
    if billed_later and situation not in always_in:
        return None
    return _period(terms.as_monthly if by_month else terms, day, situation in LOOKS_BACK)


def _period(terms: Terms, day: date, looks_back: bool) -> Period:
    return period_containing(terms, reference_date_back(terms, day) if looks_back else day)


def _fee_window(life: _Life, period: Period, ended_at: datetime | None) -> tuple[datetime, datetime]:
    """From the beginning of the start day at the earliest, to the second of the termination at the latest."""
    start_day = dawn(local_date(life.started_at, life.zone), life.zone)
    starts = dawn(period.first, life.zone)
    ends = dusk(period.last, life.zone)
    if ended_at:
        ends = min(ends, ended_at)
    return start_day if starts < life.started_at else starts, max(ends, life.started_at)


def _usage_window(
    life: _Life, period: Period | None, previous_end: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """From the start of the subscription itself at the earliest, to its termination at the latest."""
    if period is None:
        return None, None
    starts, ends = _after(previous_end, dawn(period.first, life.zone)), dusk(period.last, life.zone)
    if life.terminated_at:
        ends = min(ends, life.terminated_at)
    return max(starts, life.started_at), max(ends, life.started_at)


def _after(previous_end: datetime | None, starts: datetime) -> datetime:
    """`starts`, or the second after `previous_end` if that is less than 26 hours away (03 §9).

    The fraction of the second is dropped, so that no event falls between the two windows.
    """
    if previous_end is None:
        return starts
    follows = previous_end.replace(microsecond=0) + SECOND
    return follows if abs(follows - starts) < MOST_BETWEEN_ZONES else starts
