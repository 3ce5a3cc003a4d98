"""The figures that alerts on a subscription compare with their thresholds (03 §8)."""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from lago.core import clock
from lago.invoicing.lifetime_usage import lifetime_figures
from lago.metering.alerts.types import (
    CURRENT_AMOUNT,
    LIFETIME_AMOUNT,
    METRIC_AMOUNT,
    METRIC_LIFETIME_UNITS,
    METRIC_UNITS,
)
from lago.metering.models import Alert
from lago.metering.usage import priced_usage
from lago.metering.usage_totals import PeriodUsage
from lago.subscriptions.models import Subscription
from lago.subscriptions.terms import current_windows

Figures = Mapping[uuid.UUID | None, Decimal]
"""By metric; without one, what concerns all usage."""


@dataclass(frozen=True)
class _Watched:
    """A subscription, its current usage, and the metrics that alerts of one type are on."""

    subscription: Subscription
    usage: PeriodUsage
    metric_ids: Collection[uuid.UUID | None]


def alert_values(
    subscription: Subscription, usage: PeriodUsage, alerts: Iterable[Alert]
) -> dict[uuid.UUID, Decimal]:
    """The value of each alert of an active subscription by the alert's id: cents without tax, or units. None of it
    for an alert whose metric the plan does not have. A few queries, if lifetime usage is asked for."""
    metric_ids: dict[str, list[uuid.UUID | None]] = {}
    alerts = list(alerts)
    for alert in alerts:
        metric_ids.setdefault(alert.alert_type, []).append(alert.billable_metric_id)
    figures = {kind: _FIGURES[kind](_Watched(subscription, usage, ids)) for kind, ids in metric_ids.items()}
    return {
        alert.id: figures[alert.alert_type][alert.billable_metric_id]
        for alert in alerts if alert.billable_metric_id in figures[alert.alert_type]
    }


def _current_amount(watched: _Watched) -> Figures:
    return {None: Decimal(watched.usage.amount_cents)}


def _lifetime_amount(watched: _Watched) -> Figures:
    return {None: Decimal(lifetime_figures(watched.subscription, watched.usage.amount_cents).total)}


def _metric_amounts(watched: _Watched) -> Figures:
    return _largest((fee.charge.billable_metric_id, Decimal(fee.amount_cents)) for fee in watched.usage.fees)


def _metric_units(watched: _Watched) -> Figures:
    return _largest((fee.charge.billable_metric_id, fee.units) for fee in watched.usage.fees)


def _metric_lifetime_units(watched: _Watched) -> Figures:
    """Over usage since the start. A prorated charge has units of a period only, so it has no figure here."""
    subscription = watched.subscription
    windows = replace(
        current_windows(subscription, clock.now()), charges_from_datetime=subscription.started_at
    )
    charges = [
        charge for charge in subscription.plan.charges
        if charge.billable_metric_id in watched.metric_ids and not charge.prorated
    ]
    priced = priced_usage(subscription, windows, charges, current=True)
    return _largest((one.charge.billable_metric_id, one.price.units) for one in priced)


def _largest(values: Iterable[tuple[uuid.UUID, Decimal]]) -> Figures:
    """Of all fees of a metric, whatever their charge, filter and group, the largest counts."""
    found: dict[uuid.UUID | None, Decimal] = {}
    for metric_id, value in values:
        found[metric_id] = max(value, found.get(metric_id, value))
    return found


_FIGURES: Mapping[str, Callable[[_Watched], Figures]] = {
    CURRENT_AMOUNT: _current_amount,
    LIFETIME_AMOUNT: _lifetime_amount,
    METRIC_AMOUNT: _metric_amounts,
    METRIC_UNITS: _metric_units,
    METRIC_LIFETIME_UNITS: _metric_lifetime_units,
}
