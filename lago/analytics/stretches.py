"""Which days of a subscription are over and not kept yet, and on which of them its usage may have moved."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from lago.analytics.models import UsageDayMark
from lago.catalog.models import Charge
from lago.metering.buckets import buckets_of
from lago.metering.event_days import EventDays
from lago.pricing.charge_models import price_usage
from lago.pricing.local_time import dawn, dusk, local_date
from lago.pricing.values import Usage, Windows
from lago.subscriptions.models import Subscription
from lago.subscriptions.terms import current_windows, zone_of

DAY = timedelta(days=1)
LONGEST = timedelta(days=366)
MOST_POINTS = 60
"""How many figures of charges on days are computed of a subscription at once."""

NOTHING = Usage(Decimal(0), 0)


@dataclass(frozen=True)
class Span:
    """Days of a stretch that lie in one billing period, which begins on `begins`."""

    windows: Windows
    begins: date
    first: date
    last: date

    @property
    def has_beginning(self) -> bool:
        """Whether the first day of the period is among them."""
        return self.begins == self.first


@dataclass(frozen=True)
class Stretch:
    """Local days of a subscription from `first` to `last`, both included, none if the first is the later one."""

    subscription: Subscription
    charges: Sequence[Charge]
    first: date
    last: date

    @cached_property
    def zone(self) -> ZoneInfo:
        return zone_of(self.subscription)

    @cached_property
    def spans(self) -> list[Span]:
        """Its billing periods of usage, in order of time."""
        return list(self._spans())

    def _spans(self) -> Iterator[Span]:
        day = self.first
        while day <= self.last:
            windows = current_windows(self.subscription, dusk(day, self.zone))
            assert windows.charges_from_datetime and windows.charges_to_datetime  # it has started
            begins = local_date(windows.charges_from_datetime, self.zone)
            last = max(day, local_date(windows.charges_to_datetime, self.zone))
            yield Span(windows, begins, day, min(last, self.last))
            day = last + DAY

    def questions(self) -> list[EventDays]:
        """On which days there are events: one question for each charge, in their order."""
        subscription, zone = self.subscription, self.zone
        return [
            EventDays(
                subscription.organization_id, subscription.external_id, charge.billable_metric.code,
                dawn(self.first, zone), dawn(self.last + DAY, zone), zone.key,
            )
            for charge in self.charges
        ]

    def points(self, event_days: Sequence[set[date]]) -> list[tuple[Span, date, list[Charge]]]:
        """Days on which usage may have moved, in order, each with the charges of the metrics by which it may."""
        return [
            (span, day, charges)
            for span in self.spans for day, charges in sorted(self._in(span, event_days).items())
        ]

    def _in(self, span: Span, event_days: Sequence[set[date]]) -> Mapping[date, list[Charge]]:
        moved: dict[uuid.UUID, set[date]] = {}
        for charge, days in zip(self.charges, event_days, strict=True):
            moved.setdefault(charge.billable_metric_id, set()).update(_moved(charge, span, days))
        found: dict[date, list[Charge]] = {}
        for charge in self.charges:
            for day in moved[charge.billable_metric_id]:
                if _is_there(charge, dusk(day, self.zone)):
                    found.setdefault(day, []).append(charge)
        return found


def stretch_of(mark: UsageDayMark, subscription: Subscription, charges: Sequence[Charge], now: datetime) -> Stretch:
    """The next days of a subscription that are over by `now`, at most a year."""
    zone, ended_at = zone_of(subscription), subscription.terminated_at
    last = min(local_date(now, zone) - DAY, mark.next_day + LONGEST)
    return Stretch(
        subscription, charges, mark.next_day, min(last, local_date(ended_at, zone)) if ended_at else last
    )


def next_due(stretch: Stretch, next_day: date) -> datetime | None:
    """When that day is over; None if the subscription has ended before."""
    ended_at = stretch.subscription.terminated_at
    if ended_at and next_day > local_date(ended_at, stretch.zone):
        return None
    return dawn(next_day + DAY, stretch.zone)


def _moved(charge: Charge, span: Span, event_days: set[date]) -> set[date]:
    if charge.prorated or charge.billable_metric.aggregation_type == "weighted_sum_agg":
        return {span.first + DAY * place for place in range((span.last - span.first).days + 1)}
    days = {day for day in event_days if span.first <= day <= span.last}
    return days | {span.first} if span.has_beginning and _begins_with_something(charge) else days


def _begins_with_something(charge: Charge) -> bool:
    """Whether a period begins with usage or costs before its first event."""
    if charge.billable_metric.recurring:
        return True
    currency = "USD"  # in any: it is only asked whether it is nothing
    return any(
        price_usage(charge.charge_model, NOTHING, bucket.properties, currency).amount for bucket in buckets_of(charge)
    )


def _is_there(charge: Charge, moment: datetime) -> bool:
    return charge.deleted_at is None or charge.deleted_at > moment
