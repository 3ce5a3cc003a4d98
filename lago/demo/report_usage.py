"""Events of all customers since they were reported last."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

from lago.demo.deeds import World, deed
from lago.demo.usage import usage_between

BATCH = 100


@deed
def report_usage(world: World, until: datetime) -> None:
    """The days up to that of `until`, for whoever is subscribed; who begins uses something from the next day on."""
    events = _events(world, until.date())
    while batch := list(islice(events, BATCH)):
        world.calls.post("/events/batch", {"events": batch})


def _events(world: World, until: date) -> Iterator[dict[str, Any]]:
    for external_id, plans in world.plans.items():
        yield from usage_between(world.buyers[external_id], plans, world.used[external_id], until)
        world.used[external_id] = max(world.used[external_id], until)
