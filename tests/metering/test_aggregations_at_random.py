"""Each aggregation against the rule of 01 §3 written down in Python, on random events."""

import re
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal, localcontext
from itertools import count
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lago.metering.aggregations import AGGREGATIONS, Measurement, UsageWindow
from lago.metering.store import event_store
from tests.builders.usage import a_metric, store_events, utc

STARTS, ENDS = utc("2024-03-01T00:00:00.000700"), utc("2024-04-01T00:00") - timedelta(microseconds=1)
FLOOR = utc("2024-03-01T00:00")
MARCH = UsageWindow(STARTS, ENDS, duration=31, days=31, zone=ZoneInfo("UTC"))
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_codes = count()

instants = st.one_of(
    st.sampled_from([FLOOR - timedelta(microseconds=1), FLOOR, STARTS, ENDS, ENDS + timedelta(microseconds=1)]),
    st.sampled_from([STARTS + timedelta(days=day) for day in range(-2, 5)]),  # few, so that there are ties
    st.datetimes(utc("2024-01-01T00:00").replace(tzinfo=None), utc("2024-05-01T00:00").replace(tzinfo=None)).map(
        lambda moment: moment.replace(tzinfo=ENDS.tzinfo)
    ),
)
values = st.one_of(
    st.sampled_from(["a", "b", "", None, "1e3", " 5", "5.", ".5", "+1", "\u0661", "007", "-12.50"]),
    st.sampled_from([True, -0.5, [1], {"x": 1}]),
    st.integers(-(10**6), 10**6),
    st.decimals(-(10**30), 10**30, places=20).map(lambda number: f"{number:f}"),
    st.floats(allow_nan=False, allow_infinity=False),
)
events = st.lists(
    st.fixed_dictionaries({
        "timestamp": instants,
        "properties": st.fixed_dictionaries({}, optional={
            "v": values,
            "operation_type": st.sampled_from(["add", "remove", "Remove", None]),
            "team": st.sampled_from(["red", "blue", "", None, 1]),
        }),
    }),
    max_size=25,
)


@pytest.mark.parametrize("aggregation", sorted(AGGREGATIONS))
@pytest.mark.parametrize("recurring", [False, True])
@settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(events=events, grouped=st.booleans())
def test_the_store_agrees_with_the_rule(owner, aggregation, recurring, events, grouped):
    metric = a_metric(owner, f"code{next(_codes)}", aggregation, field_name="v", recurring=recurring)
    store_events(owner, *({**event, "code": metric.code} for event in events))
    measurement = Measurement(metric, MARCH, ("team",) if grouped else ())
    module = AGGREGATIONS[aggregation]
    (groups,) = event_store().answer(owner.organization.id, "acme", [module.question(measurement)])
    usages = {group.keys: module.usage(measurement, group) for group in groups}
    found = {keys: (usage.units, usage.events_count) for keys, usage in usages.items()}
    assert found == expected(aggregation, recurring, grouped, events)


def expected(aggregation, recurring, grouped, sent):
    """Units and events by group, computed event by event."""
    everything = recurring and aggregation in ("sum_agg", "unique_count_agg")
    groups = defaultdict(list)
    for event in sorted(sent, key=lambda event: event["timestamp"]):  # stable: ties in order of insertion
        if event["timestamp"] <= ENDS and (everything or event["timestamp"] >= FLOOR):
            one = SimpleNamespace(
                value=text_of(event["properties"].get("v")),
                operation=event["properties"].get("operation_type") or "add",
            )
            groups[(text_of(event["properties"].get("team")),) if grouped else ()].append(one)
    results = {keys: RULES[aggregation](members) for keys, members in groups.items()}
    return {keys: result for keys, result in results.items() if result is not None}


def text_of(value):
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return float_text(value)
    return {True: "true"}.get(value, str(value)) if isinstance(value, bool) else json_text(value)


def float_text(value):
    """A double as PostgreSQL's jsonb writes it: plain notation."""
    text = format(Decimal(repr(value)), "f")
    return text.removeprefix("-") if not value else text


def json_text(value):
    return {list: "[1]", dict: '{"x": 1}'}.get(type(value)) or str(value)


def numbers(members):
    return [
        Decimal(one.value) for one in members
        if one.value is not None and NUMBER.fullmatch(one.value) and len(one.value) <= 500
    ]


def count_rule(members):
    return Decimal(len(members)), len(members)


def sum_rule(members):
    found = numbers(members)
    with localcontext(prec=2000):
        return (sum(found, Decimal(0)), len(found)) if found else None


def max_rule(members):
    found = numbers(members)
    return (max(found), len(found)) if found else None


def unique_rule(members):
    states, total = defaultdict(lambda: "remove"), 0
    for one in members:
        if one.operation != states[one.value]:
            total += 1 if one.operation == "add" else -1
        states[one.value] = one.operation
    return Decimal(total), total


RULES = {
    "count_agg": count_rule, "sum_agg": sum_rule, "max_agg": max_rule, "unique_count_agg": unique_rule,
}
