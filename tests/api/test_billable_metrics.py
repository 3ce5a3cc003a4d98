"""Billable metrics over the API (01 §2)."""

import pytest

from tests.builders.catalog import a_metric, a_plan, a_sum_metric, metric_body, standard_charge
from tests.builders.outbox import announced

PATH = "/billable_metrics"
COUNTERS = {"active_subscriptions_count", "draft_invoices_count", "plans_count"}


def test_a_metric_is_shown_as_it_was_made(owner):
    made = a_sum_metric(owner, recurring=True, rounding_function="ceil", rounding_precision=-1, description="disk")
    shown = owner.get(f"{PATH}/storage")["billable_metric"]
    assert shown == {name: value for name, value in made.items() if name not in COUNTERS}
    assert (made["field_name"], made["recurring"], made["rounding_precision"]) == ("gb", True, -1)
    assert {made[name] for name in COUNTERS} == {0}


@pytest.mark.parametrize("changes, details", [
    ({"name": ""}, {"name": ["value_is_mandatory"]}),
    ({"code": None}, {"code": ["value_is_mandatory"]}),
    ({"code": "calls" * 60}, {"code": ["value_is_too_long"]}),
    ({"aggregation_type": "sum_agg"}, {"field_name": ["value_is_mandatory"]}),
    ({"aggregation_type": "max_agg", "field_name": " "}, {"field_name": ["value_is_mandatory"]}),
    ({"aggregation_type": "unique_count_agg"}, {"field_name": ["value_is_mandatory"]}),
    ({"aggregation_type": None},
     {"aggregation_type": ["value_is_invalid"], "field_name": ["value_is_mandatory"]}),
    ({"aggregation_type": "mean_agg", "field_name": "x"}, {"aggregation_type": ["value_is_invalid"]}),
    ({"aggregation_type": ["sum_agg"], "field_name": "x"}, {"aggregation_type": ["value_is_invalid"]}),
    ({"aggregation_type": "custom_agg", "field_name": "x"}, {"aggregation_type": ["value_is_invalid"]}),
    ({"aggregation_type": "custom_agg"}, {"aggregation_type": ["value_is_invalid"]}),
    ({"aggregation_type": "latest_agg"}, {"field_name": ["value_is_mandatory"]}),
    ({"aggregation_type": "latest_agg", "field_name": "x", "recurring": True},
     {"recurring": ["not_compatible_with_aggregation_type"]}),
    ({"aggregation_type": "weighted_sum_agg"},
     {"field_name": ["value_is_mandatory"], "weighted_interval": ["value_is_invalid"]}),
    ({"aggregation_type": "weighted_sum_agg", "field_name": "x", "weighted_interval": "hours"},
     {"weighted_interval": ["value_is_invalid"]}),
    ({"aggregation_type": "weighted_sum_agg", "field_name": "x", "weighted_interval": None},
     {"weighted_interval": ["value_is_invalid"]}),
    ({"aggregation_type": "weighted_sum_agg", "field_name": "x", "weighted_interval": ["seconds"]},
     {"weighted_interval": ["value_is_invalid"]}),
    ({"recurring": True}, {"recurring": ["not_compatible_with_aggregation_type"]}),
    ({"aggregation_type": "max_agg", "field_name": "x", "recurring": True},
     {"recurring": ["not_compatible_with_aggregation_type"]}),
    ({"recurring": "often"}, {"recurring": ["value_is_invalid"]}),
    ({"weighted_interval": "hours"}, {"weighted_interval": ["value_is_invalid"]}),
    ({"rounding_function": "up"}, {"rounding_function": ["value_is_invalid"]}),
    ({"rounding_precision": 1.5}, {"rounding_precision": ["must be an integer"]}),
    ({"rounding_precision": "x"}, {"rounding_precision": ["is not a number"]}),
    ({"rounding_precision": 10**60}, {"rounding_precision": ["value_is_out_of_range"]}),
    ({"expression": "1 +"}, {"expression": ["invalid_expression"]}),
    ({"expression": "event.properties.a.b"}, {"expression": ["invalid_expression"]}),
    ({"aggregation_type": "sum_agg", "expression": "1 + 1"}, {"field_name": ["value_is_mandatory"]}),
    ({"description": "a\0b"}, {"description": ["value_is_invalid"]}),
])
def test_a_bad_metric_is_refused(owner, changes, details):
    assert owner.refused("POST", PATH, {"billable_metric": metric_body() | changes}) == details


@pytest.mark.parametrize("changes", [
    {"filters": []}, {"filters": None}, {"expression": ""}, {"expression": " "}, {"weighted_interval": None},
    {"rounding_function": None},
    {"unknown": {"deep": [1]}}, {"description": {"wrong": "shape"}},
])
def test_what_means_nothing_is_taken(owner, changes):
    assert a_metric(owner, **changes)["aggregation_type"] == "count_agg"


def test_a_metric_may_compute_its_field(owner):
    expression = "round(event.properties.a / 3, 2)"
    assert a_sum_metric(owner, expression=expression)["expression"] == expression
    changed = owner.put(f"{PATH}/storage", {"billable_metric": {"expression": ""}})
    assert changed["billable_metric"]["expression"] is None


@pytest.mark.parametrize("terms", [
    {"aggregation_type": "latest_agg"},
    {"aggregation_type": "weighted_sum_agg", "weighted_interval": "seconds", "recurring": True},
])
def test_levels_are_aggregated_too(owner, terms):
    assert terms.items() <= a_metric(owner, field_name="seats", **terms).items()


def test_a_count_reads_no_field(owner):
    assert a_metric(owner, field_name="gb")["field_name"] is None


def test_a_code_is_taken_once_and_free_after_deletion(owner):
    a_metric(owner)
    assert owner.refused("POST", PATH, {"billable_metric": metric_body()}) == {"code": ["value_already_exist"]}
    a_metric(owner, "Calls")
    owner.delete(f"{PATH}/calls")
    a_metric(owner)


def test_an_update_changes_what_it_names(owner):
    a_sum_metric(owner)
    changed = owner.put(f"{PATH}/storage", {"billable_metric": {"aggregation_type": "max_agg", "code": "peak"}})
    assert changed["billable_metric"]["field_name"] == "gb"
    assert owner.get(f"{PATH}/peak")["billable_metric"]["aggregation_type"] == "max_agg"


@pytest.mark.parametrize("changes, details", [
    ({"name": ""}, {"name": ["value_is_mandatory"]}),
    ({"field_name": None}, {"field_name": ["value_is_mandatory"]}),
    ({"aggregation_type": "max_agg", "recurring": True}, {"recurring": ["not_compatible_with_aggregation_type"]}),
    ({"aggregation_type": None}, {"aggregation_type": ["value_is_invalid"]}),
    ({"code": "calls"}, {"code": ["value_already_exist"]}),
    ({"aggregation_type": "latest_agg", "recurring": True}, {"recurring": ["not_compatible_with_aggregation_type"]}),
    ({"aggregation_type": "weighted_sum_agg"}, {"weighted_interval": ["value_is_invalid"]}),
    ({"aggregation_type": "custom_agg"}, {"aggregation_type": ["value_is_invalid"]}),
    ({"weighted_interval": "hours"}, {"weighted_interval": ["value_is_invalid"]}),
    ({"expression": "1 +"}, {"expression": ["invalid_expression"]}),
])
def test_a_bad_update_is_refused_and_changes_nothing(owner, changes, details):
    a_metric(owner)
    before = a_sum_metric(owner)
    assert owner.refused("PUT", f"{PATH}/storage", {"billable_metric": {"description": "new", **changes}}) == details
    assert owner.get(f"{PATH}/storage")["billable_metric"].items() <= before.items()


def test_of_a_metric_in_a_plan_only_words_change(owner):
    a_plan(owner, charges=[standard_charge(a_sum_metric(owner))])
    body = {"name": "Disk", "description": "d", "code": "x", "aggregation_type": "max_agg", "field_name": "",
            "recurring": "often", "rounding_function": "ceil"}
    changed = owner.put(f"{PATH}/storage", {"billable_metric": body})["billable_metric"]
    assert (changed["name"], changed["description"], changed["code"]) == ("Disk", "d", "storage")
    assert (changed["aggregation_type"], changed["rounding_function"]) == ("sum_agg", None)


def test_a_metric_whose_charge_is_gone_is_free_again(owner):
    a_plan(owner, charges=[standard_charge(a_metric(owner))])
    owner.put("/plans/basic", {"plan": {"charges": []}})
    assert owner.put(f"{PATH}/calls", {"billable_metric": {"code": "x"}})["billable_metric"]["code"] == "x"


def test_a_deleted_metric_takes_its_charges_along(owner):
    kept = a_metric(owner, "kept")
    a_plan(owner, charges=[standard_charge(a_metric(owner)), standard_charge(kept)])
    assert owner.delete(f"{PATH}/calls")["billable_metric"]["code"] == "calls"
    assert [charge["code"] for charge in owner.get("/plans/basic")["plan"]["charges"]] == ["kept"]
    assert owner.call("GET", f"{PATH}/calls", expect=404)["code"] == "billable_metric_not_found"


def test_metrics_are_listed_newest_first(owner):
    for code in ("a", "b", "c"):
        a_metric(owner, code)
    assert [metric["code"] for metric in owner.get(PATH, per_page=2)["billable_metrics"]] == ["c", "b"]


def test_what_happens_to_a_metric_is_announced(owner):
    a_metric(owner)
    owner.put(f"{PATH}/calls", {"billable_metric": {"name": "Hits"}})
    owner.delete(f"{PATH}/calls")
    assert announced(owner) == [f"billable_metric.{what}" for what in ("created", "updated", "deleted")]


def test_nobody_sees_the_metrics_of_others(owner, outsider):
    a_metric(owner)
    for method, body in (("GET", None), ("PUT", {"billable_metric": {"name": "x"}}), ("DELETE", None)):
        assert outsider.call(method, f"{PATH}/calls", body, expect=404)["code"] == "billable_metric_not_found"
    assert outsider.get(PATH)["billable_metrics"] == []


def test_a_listing_costs_the_same_for_2_and_20(owner, count_queries):
    costs = []
    for numbers in (range(2), range(2, 20)):
        for number in numbers:
            a_metric(owner, f"m{number}")
        with count_queries() as statements:
            owner.get(PATH)
        costs.append(len(statements))
    assert costs[0] == costs[1]
