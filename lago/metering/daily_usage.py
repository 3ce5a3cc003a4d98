"""The usage of a subscription day by day: how a period came to its units."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from lago.catalog.models import Charge
from lago.metering.aggregations import UsageWindow
from lago.metering.buckets import Bucket, buckets_of
from lago.metering.store import EventSet
from lago.metering.store.daily import DailyQuestion, DayFigure, DayOfEvents, by_day
from lago.metering.usage import group_keys_of, usage_window
from lago.pricing.local_time import local_date
from lago.pricing.rounding import exact
from lago.pricing.values import Windows
from lago.subscriptions.models import Subscription

FIGURES = {
    "count_agg": DayFigure.COUNT,
    "sum_agg": DayFigure.SUM,
    "weighted_sum_agg": DayFigure.SUM,
    "max_agg": DayFigure.MAX,
    "latest_agg": DayFigure.LATEST,
    "unique_count_agg": DayFigure.CHANGE,
}
"""What a day shows of each kind of metric: of a level (weighted, unique, recurring) how far the day moved it."""

_OF_ONE_EVENT = (DayFigure.MAX, DayFigure.LATEST)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DailyUsage:
    """Every local day of a window, the first one first; the value of a day without events is 0."""

    charge: Charge
    figure: DayFigure
    days: tuple[DayOfEvents, ...]


def daily_usage(subscription: Subscription, windows: Windows, charges: Sequence[Charge]) -> list[DailyUsage]:
    """The days of the charge window for each of the charges, in their order, in the customer's zone.

    Units as the events bring them: before the metric's rounding and before prorating. Where filters of a charge
    overlap, an event counts in each, as it does on the invoice. One query in all.
    """
    window = usage_window(subscription, windows)
    asked = [_questions(charge, window) for charge in charges]
    distinct = list(dict.fromkeys(question for questions in asked for question in questions))
    days = by_day(subscription.organization_id, subscription.external_id, window.zone, distinct)
    found = dict(zip(distinct, days, strict=True))
    return [
        DailyUsage(charge, _figure(charge), tuple(_all_days(window, [found[question] for question in questions])))
        for charge, questions in zip(charges, asked, strict=True)
    ]


def _figure(charge: Charge) -> DayFigure:
    return FIGURES[charge.billable_metric.aggregation_type]


def _questions(charge: Charge, window: UsageWindow) -> list[DailyQuestion]:
    """One for each bucket, as their units add up; one in all where a single event of the day decides."""
    figure, metric = _figure(charge), charge.billable_metric
    starts = None if figure is DayFigure.CHANGE and metric.recurring else window.floor
    whole = EventSet(metric.code, starts, window.ends, metric.field_name)
    if figure in _OF_ONE_EVENT:
        return [DailyQuestion(figure, whole, window.floor)]
    return [DailyQuestion(figure, _in(bucket, whole, figure), window.floor) for bucket in buckets_of(charge)]


def _in(bucket: Bucket, events: EventSet, figure: DayFigure) -> EventSet:
    """The group is a part of what makes a value distinct; to the other figures it does not matter."""
    group_keys = group_keys_of(bucket) if figure is DayFigure.CHANGE else ()
    return replace(events, group_keys=group_keys, only=bucket.only, none_of=bucket.none_of)


@exact
def _all_days(window: UsageWindow, answers: Sequence[Sequence[DayOfEvents]]) -> list[DayOfEvents]:
    days: dict[date, list[DayOfEvents]] = {day: [] for day in _dates(window)}
    for day in (day for answer in answers for day in answer):
        days.setdefault(day.day, []).append(day)
    return [
        DayOfEvents(day, sum((one.value for one in ones), Decimal(0)), sum(one.events_count for one in ones))
        for day, ones in days.items()
    ]


def _dates(window: UsageWindow) -> Iterator[date]:
    day, last = local_date(window.starts, window.zone), local_date(window.ends, window.zone)
    while day <= last:
        yield day
        day += _DAY
