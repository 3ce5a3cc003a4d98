"""Figures over time, as the chart macros of the templates draw them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from lago.admin.formats import amount, count
from lago.pricing.currencies import CURRENCIES
from lago.pricing.mrr import month_of

DAYS = 30
MONTHS = 12
AXIS_MARKS = ((10**9, "G"), (10**6, "M"), (10**3, "k"))


@dataclass(frozen=True)
class Point:
    """One bar: what it stands for, its height, and its value as text."""

    label: str
    value: int | Decimal
    text: str


@dataclass(frozen=True)
class Chart:
    """Points from the oldest to the newest, and the value at the upper edge."""

    points: tuple[Point, ...]
    top: int
    top_text: str

    @property
    def total(self) -> int:
        return sum(point.value for point in self.points)


def daily(numbers: dict[date, int], today: date) -> Chart:
    """Counts of the last 30 days."""
    counts = [(day, numbers.get(day, 0)) for day in last_days(today)]
    points = tuple(Point(f"{day.day} {day:%b}", number, count(number)) for day, number in counts)
    top = nice_top(point.value for point in points)
    return Chart(points, top, short(top))


def by_month(cents: Mapping[date, int], months: Sequence[date], currency: str) -> Chart:
    """Amounts of months; both by their first days. What is below zero is told, and not drawn."""
    points = tuple(
        Point(f"{month:%b %Y}", max(cents.get(month, 0), 0), f"{amount(cents.get(month, 0), currency)} {currency}")
        for month in months
    )
    top = nice_top(point.value for point in points)
    return Chart(points, top, top_of(top, currency))


def top_of(cents: int, currency: str) -> str:
    """The amount at the upper edge: 500, 20k, 5M of the currency's units; with cents below one."""
    whole = cents // CURRENCIES[currency].subunit
    return short(whole) if whole else amount(cents, currency)


def last_days(today: date) -> list[date]:
    """The last 30 days, today the last."""
    return [today - timedelta(days=DAYS - 1 - step) for step in range(DAYS)]


def last_months(today: date, count: int = MONTHS) -> list[date]:
    """First days of the last months, this one the last."""
    return [month_of(today, 1 + place - count) for place in range(count)]


def nice_top(values: Iterable[int]) -> int:
    """The smallest 1, 2, 5 × 10ⁿ that no value exceeds; 1 for nothing but zeros."""
    return int(nice_edge(Decimal(max(values, default=0)))) or 1


def nice_edge(value: Decimal) -> Decimal:
    """The smallest 1, 2, 5 × 10ⁿ that is not below `value`, of fractions too; 0 for what is not above 0."""
    if value <= 0:
        return Decimal(0)
    size = Decimal(1).scaleb(value.adjusted())
    return next(step * size for step in (1, 2, 5, 10) if step * size >= value)


def short(value: int) -> str:
    """A round number for an axis: 500, 20k, 5M."""
    return next((f"{value // size}{mark}" for size, mark in AXIS_MARKS if value >= size), str(value))
