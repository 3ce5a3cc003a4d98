"""The balance of a wallet over time, as the chart macros of the templates draw it."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from lago.admin.charts import Point, nice_edge
from lago.admin.formats import amount, day, span
from lago.core import clock
from lago.wallets.browse import balance_course, course_steps
from lago.wallets.models import Wallet

LEAST_DAYS, MOST_POINTS = 30, 60


@dataclass(frozen=True)
class BalanceChart:
    """A point for each step of `days` days, with the balance at its end, and the values at the edges."""

    points: tuple[Point, ...]
    days: int
    currency: str
    top: Decimal
    bottom: Decimal

    @property
    def top_text(self) -> str:
        return amount(int(self.top), self.currency)

    @property
    def bottom_text(self) -> str:
        return amount(int(self.bottom), self.currency)


def balance_chart(wallet: Wallet) -> BalanceChart:
    """From the wallet's creation on, at least the last 30 days, in at most 60 points."""
    first, days, count = course_steps(wallet.created_at.date(), clock.now().date(), LEAST_DAYS, MOST_POINTS)
    balances = filled(balance_course(wallet, first, days), count)
    points = tuple(
        Point(label_of(first, number, days), cents, f"{amount(cents, wallet.currency)} {wallet.currency}")
        for number, cents in enumerate(balances)
    )
    top = nice_edge(Decimal(max(balances))) or Decimal(100)
    return BalanceChart(points, days, wallet.currency, top, -nice_edge(Decimal(-min(balances))))


def filled(moves: list[tuple[int, int]], count: int) -> list[int]:
    """The balance after each of `count` steps: where it did not move, the one before."""
    known, balances = dict(moves), [0]
    for number in range(count):
        balances.append(known.get(number, balances[-1]))
    return balances[1:]


def label_of(first: date, number: int, days: int) -> str:
    """The days of a step: 4 Jul 2025, 1–7 Jul 2025."""
    begin = first + timedelta(days=number * days)
    return day(begin) if days == 1 else span(begin, begin + timedelta(days=days - 1))
