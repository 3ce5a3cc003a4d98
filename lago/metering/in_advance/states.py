"""The states of charges in advance that are kept with the fees of their events (01 §3.9, cached state)."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import text

from lago.core.db import db
from lago.metering.aggregations import UsageWindow
from lago.metering.in_advance.charged_event import ChargedEvent
from lago.metering.models import CachedAggregation
from lago.pricing.in_advance_units import UnitsState

SECOND = timedelta(seconds=1)

Group = frozenset[tuple[str, str | None]]

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
class Place:
    """Whose states are looked for: of a charge, a filter (None: the default bucket) and a group, from `starts` on and
    before `ends`. `any_filter`: of whichever filter."""

    charge_id: uuid.UUID
    charge_filter_id: uuid.UUID | None
    group: Group
    starts: datetime
    ends: datetime
    any_filter: bool = False

    def takes(self, event: ChargedEvent) -> bool:
        """Whether the state that the event leaves is one of this place."""
        filter_id = event.bucket.charge_filter and event.bucket.charge_filter.id
        return (self.any_filter or self.charge_filter_id == filter_id) and (
            self.starts <= event.mark.timestamp < self.ends
        )


def place_in(
    window: UsageWindow, charge_id: uuid.UUID, charge_filter_id: uuid.UUID | None, grouped_by: Mapping[str, str | None],
    *, any_filter: bool = False,
) -> Place:
    """A place in the period of the window, whose bounds are taken to their whole seconds (01 §3.9)."""
    starts, ends = window.starts.replace(microsecond=0), window.ends.replace(microsecond=0) + SECOND
    return Place(charge_id, charge_filter_id, frozenset(grouped_by.items()), starts, ends, any_filter)


def place_before(event: ChargedEvent) -> Place:
    """Where the state is found that an event follows. It is the newest of the period, be it later than the event."""
    charge_filter = event.bucket.charge_filter
    return place_in(
        event.window, event.charge.id, charge_filter.id if charge_filter else None, event.priced_among,
        any_filter=event.is_of_the_rest,
    )


class States:
    """The newest states of some places of a subscription, and what events leave there from now on."""

    def __init__(self, organization_id: uuid.UUID, external_subscription_id: str, places: Iterable[Place]) -> None:
        """One query, however many places there are."""
        self._newest: dict[Place, tuple[datetime, UnitsState] | None] = dict.fromkeys(places)
        self._alike: dict[tuple[uuid.UUID, Group], list[Place]] = defaultdict(list)
        for place in self._newest:
            self._alike[place.charge_id, place.group].append(place)
        self._read({"organization_id": organization_id, "external_subscription_id": external_subscription_id})

    def newest(self, place: Place) -> UnitsState | None:
        """The latest state there: by the timestamps of the events, of equal ones the last that was kept."""
        found = self._newest[place]
        return found[1] if found else None

    def follow(self, event: ChargedEvent, state: UnitsState) -> None:
        """The state that an event leaves is found from now on."""
        for place in self._alike.get((event.charge.id, frozenset(event.grouped_by.items())), ()):
            newest = self._newest[place]
            if place.takes(event) and (newest is None or newest[0] <= event.mark.timestamp):
                self._newest[place] = (event.mark.timestamp, state)

    def _read(self, owner: Mapping[str, Any]) -> None:
        places = list(self._newest)
        if not places:
            return
        asked = orjson.dumps([{**_columns(one), "place": number} for number, one in enumerate(places)]).decode()
        for number, timestamp, *state in db.session.execute(_NEWEST, {**owner, "asked": asked}):
            self._newest[places[number]] = (timestamp, UnitsState(*state))


def kept_state(event: ChargedEvent, state: UnitsState) -> CachedAggregation:
    """The row of a state that an event leaves."""
    charge_filter = event.bucket.charge_filter
    return CachedAggregation(
        organization_id=event.subscription.organization_id, external_subscription_id=event.subscription.external_id,
        charge_id=event.charge.id, charge_filter_id=charge_filter.id if charge_filter else None,
        grouped_by=event.grouped_by, timestamp=event.mark.timestamp, event_transaction_id=event.event.transaction_id,
        current=state.current, max=state.max, max_prorated=state.max_prorated,
    )


def _columns(place: Place) -> dict[str, Any]:
    return {
        "charge_id": place.charge_id, "charge_filter_id": place.charge_filter_id, "any_filter": place.any_filter,
        "grouped_by": dict(place.group), "starts": place.starts, "ends": place.ends,
    }
