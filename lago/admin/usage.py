"""Usage: the active subscriptions, and a page for each with its running period."""

import uuid
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from lago.admin.event_words import filter_words, group_words
from lago.admin.lifetime_panel import lifetime_panel
from lago.admin.pages import current_organization, found, page, paged, show, text
from lago.admin.usage_charts import UsageChart, chart_of
from lago.core import clock
from lago.invoicing.browse import past_periods
from lago.metering.current_usage import UsageRequest, current_usage
from lago.metering.daily_usage import daily_usage
from lago.metering.usage_totals import ChargeUsage, PeriodUsage, UsageFee
from lago.pricing.local_time import local_date
from lago.pricing.values import Windows
from lago.subscriptions.browse import browse_active, find_subscription
from lago.subscriptions.models import Subscription
from lago.subscriptions.terms import current_windows, zone_of

MOST_FEES = 50


@dataclass(frozen=True)
class Days:
    """Local dates from `first` to `last`; `number` is today's place among them, `count` how many they are."""

    first: date
    last: date
    today: date

    @property
    def count(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def number(self) -> int:
        return min(max((self.today - self.first).days + 1, 1), self.count)


@dataclass(frozen=True)
class Row:
    """A subscription in the list, with its running period."""

    subscription: Subscription
    days: Days


@dataclass(frozen=True)
class Part:
    """One filter and group of a charge: what it is called, and its fee."""

    names: tuple[str, ...]
    fee: UsageFee


@dataclass(frozen=True)
class Card:
    """A charge in the running period. `parts`: its filters and groups, if it has any, at most those that cost most;
    `more` is how many others there are."""

    usage: ChargeUsage
    chart: UsageChart
    parts: tuple[Part, ...]
    more: int


@page("GET", "/usage", needs="subscriptions:view")
def usage() -> str:
    search = text("search")
    listed = paged(browse_active(current_organization().id, search))
    return show(
        "usage/list.html",
        "usage/_list.html",
        page=listed,
        rows=[Row(one, days_of(one, current_windows(one, clock.now()))) for one in listed.items],
        search=search,
    )


@page("GET", "/usage/<uuid:subscription_id>", needs="subscriptions:view")
def subscription_usage(subscription_id: uuid.UUID) -> str:
    record = found(find_subscription(current_organization().id, subscription_id), "subscription")
    period = current_usage(record, UsageRequest()) if record.started_at else None
    return show(
        "usage/show.html",
        subscription=record,
        zone=zone_of(record).key,
        usage=period,
        days=period and days_of(record, current_windows(record, clock.now())),
        cards=cards_of(record, period) if period else [],
        lifetime=lifetime_panel(record, period),
        periods=past_periods(record),
    )


def days_of(subscription: Subscription, windows: Windows) -> Days:
    """The days of the charge window, in the customer's zone."""
    zone: ZoneInfo = zone_of(subscription)
    assert windows.charges_from_datetime and windows.charges_to_datetime  # it has started
    bounds = (windows.charges_from_datetime, windows.charges_to_datetime, clock.now())
    return Days(*(local_date(moment, zone) for moment in bounds))


def cards_of(subscription: Subscription, period: PeriodUsage) -> list[Card]:
    windows = current_windows(subscription, clock.now())
    charges = [one.charge for one in period.charges]
    today = days_of(subscription, windows).today
    daily = daily_usage(subscription, windows, charges)
    return [card_of(one, chart_of(days, today)) for one, days in zip(period.charges, daily, strict=True)]


def card_of(usage: ChargeUsage, chart: UsageChart) -> Card:
    fees = usage.fees if usage.filters or usage.groups else ()
    if len(fees) > MOST_FEES:
        fees = tuple(sorted(fees, key=lambda fee: -fee.amount_cents)[:MOST_FEES])
    more = len(usage.fees) - len(fees) if fees else 0
    return Card(usage, chart, tuple(Part(names_of(fee), fee) for fee in fees), more)


def names_of(fee: UsageFee) -> tuple[str, ...]:
    """The filter, then the group."""
    names = []
    if fee.charge.filters:
        names.append(filter_words(fee.charge_filter) if fee.charge_filter else "No filter matches")
    if fee.grouped_by:
        names.append(group_words(fee.grouped_by))
    return tuple(names)
