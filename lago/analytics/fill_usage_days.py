"""The days of usage that are over, kept once each: in small batches, found from the data (06 §5, §7, decision 0017)."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Uuid, and_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm.attributes import set_committed_value

from lago.analytics.models import UsageDayMark, UsageOfDay
from lago.analytics.stretches import DAY, MOST_POINTS, Span, Stretch, next_due, stretch_of
from lago.catalog.models import Charge, ChargeFilter
from lago.core import clock
from lago.core.db import db
from lago.metering.event_days import event_days
from lago.metering.usage_until import UsageSum, usage_until
from lago.organizations.models import Organization
from lago.pricing.local_time import dawn, dusk
from lago.pricing.rounding import exact
from lago.subscriptions.models import Subscription

BATCH = 25
NONE = UsageSum(Decimal(0), 0)

Sums = dict[uuid.UUID, UsageSum]
"""By metric."""

Point = tuple[Span, date, list[Charge]]

@dataclass(frozen=True)
class Filled:
    """What came of one stretch: its rows, and the first day that is not kept yet."""

    rows: list[dict[str, Any]]
    next_day: date


def fill_usage_days(organization_id: uuid.UUID | None = None) -> bool:
    """Keeps days of some marked subscriptions, of one organization or of all under real time: at most BATCH of them,
    and of each as much as is computed at once. Whether there was any to do; call it until there is not.

    Others who are at the same subscriptions are waited for, if one organization is named; else left alone.
    """
    marks = _due_marks(organization_id)
    if not marks:
        return False
    subscriptions = _subscriptions(marks)
    charges = _charges(list(subscriptions.values()), min(mark.next_day for mark in marks))
    stretches = [_stretch(mark, subscriptions[mark.subscription_id], charges) for mark in marks]
    filled = _fill(stretches)
    rows = [row for one in filled for row in one.rows]
    if rows:
        db.session.execute(insert(UsageOfDay).on_conflict_do_nothing(), rows)
    for mark, stretch, one in zip(marks, stretches, filled, strict=True):
        mark.next_day, mark.due_at = one.next_day, next_due(stretch, one.next_day)
    db.session.flush()
    return True


def _due_marks(organization_id: uuid.UUID | None) -> Sequence[UsageDayMark]:
    query = select(UsageDayMark).where(UsageDayMark.due_at <= clock.now())
    if organization_id:
        query = query.where(UsageDayMark.organization_id == organization_id)
        query = query.order_by(UsageDayMark.due_at, UsageDayMark.subscription_id)
    else:
        real_time = select(Organization.id).where(Organization.clock_now.is_(None))
        query = query.where(UsageDayMark.organization_id.in_(real_time))
    query = query.limit(BATCH).with_for_update(skip_locked=organization_id is None)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _stretch(mark: UsageDayMark, subscription: Subscription, charges: Mapping[uuid.UUID, list[Charge]]) -> Stretch:
    return stretch_of(mark, subscription, charges[subscription.plan_id], clock.now())


def _subscriptions(marks: Iterable[UsageDayMark]) -> Mapping[uuid.UUID, Subscription]:
    query = select(Subscription).where(Subscription.id.in_([mark.subscription_id for mark in marks]))
    return {one.id: one for one in db.session.scalars(query)}


def _charges(subscriptions: Sequence[Subscription], since: date) -> Mapping[uuid.UUID, list[Charge]]:
    """The charges of each plan, with those that were deleted since, and these with the filters that they had."""
    charges = {one.plan_id: list(one.plan.charges) for one in subscriptions}
    first = min(dawn(since, Stretch(one, (), since, since).zone) for one in subscriptions)
    query = select(Charge).where(Charge.plan_id.in_(charges), Charge.deleted_at > first).order_by(Charge.seq)
    deleted = db.session.scalars(query).all()
    if deleted:
        _give_filters(deleted)
    for charge in deleted:
        charges[charge.plan_id].append(charge)
    return charges


def _give_filters(charges: Sequence[Charge]) -> None:
    had = or_(*(and_(ChargeFilter.charge_id == one.id, ChargeFilter.deleted_at >= one.deleted_at) for one in charges))
    filters = defaultdict(list)
    for one in db.session.scalars(select(ChargeFilter).where(had).order_by(ChargeFilter.position, ChargeFilter.seq)):
        filters[one.charge_id].append(one)
    for charge in charges:
        set_committed_value(charge, "filters", filters[charge.id])


def _fill(stretches: Sequence[Stretch]) -> list[Filled]:
    before = _kept_before(stretches)
    answers = iter(event_days([question for stretch in stretches for question in stretch.questions()]))
    return [
        _fill_one(stretch, stretch.points([next(answers) for _ in stretch.charges]), kept)
        for stretch, kept in zip(stretches, before, strict=True)
    ]


def _fill_one(stretch: Stretch, points: Sequence[Point], kept: Sums) -> Filled:
    taken, next_day = _first_of(points, max(stretch.first, stretch.last + DAY))
    rows: list[dict[str, Any]] = []
    for span in stretch.spans:
        of_span = [(day, charges) for its, day, charges in taken if its is span]
        if of_span:
            rows += _rows(stretch, span, of_span, {} if span.has_beginning else kept)
    return Filled(rows, next_day)


def _first_of(points: Sequence[Point], after_all: date) -> tuple[Sequence[Point], date]:
    """As many of them as are computed at once, at least one day, and the first day that is left."""
    count = 0
    for place, (_, day, charges) in enumerate(points):
        count += len(charges)
        if place and count > MOST_POINTS:
            return points[:place], day
    return points, after_all


@exact
def _rows(
    stretch: Stretch, span: Span, points: Sequence[tuple[date, list[Charge]]], kept: Sums
) -> list[dict[str, Any]]:
    """What each of the days brought of each metric: what the period has come to by its end, less what it had before,
    which is what is kept of it."""
    asked = [(day, charge) for day, charges in points for charge in charges]
    sums = usage_until(stretch.subscription, span.windows, [(charge, dusk(day, stretch.zone)) for day, charge in asked])
    by_day: dict[date, Sums] = defaultdict(dict)
    for (day, charge), one in zip(asked, sums, strict=True):
        metric_id = charge.billable_metric_id
        by_day[day][metric_id] = _plus(by_day[day].get(metric_id, NONE), one)
    rows, last = [], dict(kept)
    for day, found in by_day.items():
        rows += [_row(stretch, day, metric_id, one, last.get(metric_id, NONE)) for metric_id, one in found.items()]
        last |= found
    return [row for row in rows if row["units"] or row["amount_cents"]]


def _plus(one: UsageSum, other: UsageSum) -> UsageSum:
    return UsageSum(one.units + other.units, one.amount_cents + other.amount_cents)


def _row(stretch: Stretch, day: date, metric_id: uuid.UUID, now: UsageSum, before: UsageSum) -> dict[str, Any]:
    subscription = stretch.subscription
    return {
        "organization_id": subscription.organization_id, "customer_id": subscription.customer_id,
        "subscription_id": subscription.id, "billable_metric_id": metric_id, "usage_date": day,
        "currency": subscription.plan.amount_currency, "units": now.units - before.units,
        "amount_cents": now.amount_cents - before.amount_cents,
    }


def _kept_before(stretches: Sequence[Stretch]) -> list[Sums]:
    """What is kept of the periods in which the stretches begin; one query."""
    began = [(place, one.subscription.id, one.spans[0].begins) for place, one in enumerate(stretches) if one.spans]
    sums: list[Sums] = [{} for _ in stretches]
    ids, days = (func.unnest(cast([row[n] for row in began], ARRAY(kind))) for n, kind in ((1, Uuid()), (2, Date())))
    asked = select(ids.label("subscription_id"), days.label("begins")).subquery()
    of = (UsageOfDay.subscription_id, UsageOfDay.billable_metric_id)
    query = (
        select(*of, func.sum(UsageOfDay.units), func.sum(UsageOfDay.amount_cents))
        .join(asked, and_(of[0] == asked.c.subscription_id, UsageOfDay.usage_date >= asked.c.begins))
        .group_by(*of)
    )
    places = {subscription_id: place for place, subscription_id, _ in began}
    for subscription_id, metric_id, units, cents in db.session.execute(query):
        sums[places[subscription_id]][metric_id] = UsageSum(units, int(cents))
    return sums
