"""The states of charges in advance that are kept with the fees of their events (01 §3.9, cached state)."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import text

from lago.core.db import db
from lago.metering.aggregations import UsageWindow
from lago.metering.buckets import Bucket
from lago.pricing.in_advance_units import UnitsState

SECOND = timedelta(seconds=1)

Group = Mapping[str, str | None]

_NEWEST = text("""
    SELECT place, newest.* FROM json_to_recordset(:asked) AS asked (
        place int, charge_id uuid, charge_filter_id uuid, any_filter boolean, grouped_by jsonb,
        starts timestamptz, ends timestamptz
    )
    CROSS JOIN LATERAL (
        SELECT timestamp, current, max, max_prorated FROM cached_aggregations
        WHERE organization_id = :organization_id AND external_subscription_id = :external_subscription_id
            AND charge_id = asked.charge_id
            AND (asked.any_filter OR charge_filter_id IS NOT DISTINCT FROM asked.charge_filter_id)
            AND grouped_by = asked.grouped_by AND timestamp >= asked.starts AND timestamp < asked.ends
        ORDER BY timestamp DESC, seq DESC LIMIT 1
    ) AS newest
""")


@dataclass(frozen=True)
class Spot:
    """Where a state is kept: of a charge, a filter (None: the default bucket) and a group."""

    charge_id: uuid.UUID
    charge_filter_id: uuid.UUID | None
    group: frozenset[tuple[str, str | None]]


@dataclass(frozen=True)
class Place:
    """Where a state is looked for: in a spot, from `starts` on and before `ends`. `any_filter`: of whichever filter."""

    spot: Spot
    starts: datetime
    ends: datetime
    any_filter: bool = False

    def has(self, spot: Spot, timestamp: datetime) -> bool:
        """Whether a state that is kept there, of an event of that time, is one of this place."""
        wanted = replace(spot, charge_filter_id=self.spot.charge_filter_id) if self.any_filter else spot
        return self.spot == wanted and self.starts <= timestamp < self.ends


def spot_of(bucket: Bucket, group: Group) -> Spot:
    """The spot of a bucket and a group."""
    return Spot(bucket.charge.id, bucket.charge_filter.id if bucket.charge_filter else None, frozenset(group.items()))


def place_in(window: UsageWindow, spot: Spot, *, any_filter: bool = False) -> Place:
    """The spot in the period of the window, whose bounds are taken to their whole seconds (01 §3.9)."""
    starts, ends = window.starts.replace(microsecond=0), window.ends.replace(microsecond=0) + SECOND
    return Place(replace(spot, charge_filter_id=None) if any_filter else spot, starts, ends, any_filter)


class States:
    """The newest states of some places of a subscription, and what events leave there from now on."""

    def __init__(self, organization_id: uuid.UUID, external_subscription_id: str, places: Iterable[Place]) -> None:
        """One query, however many places there are."""
        self._newest: dict[Place, tuple[datetime, UnitsState] | None] = dict.fromkeys(places)
        self._alike: dict[tuple[uuid.UUID, frozenset[Any]], list[Place]] = defaultdict(list)
        for place in self._newest:
            self._alike[place.spot.charge_id, place.spot.group].append(place)
        self._read({"organization_id": organization_id, "external_subscription_id": external_subscription_id})

    def newest(self, place: Place) -> UnitsState | None:
        """The latest state there: by the timestamps of the events, of equal ones the last that was kept."""
        found = self._newest[place]
        return found[1] if found else None

    def follow(self, spot: Spot, timestamp: datetime, state: UnitsState) -> None:
        """The state that an event of that time leaves is found from now on."""
        for place in self._alike.get((spot.charge_id, spot.group), ()):
            newest = self._newest[place]
            if place.has(spot, timestamp) and (newest is None or newest[0] <= timestamp):
                self._newest[place] = (timestamp, state)

    def _read(self, owner: Mapping[str, Any]) -> None:
        places = list(self._newest)
        if not places:
            return
        asked = orjson.dumps([{**_columns(one), "place": number} for number, one in enumerate(places)]).decode()
        for number, timestamp, *state in db.session.execute(_NEWEST, {**owner, "asked": asked}):
            self._newest[places[number]] = (timestamp, UnitsState(*state))


def _columns(place: Place) -> dict[str, Any]:
    return {
        "charge_id": place.spot.charge_id, "charge_filter_id": place.spot.charge_filter_id,
        "any_filter": place.any_filter, "grouped_by": dict(place.spot.group), "starts": place.starts,
        "ends": place.ends,
    }
