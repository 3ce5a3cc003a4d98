"""The levels with which weighted sums begin a period, and those that an invoice keeps for the next one (01 §3.6)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from lago.catalog.models import BillableMetric
from lago.core.db import db
from lago.metering.aggregations import Opening
from lago.metering.buckets import Bucket, Conditions
from lago.metering.models import CarriedLevel
from lago.metering.store import Keys
from lago.pricing.rounding import exact
from lago.subscriptions.models import Subscription


@dataclass(frozen=True)
class EndLevel:
    """The level of a bucket and group at the end of a window, as of `timestamp`; `grouped_by` as the events say it."""

    subscription: Subscription
    bucket: Bucket
    grouped_by: dict[str, str | None]
    timestamp: datetime
    level: Decimal


@dataclass(frozen=True)
class Cut:
    """A bucket as it is measured: split by `group_keys`, and of its events only those that meet `only` too."""

    bucket: Bucket
    group_keys: tuple[str, ...]
    only: Conditions = ()


def is_carried(metric: BillableMetric) -> bool:
    """Whether its level lives on into the next period."""
    return _is_level(metric) and metric.recurring


def carry(levels: Iterable[EndLevel]) -> None:
    """Keeps the levels for the next period, in one statement; what is kept already for the same moment stays."""
    rows = [_row(level) for level in levels]
    if rows:
        statement = insert(CarriedLevel).on_conflict_do_nothing()
        db.session.execute(statement, rows)


def openings(subscription: Subscription, cuts: Sequence[Cut], before: datetime) -> list[Opening]:
    """What each cut begins with: the newest levels kept before the moment, one query for all that are carried.

    Where a bucket has none and the subscription follows another one, the history of events takes their place. So it
    does for groups of a metric that is not recurring (an oddity).
    """
    kept = _kept(subscription, [cut.bucket for cut in cuts if is_carried(cut.bucket.charge.billable_metric)], before)
    return [_opening(cut, kept.get(_key(cut.bucket), ()), subscription) for cut in cuts]


def _key(bucket: Bucket) -> tuple[Any, Any]:
    return bucket.charge.id, bucket.charge_filter and bucket.charge_filter.id


def _row(level: EndLevel) -> dict[str, Any]:
    subscription, (charge_id, charge_filter_id) = level.subscription, _key(level.bucket)
    return {
        "organization_id": subscription.organization_id, "external_subscription_id": subscription.external_id,
        "charge_id": charge_id, "charge_filter_id": charge_filter_id,
        "grouped_by": level.grouped_by, "timestamp": level.timestamp, "level": level.level,
    }


def _kept(
    subscription: Subscription, buckets: Sequence[Bucket], before: datetime
) -> Mapping[tuple[Any, Any], list[CarriedLevel]]:
    """The newest level of each group, by charge and filter."""
    kept: dict[tuple[Any, Any], list[CarriedLevel]] = defaultdict(list)
    if not buckets:
        return kept
    group = CarriedLevel.charge_id, CarriedLevel.charge_filter_id, CarriedLevel.grouped_by
    newest = (
        select(CarriedLevel)
        .where(
            CarriedLevel.organization_id == subscription.organization_id,
            CarriedLevel.external_subscription_id == subscription.external_id,
            CarriedLevel.charge_id.in_({bucket.charge.id for bucket in buckets}),
            CarriedLevel.timestamp < before,
        )
        .ext(distinct_on(*group))
        .order_by(*group, CarriedLevel.timestamp.desc())
    )
    for level in db.session.scalars(newest):
        kept[level.charge_id, level.charge_filter_id].append(level)
    return kept


def _opening(cut: Cut, kept: Sequence[CarriedLevel], subscription: Subscription) -> Opening:
    metric = cut.bucket.charge.billable_metric
    if kept or not _is_level(metric):
        return Opening(_levels(cut, kept))
    looks_back = metric.recurring or cut.group_keys
    return Opening(from_history=bool(looks_back and subscription.previous_subscription_id))


def _is_level(metric: BillableMetric) -> bool:
    return metric.aggregation_type == "weighted_sum_agg"


@exact
def _levels(cut: Cut, kept: Sequence[CarriedLevel]) -> dict[Keys, Decimal]:
    """The levels by the group keys of the cut, added up over the keys by which it is not split (01 §4.1)."""
    levels: dict[Keys, Decimal] = defaultdict(Decimal)
    for one in kept:
        if _belongs(one.grouped_by, cut):
            levels[tuple(one.grouped_by[key] for key in cut.group_keys)] += one.level
    return levels


def _belongs(grouped_by: Mapping[str, str | None], cut: Cut) -> bool:
    """Whether it was kept by keys of which those of the cut are a part, and for texts that the cut asks for."""
    asked = all(grouped_by.get(key) in texts for key, texts in cut.only)
    return asked and all(key in grouped_by for key in cut.group_keys)
