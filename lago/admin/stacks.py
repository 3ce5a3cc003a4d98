"""Bars that are made of parts, one on the other: amounts by period and by something else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lago.admin.charts import nice_top, top_of
from lago.admin.formats import amount

MOST = 5
OTHERS = "Others"

Parts = Mapping[str, Mapping[date, int]]
"""Cents by the name of the part and the first day of the period."""


@dataclass(frozen=True)
class Series:
    """One part of all bars: its name, the class of its colour, what it comes to."""

    name: str
    tone: str
    total: str


@dataclass(frozen=True)
class Column:
    """One bar: what it stands for, the cents of those parts that are drawn and their places among the series, the text
    of each part, and all of it in words."""

    label: str
    parts: tuple[int, ...]
    places: tuple[int, ...]
    texts: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Stack:
    """Columns from the oldest to the newest, in `currency`, the cents at the upper edge and their text, and what all
    comes to."""

    series: tuple[Series, ...]
    columns: tuple[Column, ...]
    top: int
    top_text: str
    total: str
    currency: str


def stack_of(
    parts: Parts, periods: Sequence[date], label: Callable[[date], str], currency: str,
    tones: Mapping[str, str] | None = None,
) -> Stack:
    """The parts that come to most, and the rest together; or those of `tones`, in their order, with these colours.

    What is below zero is told, and not drawn."""
    shown = _chosen(parts) if tones is None else {name: parts.get(name, {}) for name in tones}
    series = tuple(
        Series(name, tones[name] if tones else _tone(name, place), _money(sum(cents.values()), currency))
        for place, (name, cents) in enumerate(shown.items())
    )
    columns = tuple(_column(label(day), [cents.get(day, 0) for cents in shown.values()], series, currency)
                    for day in periods)
    top = nice_top(sum(column.parts) for column in columns)
    total = sum(sum(cents.values()) for cents in shown.values())
    return Stack(series, columns, top, top_of(top, currency), _money(total, currency), currency)


def _chosen(parts: Parts) -> Parts:
    ranked = sorted(parts, key=lambda name: (-sum(parts[name].values()), name))
    chosen = {name: parts[name] for name in ranked[:MOST]}
    rest: dict[date, int] = {}
    for name in ranked[MOST:]:
        for day, cents in parts[name].items():
            rest[day] = rest.get(day, 0) + cents
    return {**chosen, OTHERS: rest} if rest else chosen


def _tone(name: str, place: int) -> str:
    return f"series-{place + 1}" if place < MOST else "series-rest"


def _column(label: str, cents: Sequence[int], series: Sequence[Series], currency: str) -> Column:
    drawn = [(place, part) for place, part in enumerate(cents) if part > 0]
    texts = tuple(amount(part, currency) if part else "–" for part in cents)
    named = [f"{one.name} {_money(part, currency)}" for one, part in zip(series, cents, strict=True) if part]
    words = _money(sum(cents), currency) + (f" ({', '.join(named)})" if named else "")
    return Column(label, tuple(part for _, part in drawn), tuple(place for place, _ in drawn), texts, words)


def _money(cents: int, currency: str) -> str:
    return f"{amount(cents, currency)} {currency}"
