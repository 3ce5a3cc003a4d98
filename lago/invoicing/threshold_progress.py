"""How far a subscription is towards its usage thresholds, and when it has reached them (03 §7.1)."""

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from lago.core import clock
from lago.core.db import db
from lago.invoicing.lineage import lineage_ids
from lago.invoicing.models import AppliedUsageThreshold, InvoiceSubscription
from lago.pricing.usage_thresholds import Progress, Threshold, progress
from lago.subscriptions.models import Subscription
from lago.subscriptions.usage_thresholds import applicable_thresholds


@dataclass(frozen=True)
class ThresholdProgress:
    """An amount of lifetime usage in cents, how much of the way to it is done, and when it was reached, if it is."""

    amount_cents: int
    completion_ratio: Decimal
    reached_at: datetime | None


def threshold_progress(subscription: Subscription, total: int) -> list[ThresholdProgress]:
    """The thresholds that apply to the subscription, by amount, at a lifetime usage of `total` cents."""
    rows = {Threshold(row.amount_cents, row.recurring): row.id for row in applicable_thresholds(subscription)}
    applied = _applied(subscription, set(rows.values())) if rows else []
    return [
        ThresholdProgress(
            one.amount_cents, one.completion_ratio, _reached_at(one, rows[one.threshold], applied)
        )
        for one in progress(total, list(rows))
    ]


def _reached_at(one: Progress, threshold_id: uuid.UUID, applied: Sequence[AppliedUsageThreshold]) -> datetime | None:
    """When an invoice was last made for a fixed threshold, or first for that amount of the recurring one; else now."""
    if not one.is_reached:
        return None
    times: Iterator[datetime] = (
        row.created_at for row in (applied if one.threshold.recurring else reversed(applied))
        if row.usage_threshold_id == threshold_id and row.lifetime_usage_amount_cents >= one.amount_cents
    )
    return next(times, clock.now())


def _applied(subscription: Subscription, threshold_ids: Collection[uuid.UUID]) -> Sequence[AppliedUsageThreshold]:
    """What was applied to the subscription and to those that it came from, the oldest first."""
    on = select(InvoiceSubscription.invoice_id).where(
        InvoiceSubscription.subscription_id.in_(lineage_ids(subscription)),
    )
    rows = AppliedUsageThreshold
    query = select(rows).where(rows.usage_threshold_id.in_(threshold_ids), rows.invoice_id.in_(on))
    return db.session.scalars(query.order_by(rows.created_at, rows.seq)).all()
