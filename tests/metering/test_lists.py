"""What charge models are told of single events (01 §3.10), and that it is asked for only where it is needed."""

from decimal import Decimal

import pytest

from lago.metering.aggregations import Measurement
from lago.metering.measure import measure
from lago.pricing.values import Needs
from tests.builders.usage import a_metric, store_events, utc
from tests.metering.random_events import a_window

APRIL = a_window("UTC", "2025-04-01", "2025-04-30")


def event(day, value, operation=None, **properties):
    named = {"operation_type": operation} if operation else {}
    return {"timestamp": utc(f"2025-{day}T12:00"), "properties": {"v": value, **named, **properties}}


def listed(account, aggregation, needs, *events, recurring=False, **fields):
    """The usage with its lists, by group."""
    store_events(account, *events)
    metric = a_metric(account, aggregation=aggregation, field_name="v", recurring=recurring)
    measurement = Measurement(metric, APRIL, needs=needs, **fields)
    (found,) = measure(account.organization.id, "acme", [measurement])
    return {one.group.keys: one.usage for one in found}


PAYMENTS = [event("04-04", 300), event("04-02", 100), event("04-05", 20), event("04-03", 50), event("04-04", "x")]


@pytest.mark.parametrize("needs, totals", [
    (Needs(), ()),
    (Needs(first_totals=2), (100, 150)),
    (Needs(first_totals=2, totals_until=Decimal(1)), (100, 150)),
    (Needs(first_totals=9), (100, 150, 450, 470)),
    (Needs(totals_until=Decimal(120)), (100, 150)),
    (Needs(totals_until=Decimal(150)), (100, 150, 450)),  # 150 does not exceed it
    (Needs(totals_until=Decimal(9999)), (100, 150, 450, 470)),
    (Needs(totals_until=Decimal("0.5")), (100,)),
])
def test_running_totals_go_as_far_as_something_is_free(owner, needs, totals):
    assert listed(owner, "sum_agg", needs, *PAYMENTS)[()].running_totals == totals


def test_running_totals_end_at_the_first_that_exceeds_even_if_they_fall_again(owner):
    events = event("04-02", 10), event("04-03", -9), event("04-04", 5)
    assert listed(owner, "sum_agg", Needs(totals_until=Decimal(9)), *events)[()].running_totals == (10,)


@pytest.mark.parametrize("needs", [Needs(first_totals=2), Needs(totals_until=Decimal(2))])
def test_running_totals_of_each_group_are_its_own(owner, needs):
    events = [event(f"04-0{day}", day, team=team) for day in (1, 2, 3) for team in ("red", "blue")]
    usages = listed(owner, "sum_agg", needs, *events, group_keys=("team",))
    assert [usage.running_totals for usage in usages.values()] == [(1, 3), (1, 3)]


def test_a_recurring_sum_totals_its_history_and_lists_its_window(owner):
    events = event("03-02", 7), event("04-02", 1)
    (usage,) = listed(owner, "sum_agg", Needs(first_totals=9, event_values=True), *events, recurring=True).values()
    assert (usage.running_totals, usage.event_values) == ((7, 8), (1,))


@pytest.mark.parametrize("aggregation, totals, values", [
    ("count_agg", range(1, 6), (1, 1, 1, 1, 1)),
    ("sum_agg", (100, 150, 450, 470), (100, 50, 300, 20)),
    ("max_agg", (), (0, 0, 300, 0)),
    ("unique_count_agg", range(1, 6), (1, 1, 1, 1, 1)),
    ("weighted_sum_agg", (), ()),
    ("latest_agg", (), ()),
])
def test_each_aggregation_has_its_lists(owner, aggregation, totals, values):
    needs = Needs(first_totals=9, event_values=True)
    usage = listed(owner, aggregation, needs, *PAYMENTS)[()]
    assert (usage.running_totals, usage.event_values) == (totals, values)


def test_values_of_a_unique_count_are_events_that_have_the_property(owner):
    events = [event("04-02", "a"), event("04-03", "a"), event("04-04", "a", "remove"), event("04-05", None)]
    without = {"timestamp": utc("2025-04-06T00:00")}
    usage = listed(owner, "unique_count_agg", Needs(event_values=True), *events, without)[()]
    assert (usage.units, usage.event_values) == (1, (1, 1, 1, 1))


def test_the_greatest_number_counts_at_its_first_event(owner):
    events = event("04-02", 5), event("04-03", -1), event("04-04", 5)
    assert listed(owner, "max_agg", Needs(event_values=True), *events)[()].event_values == (5, 0, 0)


@pytest.mark.parametrize("needs, amount", [(Needs(precise_amounts=True), "153.83"), (Needs(), "0")])
def test_amounts_are_those_of_the_events_that_are_summed(owner, needs, amount):
    events = [
        event("04-02", 3) | {"precise_total_amount_cents": Decimal("120.5")},
        event("04-03", 4) | {"precise_total_amount_cents": Decimal("33.33")},
        event("04-04", 5) | {"precise_total_amount_cents": None},
        event("04-04", "x") | {"precise_total_amount_cents": Decimal(1000)},
    ]
    assert listed(owner, "sum_agg", needs, *events)[()].precise_total_amount_cents == Decimal(amount)


def test_steps_of_a_prorated_sum_begin_with_what_was_there(owner):
    events = event("03-02", 4), event("03-03", 2), event("04-16", -1), event("04-11", 3)
    usage = listed(owner, "sum_agg", Needs(steps=True), *events, recurring=True, prorated=True)[()]
    assert usage.steps == ((6, 6), (3, 2 + Decimal("1E-20")), (-1, Decimal("-0.5")))  # 3 x 20/30, cut to 20 decimals


def test_steps_leave_out_what_has_come_to_nothing(owner):
    events = event("03-02", 4), event("03-03", -4), event("04-16", 2)
    usage = listed(owner, "sum_agg", Needs(steps=True), *events, recurring=True, prorated=True)[()]
    assert usage.steps == ((2, 1),)


def test_steps_of_a_prorated_unique_count_are_all_changes_of_its_history(owner):
    events = [
        event("02-02", "gone"), event("02-10", "gone", "remove"), event("03-02", "b"), event("03-02", "a"),
        event("04-11", "c"), event("04-12", "c"), event("04-17", "a", "remove"),
    ]
    # of one moment by its text: a for 17 days, b for 30; then c for 20
    usage = listed(owner, "unique_count_agg", Needs(steps=True), *events, recurring=True, prorated=True)[()]
    assert usage.steps == (
        (1, 0), (-1, 0), (1, Decimal("0.56667")), (1, 1), (1, Decimal("0.66667")), (-1, 0),
    )


def test_lists_are_asked_for_only_where_they_are_needed(owner, count_queries):
    metric = a_metric(owner, aggregation="sum_agg", field_name="v")
    measurement = Measurement(metric, APRIL)
    with count_queries() as statements:
        measure(owner.organization.id, "acme", [measurement])
    assert "array_agg" not in statements[0] and statements[0].count("FROM events") == 1
