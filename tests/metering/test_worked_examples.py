"""The worked examples of 01 §5: April 2025, a period of 30 days, in UTC unless said otherwise."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from lago.metering.aggregations import Measurement
from lago.metering.measure import measure
from lago.metering.usage import priced_usage
from lago.subscriptions.terms import current_windows
from tests.builders.usage import (
    a_charge,
    a_charge_filter,
    a_customer,
    a_metric,
    a_plan,
    a_subscription,
    store_events,
    subscribed,
    utc,
)
from tests.metering.random_events import a_window

APRIL = a_window("UTC", "2025-04-01", "2025-04-30")


def at(day, value=None, operation=None, **properties):
    """An event of `calls` on a day of April, or on `03-05`; `10T18:00`: at that time."""
    month, _, rest = day.rpartition("-")
    moment = f"2025-{month or '04'}-{rest}"
    properties |= {name: text for name, text in (("v", value), ("operation_type", operation)) if text is not None}
    return {"timestamp": utc(moment if "T" in moment else moment + "T00:00"), "properties": properties}


def measured(account, aggregation, *events, window=APRIL, recurring=True, **fields):
    """The usage of a metric, on an invoice."""
    store_events(account, *events)
    rounding = {name: fields.pop(name) for name in ("rounding_function", "rounding_precision") if name in fields}
    metric = a_metric(account, aggregation=aggregation, field_name="v", recurring=recurring, **rounding)
    ((found,),) = measure(account.organization.id, "acme", [Measurement(metric, window, **fields)])
    return found.usage


def test_5_1_both_ends_count_and_the_start_by_the_millisecond(owner):
    last = utc("2025-04-30T23:59:59.5")
    moments = [utc("2025-03-31T23:59:59.9995"), utc("2025-04-01T00:00"), last, utc("2025-05-01T00:00")]
    events = [{"timestamp": moment} for moment in moments]
    assert measured(owner, "count_agg", *events, recurring=False).units == 2


def test_5_1_a_start_within_a_day(owner):
    window = replace(APRIL, starts=utc("2025-04-01T09:30:00.000700"))
    moments = [utc("2025-04-01T09:30:00.000200"), utc("2025-04-01T09:29:59.9")]
    events = [{"timestamp": moment} for moment in moments]
    assert measured(owner, "count_agg", *events, window=window, recurring=False).units == 1


@pytest.mark.parametrize("aggregation, values, units, count", [
    ("sum_agg", ["10", 2.5, "abc", None, -4, "1e3"], "8.5", 3),  # 5.2
    ("sum_agg", [-4, 1], "-3", 2),
    ("max_agg", [3, 17.25, "9", "n/a"], "17.25", 3),  # 5.3
    ("max_agg", [-2, -5], "-2", 2),
    ("max_agg", [], "0", 0),
])
def test_5_2_and_5_3_sum_and_max(owner, aggregation, values, units, count):
    events = [at("05", value) for value in values]
    usage = measured(owner, aggregation, *events, recurring=False)
    assert (usage.units, usage.events_count) == (Decimal(units), count)


@pytest.mark.parametrize("more, units", [([], 26), ([("25", -1)], 0)])
def test_5_4_latest(owner, more, units):
    events = [("03", 40), ("09T10:00", 25), ("09T10:00", 26), ("20", None), *more]
    assert measured(owner, "latest_agg", *(at(*one) for one in events), recurring=False).units == units


def test_5_5_unique_count(owner):
    events = [
        at("03", "a", "add"), at("04", "b", "add"), at("05", "a", "add"), at("06", "b", "remove"),
        at("07", "z", "remove"), at("08"), at("09", 7), at("09", "7"),
    ]
    assert measured(owner, "unique_count_agg", *events, recurring=False).units == 3


@pytest.mark.parametrize("recurring, units", [(True, 2), (False, 1)])
def test_5_5_unique_count_over_months(owner, recurring, units):
    events = at("03-03", "a"), at("03-04", "b"), at("05", "a", "remove"), at("06", "c")
    assert measured(owner, "unique_count_agg", *events, recurring=recurring).units == units


@pytest.mark.parametrize("start, march, april, may", [("2025-02-01T00:00", 13, 10, 10)])
def test_5_7_a_recurring_sum_in_arrears(owner, start, march, april, may):
    metric = a_metric(owner, aggregation="sum_agg", field_name="v", recurring=True)
    subscription = subscribed(owner, metric, start=start)
    store_events(owner, at("02-10", 8), at("03-20", 5), at("15", -3))
    found = [units_at(subscription, f"2025-{month}-28T00:00") for month in ("03", "04", "05")]
    assert found == [march, april, may]


def units_at(subscription, moment):
    (found,) = priced_usage(subscription, current_windows(subscription, utc(moment)))
    return found.price.units


PERSISTED = [at("03-02", 20), at("03-03", -7.5)]
TERMINATED = replace(APRIL, ends=utc("2025-04-18T23:59:59"), days=18)


@pytest.mark.parametrize("window, events, prorated, full", [
    (APRIL, [*PERSISTED, at("10T18:00", 7), at("25", -3)], "16.8", "16.5"),
    (TERMINATED, [*PERSISTED, at("10T18:00", 7)], "9.6", "19.5"),
    (replace(TERMINATED, days=17), [*PERSISTED, at("10T18:00", 7)], "9.18334", "19.5"),  # ended by an upgrade
    (replace(APRIL, starts=utc("2025-04-24T00:00"), days=7), [at("03-02", 30)], "7.00001", "30"),  # 30 x 7/30: a double
    (APRIL, [at("24", 30)], "7", "30"),  # the same, exactly
    (a_window("America/New_York", "2025-04-01", "2025-04-30"), [at("11T02:30", 9)], "6.3", "9"),
])
def test_5_8_prorated_sum(owner, window, events, prorated, full):
    usage = measured(owner, "sum_agg", *events, window=window, prorated=True)
    assert (usage.units, usage.full_units, usage.events_count) == (Decimal(prorated), Decimal(full), len(events))


def test_5_8_is_billed_by_prorated_units_and_shows_full_ones(owner):
    metric = a_metric(owner, aggregation="sum_agg", field_name="v", recurring=True)
    plan = a_plan(owner)
    a_charge(plan, metric, prorated=True, properties={"amount": "2.50"})
    subscription = a_subscription(a_customer(owner), plan, start="2025-01-01T00:00")
    store_events(owner, *PERSISTED, at("10T18:00", 7), at("25", -3))
    (fee,) = priced_usage(subscription, current_windows(subscription, utc("2025-04-20T00:00")))
    assert (fee.amounts.amount_cents, fee.price.units) == (4200, Decimal("16.5"))


C = [at("28T08:00", "C", "add"), at("28T09:00", "C", "remove"), at("28T10:00", "C", "add")]
D = [
    at("02", "D", "add"), at("05T09:00", "D", "remove"), at("05T16:00", "D", "add"), at("07", "D", "remove"),
    at("10", "D", "add"),
]


@pytest.mark.parametrize("events, prorated, full, count", [
    ([at("03-05", "A"), at("11T09:00", "B"), at("20T16:00", "B", "remove"), *C], "1.43334", 2, 1),
    (D, "0.9", 1, 0),
])
def test_5_9_prorated_unique_count(owner, events, prorated, full, count):
    usage = measured(owner, "unique_count_agg", *events, prorated=True)
    assert (usage.units, usage.full_units, usage.events_count) == (Decimal(prorated), full, count)


@pytest.mark.parametrize("events, prorated", [
    ([at("02-02", "E", "add", g="x"), at("02-10", "E", "remove", g="x")], "0.03334"),  # gone, yet a day counts
    (C, "0.13334"),  # without a group nothing is merged: 1 day and 3 days
])
def test_5_9_oddities_of_groups(owner, events, prorated):
    usage = measured(owner, "unique_count_agg", *events, prorated=True, group_keys=("g",))
    assert usage.units == Decimal(prorated)


def test_5_11_filters_groups_history_and_proration(owner):
    metric = a_metric(owner, aggregation="sum_agg", field_name="v", recurring=True)
    plan = a_plan(owner)
    charge = a_charge(plan, metric, prorated=True, properties={"amount": "1"})
    a_charge_filter(charge, values={"region": ["eu"]}, properties={"amount": "2", "pricing_group_keys": ["team"]})
    subscription = a_subscription(a_customer(owner), plan, start="2025-01-01T00:00")
    store_events(
        owner, at("03-12", 10, region="eu", team="red"), at("07T12:00", -4, region="eu", team="red"),
        at("16", 6, region="eu", team="blue"), at("16", 2, region="eu"), at("25", 3, region="us"),
        at("26", "abc", region="mars"), at("26", 1),
    )
    fees = priced_usage(subscription, current_windows(subscription, utc("2025-04-20T00:00")))
    assert [
        (fee.grouped_by.get("team", "-"), fee.usage.units, fee.price.units, fee.events_count, fee.amounts.amount_cents)
        for fee in fees
    ] == [
        ("blue", 3, 6, 1, 600), ("red", Decimal("6.8"), 6, 2, 1360), (None, 1, 2, 1, 200),
        ("-", Decimal("0.76667"), 4, 2, 77),
    ]


@pytest.mark.parametrize("function, precision, units", [
    ("ceil", 1, "12.4"), ("floor", None, "12"), ("round", 2, "12.35"), ("round", -1, "10"),
])
def test_5_12_rounding(owner, function, precision, units):
    events = at("05", "12"), at("06", "0.345")
    rounding = {"rounding_function": function, "rounding_precision": precision}
    assert measured(owner, "sum_agg", *events, recurring=False, **rounding).units == Decimal(units)


def test_5_12_prorated_and_full_units_are_rounded_each(owner):
    events = [*PERSISTED, at("10T18:00", 7), at("25", -3)]
    usage = measured(owner, "sum_agg", *events, prorated=True, rounding_function="round")
    assert (usage.units, usage.full_units) == (17, 17)


def test_an_event_less_than_a_millisecond_before_the_start_is_in_both_parts(owner):
    starts = utc("2025-04-16T00:00:00.000700")
    window = replace(APRIL, starts=starts, days=15)
    event = {"timestamp": starts - timedelta(microseconds=300), "properties": {"v": 6}}
    usage = measured(owner, "sum_agg", event, window=window, prorated=True)
    assert (usage.units, usage.full_units, usage.events_count) == (6, 6, 2)  # 6 x 15/30, twice
