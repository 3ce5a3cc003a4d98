"""The days of a charge as a chart: what the bars stand for, and how high they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lago.admin.charts import Point, nice_edge, short
from lago.admin.formats import count, units
from lago.metering.daily_usage import DailyUsage
from lago.metering.store.daily import DayFigure, DayOfEvents

CAPTIONS = {
    DayFigure.COUNT: "Events of each day",
    DayFigure.SUM: "Units of each day",
    DayFigure.MAX: "Greatest value of each day",
    DayFigure.LATEST: "Last value of each day",
    DayFigure.CHANGE: "Distinct values added each day, less those removed",
}
CHANGES = "Change of each day"
OF_LEVELS = ("weighted_sum_agg", "sum_agg")


@dataclass(frozen=True)
class UsageChart:
    """A bar for each day of the window, the values at the edges, and which bar is today's (0: none).

    `told`: the days for the table: up to today, and later ones that have events.
    """

    caption: str
    points: tuple[Point, ...]
    told: tuple[Point, ...]
    top: Decimal
    bottom: Decimal
    today: int

    @property
    def top_text(self) -> str:
        return edge_text(self.top)

    @property
    def bottom_text(self) -> str:
        return edge_text(self.bottom)


def chart_of(daily: DailyUsage, today: date) -> UsageChart:
    """The chart of one charge; `today` in the customer's zone."""
    metric = daily.charge.billable_metric
    is_level = metric.recurring and metric.aggregation_type in OF_LEVELS
    dates = [day.day for day in daily.days]
    return UsageChart(
        CHANGES if is_level or metric.aggregation_type == "weighted_sum_agg" else CAPTIONS[daily.figure],
        tuple(point_of(day) for day in daily.days),
        tuple(point_of(day) for day in daily.days if day.day <= today or day.events_count),
        top_of(daily.days), -nice_edge(max((-day.value for day in daily.days), default=Decimal(0))),
        dates.index(today) + 1 if today in dates else 0,
    )


def top_of(days: Sequence[DayOfEvents]) -> Decimal:
    """The edge above the highest value; 1 where there is nothing to draw."""
    highest = max((day.value for day in days), default=Decimal(0))
    anything = any(day.value for day in days)
    return nice_edge(highest) if anything else Decimal(1)


def point_of(day: DayOfEvents) -> Point:
    number = f"{count(day.events_count)} event{'' if day.events_count == 1 else 's'}"
    text = f"{units(day.value)} ({number})" if day.events_count else "–"
    return Point(f"{day.day.day} {day.day:%b}", day.value, text)


def edge_text(value: Decimal) -> str:
    """A round number for an axis: 0.5, 20k."""
    if value < 0:
        return f"−{edge_text(-value)}"
    return short(int(value)) if value >= 1000 else units(value)
