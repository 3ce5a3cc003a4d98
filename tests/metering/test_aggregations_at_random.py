"""Each aggregation against the rule of 01 §3 written down in Python (`rules.py`), on random events."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lago.core.db import db
from lago.metering.aggregations import AGGREGATIONS, PRORATED, Measurement, Opening
from lago.metering.measure import measure
from lago.metering.models import Event
from lago.metering.store import EventMark
from lago.pricing.values import Needs, Usage
from tests.builders.usage import a_metric, store_events
from tests.metering.random_events import WINDOWS, conditions, events
from tests.metering.rules import Case, Sent, by_the_rule

_codes = count()

KINDS = [
    *((kind, recurring, False) for kind in sorted(AGGREGATIONS) for recurring in (False, True)),
    *((kind, True, True) for kind in sorted(PRORATED)),
]

needs = st.builds(
    Needs, first_totals=st.sampled_from([0, 0, 1, 3]),
    totals_until=st.sampled_from([Decimal(0), Decimal(1), Decimal(2), Decimal(500)]),
    event_values=st.booleans(), steps=st.booleans(), precise_amounts=st.booleans(),
)
openings = st.dictionaries(st.sampled_from([None, "", "red", "green"]), st.decimals(-1000, 1000, places=3), max_size=3)
windows_and_events = st.sampled_from(WINDOWS).flatmap(lambda window: st.tuples(st.just(window), events(window)))


@pytest.mark.parametrize("kind, recurring, prorated", KINDS)
@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    windows_and_events, st.booleans(), st.booleans(), conditions, needs, openings, st.none() | st.integers(0, 25),
)
def test_the_store_agrees_with_the_rule(
    owner, kind, recurring, prorated, windows_and_events, grouped, current, conditions, needs, openings, last
):
    window, sent = windows_and_events
    metric = a_metric(owner, f"code{next(_codes)}", kind, field_name="v", recurring=recurring)
    store_events(owner, *({**event, "code": metric.code} for event in sent))
    levels = by_keys(openings, grouped) if kind == "weighted_sum_agg" else {}
    measurement = Measurement(
        metric, window, ("team",) if grouped else (), **conditions, prorated=prorated, current=current, needs=needs,
        opening=Opening(levels), up_to=mark_of(metric, last),
    )
    (found,) = measure(owner.organization.id, "acme", [measurement])
    in_order = sorted(sent, key=lambda event: event["timestamp"])  # ties in order of insertion
    expected = by_group(measurement, in_order[: last + 1] if measurement.up_to else in_order, levels)
    assert {one.group.keys: one.usage for one in found} == expected


def by_keys(levels, grouped):
    if grouped:
        return {(team,): level for team, level in levels.items()}
    return {(): next(iter(levels.values()))} if levels else {}


def mark_of(metric, last):
    """The place of that event of the metric, the first one being 0; None if there is no such event."""
    rows = db.session.scalars(select(Event).where(Event.code == metric.code).order_by(Event.timestamp, Event.seq)).all()
    if last is None or last >= len(rows):
        return None
    return EventMark(rows[last].timestamp, rows[last].created_at, rows[last].seq)


def by_group(measurement, sent, levels):
    """The usages by the rule, with those lists only that are wanted; of no events at all one of zeros."""
    groups = defaultdict(list, {keys: [] for keys in levels})
    for place, event in enumerate(sent):
        texts = {key: text_of(value) for key, value in event["properties"].items()}
        if event["timestamp"] <= measurement.window.ends and counts(measurement, event["properties"], texts):
            groups[tuple(texts.get(key) for key in measurement.group_keys)].append(_sent(event, texts, place))
    found = {keys: by_the_rule(_case(measurement, keys, members, levels)) for keys, members in groups.items()}
    usages = {keys: wanted(measurement, usage) for keys, usage in found.items() if usage}
    return usages or {(None,) * len(measurement.group_keys): wanted(measurement, nothing(measurement))}


def _sent(event, texts, place):
    return Sent(
        event["timestamp"], place, "v" in texts, texts.get("v"), texts.get("operation_type") or "add",
        event["precise_total_amount_cents"],
    )


def _case(measurement, keys, members, levels):
    return Case(measurement, bool(keys), None in keys, members, levels.get(keys))


def counts(measurement, properties, texts):
    """Whether an event is in the bucket (01 §3.3), and in the group of a single event (01 §3.4)."""
    def holds(condition):
        key, allowed = condition
        return texts.get(key) is not None and texts[key] in allowed

    excluded = any(all(map(holds, conditions)) for conditions in measurement.none_of)
    in_group = all(
        properties.get(key) == text if text else not (texts.get(key) or "").strip()
        for key, text in measurement.in_group
    )
    return all(map(holds, measurement.only)) and not excluded and in_group


def nothing(measurement):
    level = Decimal(0) if measurement.metric.aggregation_type == "weighted_sum_agg" else None
    counted = measurement.metric.aggregation_type in ("count_agg", "unique_count_agg") and not measurement.prorated
    return Usage(
        Decimal(0), 0, full_units=Decimal(0) if measurement.prorated else None, total_aggregated_units=level,
        running_totals=range(1, 1) if counted else (),
    )


def wanted(measurement, usage):
    """The usage without what the charge model does not need."""
    needs, empty = measurement.needs, Usage(Decimal(0), 0)
    left_out = {
        "running_totals": not needs.running_totals or measurement.prorated, "event_values": not needs.event_values,
        "steps": not needs.steps, "precise_total_amount_cents": not needs.precise_amounts,
    }
    return replace(usage, **{name: getattr(empty, name) for name, absent in left_out.items() if absent})


def text_of(value):
    """The text of a property, as PostgreSQL's jsonb writes it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f").removeprefix("-" if not value else "#")
    return {list: "[1]", dict: '{"x": 1}'}.get(type(value)) or str(value)
