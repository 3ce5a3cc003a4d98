"""How many units of the fixed charges of their plans subscriptions have, and since when (02 §8.2)."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    DateTime,
    Integer,
    Uuid,
    and_,
    case,
    delete,
    insert,
    select,
    true,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from lago.catalog.models import FixedCharge, Plan
from lago.catalog.queries import keep_plan
from lago.catalog.units_only import WantedUnits
from lago.catalog.write_fixed_charges import UnitsChange
from lago.core import clock
from lago.core.db import db
from lago.core.given_rows import given_rows
from lago.pricing.fixed_charges import UnitsEntry, next_period_starts
from lago.subscriptions.models import FixedChargeUnits, OwnFixedChargeUnits, Subscription
from lago.subscriptions.terms import terms_of, zone_of

AFTER_START = timedelta(seconds=1)
"""When after its start a subscription has the units that it begins with."""

EVER = (datetime(9999, 12, 31, tzinfo=UTC), uuid.UUID(int=2**128 - 1))
"""Later than anything is written."""


@dataclass(frozen=True)
class UnitsWanted:
    """What is asked of the history: the units of a fixed charge that matter in a time.

    `written_before`: a moment and, for what was written at that very moment, an id that is younger.
    """

    subscription_id: uuid.UUID
    fixed_charge_id: uuid.UUID
    starts: datetime
    ends: datetime
    written_before: tuple[datetime, uuid.UUID] = EVER


def start_units(subscription: Subscription) -> None:
    """Writes down what a subscription that is put into service begins with: the plan's units, or its own."""
    db.session.flush()
    keep_plan(subscription.plan)
    own = own_units([subscription.id])
    since = started(subscription) + AFTER_START
    _write(
        _entry(subscription, row.id, own.get((subscription.id, row.id), row.units), since)
        for row in subscription.plan.fixed_charges
    )


def change_units(plan: Plan, changes: Sequence[UnitsChange]) -> Sequence[Subscription]:
    """Gives the plan's active subscriptions the changed units, but for those with units of their own.

    `plan` is locked, so that no subscription is put into service meanwhile. The subscriptions, whether changed or not.
    """
    if not changes:
        return []
    db.session.flush()
    query = select(Subscription).where(Subscription.plan_id == plan.id, Subscription.status == "active")
    subscriptions = db.session.scalars(query.order_by(Subscription.seq)).all()
    own = own_units([one.id for one in subscriptions])
    _write(
        _entry(one, change.fixed_charge.id, change.fixed_charge.units, _since(one, change.immediately))
        for one in subscriptions for change in changes if (one.id, change.fixed_charge.id) not in own
    )
    return subscriptions


def give_own_units(subscription: Subscription, wanted: Iterable[WantedUnits]) -> None:
    """Gives a subscription that has not begun the units of its own with which it is to begin (03 §1.5)."""
    for one in wanted:
        change_own_units(subscription, one.fixed_charge, one.units, immediately=one.immediately)


def change_own_units(
    subscription: Subscription, fixed_charge: FixedCharge, units: Decimal, *, immediately: bool
) -> bool:
    """Gives a subscription, whose customer is locked, units of its own. Whether they are others than it had."""
    keep_plan(subscription.plan)
    before = own_units([subscription.id]).get((subscription.id, fixed_charge.id), fixed_charge.units)
    row = {"subscription_id": subscription.id, "fixed_charge_id": fixed_charge.id, "units": units}
    statement = upsert(OwnFixedChargeUnits).values(organization_id=subscription.organization_id, **row)
    db.session.execute(
        statement.on_conflict_do_update(
            constraint="uq_own_fixed_charge_units", set_={"units": units, "updated_at": clock.now()}
        )
    )
    if units == before:
        return False
    if subscription.status == "active":
        _write([_entry(subscription, fixed_charge.id, units, _since(subscription, immediately))])
    return True


def follow_fixed_charges(subscription: Subscription, pairs: Sequence[tuple[uuid.UUID, uuid.UUID]]) -> None:
    """Makes the history of the first of each pair of fixed charges that of the second; its own units are dropped."""
    new_ids, entry = dict(pairs), FixedChargeUnits
    if new_ids:
        its = (entry.subscription_id == subscription.id, entry.fixed_charge_id.in_(new_ids))
        new_id = case(new_ids, value=entry.fixed_charge_id)
        db.session.execute(update(entry).where(*its).values(fixed_charge_id=new_id, updated_at=entry.updated_at))
    own = OwnFixedChargeUnits
    db.session.execute(delete(own).where(own.subscription_id == subscription.id))


def own_units(subscription_ids: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, uuid.UUID], Decimal]:
    """The units that subscriptions have of their own, by subscription and fixed charge."""
    own = OwnFixedChargeUnits
    query = select(own.subscription_id, own.fixed_charge_id, own.units).where(own.subscription_id.in_(subscription_ids))
    return {(row[0], row[1]): row[2] for row in db.session.execute(query)}


def units_histories(wanted: Sequence[UnitsWanted]) -> list[list[UnitsEntry]]:
    """For each question the entries that are relevant in its time, the first written first. One query."""
    found: list[list[UnitsEntry]] = [[] for _ in wanted]
    if wanted:
        for number, units, timestamp in db.session.execute(_relevant(wanted)):
            found[number].append(UnitsEntry(units, timestamp))
    return found


def started(subscription: Subscription) -> datetime:
    """When service began. Raises ValueError if it has not."""
    if subscription.started_at is None:
        raise ValueError(f"subscription {subscription.id} has not started")
    return subscription.started_at


def _relevant(wanted: Sequence[UnitsWanted]) -> Any:
    """The entries within each time, and the last written one of earlier times, by the order of writing."""
    moment = DateTime(timezone=True)
    types = {
        "number": Integer, "subscription_id": Uuid, "fixed_charge_id": Uuid, "starts": moment, "ends": moment,
        "moment": moment, "id": Uuid,
    }
    asked = given_rows("asked", types, (
        (number, one.subscription_id, one.fixed_charge_id, one.starts, one.ends, *one.written_before)
        for number, one in enumerate(wanted)
    ))
    entry = FixedChargeUnits
    is_its = and_(
        entry.subscription_id == asked.c.subscription_id, entry.fixed_charge_id == asked.c.fixed_charge_id,
        tuple_(entry.created_at, entry.id) < tuple_(asked.c.moment, asked.c.id),
    )
    columns = (asked.c.number, entry.units, entry.timestamp, entry.seq)
    within = select(*columns).join(
        entry, and_(is_its, entry.timestamp >= asked.c.starts, entry.timestamp < asked.c.ends)
    )
    last = (
        select(entry.units, entry.timestamp, entry.seq).where(is_its, entry.timestamp < asked.c.starts)
        .order_by(entry.seq.desc()).limit(1).correlate(asked).lateral()
    )
    before = select(asked.c.number, last.c.units, last.c.timestamp, last.c.seq).join(last, true())
    both = union_all(within, before).subquery()
    return select(both.c.number, both.c.units, both.c.timestamp).order_by(both.c.seq)


def _since(subscription: Subscription, immediately: bool) -> datetime:
    """Now, or the first instant after the period of fixed charges that is running."""
    if immediately:
        return clock.now()
    return next_period_starts(terms_of(subscription), zone_of(subscription), clock.now())


def _entry(
    subscription: Subscription, fixed_charge_id: uuid.UUID, units: Decimal, since: datetime
) -> Mapping[str, Any]:
    return {
        "organization_id": subscription.organization_id, "subscription_id": subscription.id,
        "fixed_charge_id": fixed_charge_id, "units": units, "timestamp": since,
    }


def _write(entries: Iterable[Mapping[str, Any]]) -> None:
    if rows := [dict(entry) for entry in entries]:
        db.session.execute(insert(FixedChargeUnits), rows)
