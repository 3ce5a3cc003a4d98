"""From events to units and money, for each kind of aggregation (01 §3)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from lago.metering.usage import Narrowing, priced_usage
from lago.subscriptions.terms import current_windows
from tests.builders.usage import (
    a_charge,
    a_customer,
    a_metric,
    a_plan,
    a_subscription,
    store_events,
    subscribed,
    utc,
)

MARCH, LAST_MICROSECOND = utc("2024-03-01T00:00"), utc("2024-04-01T00:00") - timedelta(microseconds=1)


def used(subscription, **options):
    """The usage of March 2024."""
    return priced_usage(subscription, current_windows(subscription, utc("2024-03-20T00:00")), **options)


def the_usage(subscription):
    (only,) = used(subscription)
    return only


def with_values(account, aggregation, *values, **metric):
    """The usage of a metric with these values of its property, in that order."""
    subscription = subscribed(account, a_metric(account, aggregation=aggregation, field_name="v", **metric))
    store_events(account, *({"properties": {"v": value}} for value in values))
    return the_usage(subscription)


def test_both_ends_of_the_window_count_and_its_start_by_the_millisecond(owner):
    subscription = subscribed(owner, a_metric(owner), start="2024-03-01T09:30:00.000700")
    instants = [
        utc("2024-03-01T09:30:00") - timedelta(microseconds=1), utc("2024-03-01T09:30:00"),
        utc("2024-03-01T09:30:00.000200"), LAST_MICROSECOND, LAST_MICROSECOND + timedelta(microseconds=1),
    ]
    store_events(owner, *({"timestamp": instant} for instant in instants))
    assert the_usage(subscription).events_count == 3


@pytest.mark.parametrize("other", [
    {"code": "other"}, {"external_subscription_id": "other"}, {"external_subscription_id": None},
    {"timestamp": utc("2024-02-29T23:59:59")},
])
def test_events_of_something_else_do_not_count(owner, other):
    subscription = subscribed(owner, a_metric(owner))
    store_events(owner, {}, other)
    assert the_usage(subscription).usage.units == 1


def test_events_of_another_organization_do_not_count(owner, outsider):
    subscription = subscribed(owner, a_metric(owner))
    store_events(outsider, {})
    assert the_usage(subscription).usage.units == 0


def test_only_texts_of_digits_are_numbers(owner):
    no_numbers = ["abc", None, "", "1e3", "+5", ".5", "5.", " 5", "5\n", "1,000", True, [5], {"v": 5}, "9" * 501]
    usage = with_values(owner, "sum_agg", "10", 2.5, -4, "007", "1.50", *no_numbers)
    assert (usage.usage.units, usage.events_count) == (Decimal("17.00"), 5)


def test_a_json_number_counts_whatever_its_notation(owner):
    assert with_values(owner, "sum_agg", 1e3, 12345678901234567890).usage.units == Decimal("12345678901234568890")


def test_long_numbers_are_summed_exactly(owner):
    usage = with_values(owner, "sum_agg", "9" * 60 + ".000000000000000000001", "1")
    assert usage.usage.units == Decimal("1" + "0" * 60 + ".000000000000000000001")


@pytest.mark.parametrize("values, units, count", [
    ((3, 17.25, "9", "n/a"), "17.25", 3), ((-2, -5), "-2", 2), ((), "0", 0), (("n/a",), "0", 0),
])
def test_max_is_the_greatest_number(owner, values, units, count):
    usage = with_values(owner, "max_agg", *values)
    assert (usage.usage.units, usage.events_count) == (Decimal(units), count)


def test_negative_units_cost_nothing_and_are_not_shown(owner):
    usage = with_values(owner, "sum_agg", -4, 1)
    assert (usage.price.units, usage.amounts.amount_cents, usage.events_count) == (0, 0, 2)


def operation(value, name=None, **event):
    return {"properties": {"v": value, **({"operation_type": name} if name else {})}, **event}


@pytest.mark.parametrize("operations, units", [
    ([("a", None), ("b", None), ("a", "add"), ("b", "remove"), ("z", "remove"), (None, None)], 2),
    ([(7, None), ("7", None)], 1),
    ([("a", "add"), ("a", "remove"), ("a", "add")], 1),
    ([("a", "remove"), ("a", "add")], 1),
    ([("a", "Add")], -1),
    ([("1.0", None), ("1", None)], 2),
    ([], 0),
])
def test_a_unique_value_counts_while_it_is_added(owner, operations, units):
    subscription = subscribed(owner, a_metric(owner, aggregation="unique_count_agg", field_name="v"))
    store_events(owner, *(operation(*one) for one in operations))  # at one moment: the order of insertion decides
    usage = the_usage(subscription)
    assert (usage.usage.units, usage.events_count) == (units, units)


@pytest.mark.parametrize("aggregation, recurring, units", [
    ("sum_agg", True, 10), ("sum_agg", False, 2), ("unique_count_agg", True, 2), ("unique_count_agg", False, 1),
])
def test_a_recurring_metric_reads_the_whole_history(owner, aggregation, recurring, units):
    metric = a_metric(owner, aggregation=aggregation, field_name="v", recurring=recurring)
    subscription = subscribed(owner, metric)
    store_events(
        owner, operation(5, timestamp=utc("2023-01-01T00:00")), operation(3, timestamp=utc("2024-02-01T00:00")),
        operation(2), operation(5, "remove", timestamp=utc("2024-03-06T00:00")) if "unique" in aggregation else
        operation("x"), operation(9, timestamp=utc("2024-04-01T00:00")),
    )
    assert the_usage(subscription).usage.units == units


@pytest.mark.parametrize("function, precision, units", [
    ("ceil", 1, "12.4"), ("floor", None, "12"), ("round", 2, "12.35"), ("round", -1, "10"), (None, None, "12.345"),
])
def test_a_metric_rounds_its_units(owner, function, precision, units):
    usage = with_values(
        owner, "sum_agg", "12", "0.345", rounding_function=function, rounding_precision=precision
    )
    assert usage.usage.units == Decimal(units)


def test_each_group_is_rounded_and_priced_by_itself(owner):
    metric = a_metric(owner, aggregation="sum_agg", field_name="v", rounding_function="ceil")
    subscription = subscribed(owner, metric, properties={"amount": "2", "pricing_group_keys": ["team", "zone"]})
    for team in ("red", "blue"):
        store_events(owner, {"properties": {"v": "1.2", "team": team, "zone": "eu"}})
    store_events(owner, {"properties": {"v": -9, "team": "green"}})
    assert [(usage.grouped_by, usage.amounts.amount_cents) for usage in used(subscription)] == [
        ({"team": "blue", "zone": "eu"}, 400), ({"team": "green", "zone": None}, 0),
        ({"team": "red", "zone": "eu"}, 400),
    ]


def test_a_blank_and_a_missing_group_are_two_without_a_name(owner):
    subscription = subscribed(owner, a_metric(owner), properties={"amount": "1", "pricing_group_keys": ["team"]})
    store_events(owner, {}, {"properties": {"team": None}}, {"properties": {"team": ""}}, {"properties": {"team": 1}})
    groups = [(usage.grouped_by["team"], usage.events_count) for usage in used(subscription)]
    assert sorted(groups, key=str) == [("1", 1), (None, 1), (None, 2)]


def test_a_grouped_charge_without_events_has_one_null_group(owner):
    subscription = subscribed(owner, a_metric(owner), properties={"amount": "1", "pricing_group_keys": ["team"]})
    (usage,) = used(subscription)
    assert (usage.grouped_by, usage.is_billed) == ({"team": None}, False)


def test_usage_can_be_narrowed_to_values_of_a_group(owner):
    subscription = subscribed(
        owner, a_metric(owner), properties={"amount": "1", "pricing_group_keys": ["team", "zone"]}
    )
    store_events(owner, *({"properties": {"team": team, "zone": "eu"}} for team in ("red", "blue", "green")))
    (usage,) = used(subscription, narrowing=Narrowing(only=(("team", ("red", "blue")),)))
    assert (usage.grouped_by, usage.events_count) == ({"zone": "eu"}, 2)
    (usage,) = used(subscription, narrowing=Narrowing(grouped=False))
    assert (usage.grouped_by, usage.events_count) == ({}, 3)


def test_a_flat_amount_is_billed_without_events(owner):
    plan = a_plan(owner)
    tiers = [{"from_value": 0, "to_value": None, "per_unit_amount": "1", "flat_amount": "5"}]
    metric = a_metric(owner)
    a_charge(plan, metric, "graduated", properties={"graduated_ranges": tiers})
    a_charge(plan, metric, code="free")
    graduated, standard = used(a_subscription(a_customer(owner), plan))
    assert (graduated.amounts.amount_cents, graduated.is_billed, standard.is_billed) == (500, True, False)


@pytest.mark.parametrize("count", [1, 4])
def test_all_charges_are_read_by_one_query(owner, count_queries, count):
    kinds = ["count_agg", "sum_agg", "max_agg", "unique_count_agg"][:count]
    subscription = subscribed(owner, *(a_metric(owner, kind, kind, field_name="v") for kind in kinds))
    windows = current_windows(subscription, utc("2024-03-20T00:00"))
    with count_queries() as statements:
        assert len(priced_usage(subscription, windows)) == count
    assert len(statements) == 1
