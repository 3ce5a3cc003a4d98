"""What a subscription has used in all, and how far it is towards its usage thresholds, beside its usage."""

from collections.abc import Sequence
from dataclasses import dataclass

from lago.invoicing.lifetime_usage import lifetime_figures, lifetime_usage
from lago.invoicing.threshold_progress import ThresholdProgress, threshold_progress
from lago.metering.usage_totals import PeriodUsage
from lago.pricing.usage_thresholds import LifetimeFigures
from lago.subscriptions.models import Subscription

MOST_THRESHOLDS = 12


@dataclass(frozen=True)
class LifetimePanel:
    """`thresholds`: those met last and all that are ahead; `earlier`: how many were met before them."""

    figures: LifetimeFigures
    thresholds: Sequence[ThresholdProgress]
    earlier: int


def lifetime_panel(subscription: Subscription, period: PeriodUsage | None) -> LifetimePanel | None:
    """Of a subscription that has begun and that no other has taken the place of; `period`: its current usage."""
    figures = _figures(subscription, period)
    if figures is None:
        return None
    thresholds = threshold_progress(subscription, figures.total)
    earlier = max(0, len(thresholds) - MOST_THRESHOLDS)
    return LifetimePanel(figures, thresholds[earlier:], earlier)


def _figures(subscription: Subscription, period: PeriodUsage | None) -> LifetimeFigures | None:
    if subscription.status == "active" and period:
        return lifetime_figures(subscription, period.amount_cents)
    kept = lifetime_usage(subscription)
    return kept.figures if kept else None
