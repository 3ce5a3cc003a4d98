"""Billing periods: calendar or anniversary, weekly to yearly; local dates only (03 §4.1, §4.4)."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from lago.pricing.values import Period

Interval = Literal["weekly", "monthly", "quarterly", "semiannual", "yearly"]
BillingTime = Literal["calendar", "anniversary"]

MONTHS: dict[str, int] = {"monthly": 1, "quarterly": 3, "semiannual": 6, "yearly": 12}
WEEK = timedelta(days=7)
DAY = timedelta(days=1)
CALENDAR_ORIGIN = date(2001, 1, 1)
"""A Monday, a month's and a year's first day: every calendar period counts from it."""


@dataclass(frozen=True)
class Terms:
    """What decides when a subscription is billed; `anchor` is the local date of `subscription_at` (S of 03 §4.1)."""

    interval: Interval
    billing_time: BillingTime
    anchor: date
    pay_in_advance: bool
    bill_charges_monthly: bool = False
    bill_fixed_charges_monthly: bool = False

    @property
    def origin(self) -> date:
        """A date from which whole periods are counted, forwards and backwards."""
        return self.anchor if self.billing_time == "anniversary" else CALENDAR_ORIGIN

    @property
    def as_monthly(self) -> "Terms":
        """The same terms by the month: P_m and b_m of 03 §4.1."""
        return replace(self, interval="monthly")

    @property
    def charges_by_month(self) -> bool:
        """Whether usage is billed by the month within a longer period."""
        return self.bill_charges_monthly and self.interval in ("semiannual", "yearly")

    @property
    def fixed_charges_by_month(self) -> bool:
        """Whether fixed charges are billed by the month within a longer period."""
        return self.bill_fixed_charges_monthly and self.interval in ("semiannual", "yearly")

    @property
    def is_split(self) -> bool:
        """Whether anything is billed by the month within a longer period."""
        return self.charges_by_month or self.fixed_charges_by_month


def period_containing(terms: Terms, day: date) -> Period:
    """The period that `day` lies in, P(day) of 03 §4.1; P_m(day) with `terms.as_monthly`."""
    if terms.interval == "weekly":
        first = day - timedelta(days=(day.weekday() - terms.origin.weekday()) % 7)
        return Period(first, first + WEEK - DAY)
    length, origin = MONTHS[terms.interval], terms.origin
    month = _month_number(day) - (_month_number(day) - _month_number(origin)) % length
    if _day_in_month(month, origin.day) > day:
        month -= length
    return Period(_day_in_month(month, origin.day), _day_in_month(month + length, origin.day) - DAY)


def reference_date_back(terms: Terms, day: date) -> date:
    """`day` one interval earlier, b(day) of 03 §4.1; b_m(day) with `terms.as_monthly`.

    On a period's first day it lies in the period before; elsewhere it may lie in the same one.
    """
    if terms.interval == "weekly":
        return day - WEEK
    anchored = terms.billing_time == "anniversary" and _is_month_end(day) and day.day < terms.anchor.day
    return _day_in_month(_month_number(day) - MONTHS[terms.interval], terms.anchor.day if anchored else day.day)


def is_first_month(terms: Terms, day: date) -> bool:
    """Whether the month of the terms that contains `day` is the first of its longer period (03 §4.2)."""
    return period_containing(terms.as_monthly, day).first == period_containing(terms, day).first


def is_billing_day(terms: Terms, day: date) -> bool:
    """Whether a period begins on `day`, of the terms or of their monthly part (the table of 03 §4.4)."""
    return any(day == period_containing(grid, day).first for grid in _grids(terms))


def next_billing_day(terms: Terms, after: date) -> date:
    """The first billing day later than `after` (03 §4.4)."""
    return min(period_containing(grid, after).last + DAY for grid in _grids(terms))


def _grids(terms: Terms) -> tuple[Terms, ...]:
    return (terms, terms.as_monthly) if terms.is_split else (terms,)


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _day_in_month(month_number: int, day: int) -> date:
    """The `day` of that month, or the month's last day if it is shorter."""
    year, month = divmod(month_number, 12)
    return date(year, month + 1, min(day, monthrange(year, month + 1)[1]))


def _is_month_end(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]
