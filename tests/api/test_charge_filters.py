"""The filters of charges inside of a plan's body (02 §2.6)."""

import json

import pytest

from tests.builders.catalog import a_filter, a_metric, a_metric_with_filters, a_plan, plan_body, standard_charge

ALL = "__ALL_FILTER_VALUES__"
TIER = {"from_value": 0, "to_value": None, "per_unit_amount": "1", "flat_amount": "0"}


@pytest.fixture
def metric(owner):
    return a_metric_with_filters(owner)


def priced(owner, metric, *filters, **changes):
    """The charge of a new plan, with these filters."""
    return a_plan(owner, charges=[standard_charge(metric, filters=list(filters), **changes)])["charges"][0]


def changed(owner, charge, filters, **changes):
    """The filters of the charge after the plan was changed."""
    row = {"id": charge["lago_id"], "properties": charge["properties"], "filters": filters, **changes}
    answer = owner.put("/plans/basic", {"plan": {"charges": [row]}})["plan"]["charges"][0]["filters"]
    assert owner.get("/plans/basic")["plan"]["charges"][0]["filters"] == answer
    return answer


def names(filters):
    return [row["invoice_display_name"] for row in filters]


def test_filters_are_shown_as_they_were_given(owner, metric):
    given = [a_filter("1", "Europe", tier=["pro", "std"], region=["eu"]), a_filter("2.5", region=[ALL])]
    shown = priced(owner, metric, *given)["filters"]
    assert all(row.pop("lago_id") for row in shown)
    assert shown == [{**row, "charge_code": "calls"} for row in given]
    listed = owner.get("/plans")["plans"][0]["charges"][0]["filters"]
    assert [row["values"] for row in listed] == [row["values"] for row in given]


def test_group_keys_of_a_filter_are_shown_by_both_names(owner, metric):
    grouped = {"amount": "1", "grouped_by": ["team", ""]}
    charge = priced(owner, metric, {**a_filter(region=["eu"]), "properties": grouped}, a_filter(region=["us"]))
    assert [row["properties"] for row in charge["filters"]] == [
        {"amount": "1", "pricing_group_keys": ["team"], "grouped_by": ["team"]}, {"amount": "1"},
    ]


def test_keys_for_display_and_unknown_properties_are_dropped(owner, metric):
    properties = {"amount": "1", "colour": "red", "presentation_group_keys": "not even a list"}
    charge = priced(owner, metric, {**a_filter(region=["eu"]), "properties": properties})
    assert charge["filters"][0]["properties"] == {"amount": "1"}


@pytest.mark.parametrize("filters", [None, []])
def test_a_charge_may_have_none(owner, metric, filters):
    assert a_plan(owner, charges=[standard_charge(metric, filters=filters)])["charges"][0]["filters"] == []


NO_VALUES = {"properties": {"amount": "x"}}
BAD = [
    ([NO_VALUES], {"values": ["value_is_mandatory"]}),
    ([{**NO_VALUES, "values": {}}], {"values": ["value_is_mandatory"]}),
    ([{**NO_VALUES, "values": None}], {"values": ["value_is_mandatory"]}),
    ([{**NO_VALUES, "values": ["eu"]}], {"values": ["value_is_mandatory"]}),
    ([a_filter("x", region=["mars"]), NO_VALUES], {"values": ["value_is_mandatory"]}),
    ([a_filter("x", region=["mars"])], {"properties": ["invalid_amount"]}),
    ([{"values": {"region": ["eu"]}}], {"properties": ["invalid_amount"]}),
    ([{"values": {"region": ["eu"]}, "properties": {}}], {"properties": ["invalid_amount"]}),
    ([{"values": {"region": ["eu"]}, "properties": {"amount": "1", "pricing_group_keys": "x"}}],
     {"properties": ["invalid_type"]}),
    ([a_filter(cloud=["aws"])],
     {"billable_metric_filter": ["relation_must_exist"], "values": ["value_is_invalid"]}),
    ([a_filter(region=["mars"], tier=[])], {"values": ["value_is_invalid"]}),
    ([a_filter(region=["eu"]), a_filter(region=["eu", "mars"])], {"values": ["value_is_invalid"]}),
    ([a_filter(region=[])], {"values": ["value_is_mandatory"]}),
    ([a_filter(region=None)], {"values": ["value_is_mandatory"]}),
    ([a_filter(region="eu")], {"values": ["value_is_invalid"]}),
    ([a_filter(region=[None])], {"values": ["value_is_invalid"]}),
    ([a_filter(region=[{"eu": 1}])], {"values": ["value_is_invalid"]}),
    ([a_filter(region=[ALL, "eu"])], {"values": ["value_is_invalid"]}),
    ([a_filter(region=[ALL, ALL])], {"values": ["value_is_invalid"]}),
    ([a_filter(region=["EU"])], {"values": ["value_is_invalid"]}),
    (["eu"], {"filters": ["invalid_type"]}),
    ("eu", {"filters": ["must_be_array"]}),
    ({"values": {"region": ["eu"]}}, {"filters": ["must_be_array"]}),
]


@pytest.mark.parametrize("filters, details", BAD)
def test_bad_filters_are_refused(owner, metric, filters, details):
    body = plan_body(charges=[standard_charge(metric, filters=filters)])
    assert owner.refused("POST", "/plans", {"plan": body}) == details
    assert owner.get("/plans")["plans"] == []


@pytest.mark.parametrize("filters, details", BAD)
def test_bad_filters_change_nothing(owner, metric, filters, details):
    charge = priced(owner, metric, a_filter("1", region=["eu"]))
    before = owner.get("/plans/basic")["plan"]
    row = {"id": charge["lago_id"], "properties": {"amount": "5"}, "filters": filters}
    assert owner.refused("PUT", "/plans/basic", {"plan": {"name": "x", "charges": [row]}}) == details
    assert owner.get("/plans/basic")["plan"] == before


def test_what_is_wrong_with_the_charge_comes_first(owner, metric):
    charge = standard_charge(metric, "x", filters=[NO_VALUES])
    assert owner.refused("POST", "/plans", {"plan": plan_body(charges=[charge])}) == {"properties": ["invalid_amount"]}


def test_properties_are_those_of_the_charges_model(owner, metric):
    filters = [{"values": {"region": ["eu"]}, "properties": {"amount": "1"}}]
    charge = standard_charge(metric, charge_model="package", properties={}, filters=filters)
    assert owner.refused("POST", "/plans", {"plan": plan_body(charges=[charge])}) == {
        "properties": ["invalid_free_units", "invalid_package_size"]
    }
    filters[0]["properties"] = {"volume_ranges": [TIER]}
    charge = priced(owner, metric, *filters, charge_model="volume", properties={})
    assert charge["filters"][0]["properties"] == {"volume_ranges": [TIER]}


def test_a_filter_of_the_same_values_is_changed_in_place(owner, metric):
    charge = priced(owner, metric, a_filter("1", "Europe", region=["eu"], tier=["std", "pro"]))
    (kept,) = charge["filters"]
    (same,) = changed(owner, charge, [a_filter("7", tier=["std", "pro"], region=["eu"])])
    assert (same["lago_id"], same["invoice_display_name"]) == (kept["lago_id"], None)
    assert same["properties"] == {"amount": "7"}


def test_keys_keep_the_order_in_which_they_were_given_last(owner, metric):
    def sent(method, path, plan):
        headers = {"Authorization": f"Bearer {owner.api_key}", "Content-Type": "application/json"}
        raw = json.dumps({"plan": plan})  # the client's own encoder would sort the keys
        return owner.client.open(f"/api/v1{path}", method=method, data=raw, headers=headers).json["plan"]["charges"][0]

    charge = standard_charge(metric, filters=[a_filter(tier=["std"], region=["eu"])])
    made = sent("POST", "/plans", plan_body(charges=[charge]))
    assert list(made["filters"][0]["values"]) == ["tier", "region"]
    row = {"id": made["lago_id"], "filters": [a_filter(region=["eu"], tier=["std"])]}
    turned = sent("PUT", "/plans/basic", {"charges": [row]})
    assert list(turned["filters"][0]["values"]) == ["region", "tier"]
    assert turned["filters"][0]["lago_id"] == made["filters"][0]["lago_id"]


@pytest.mark.parametrize("values", [
    {"region": ["us", "eu"]}, {"region": ["eu"]}, {"region": ["eu", "us"], "tier": ["std"]}, {"tier": ["std"]},
])
def test_other_values_are_another_filter(owner, metric, values):
    charge = priced(owner, metric, a_filter(region=["eu", "us"]))
    (new,) = changed(owner, charge, [a_filter(**values)])
    assert new["values"] == values
    assert new["lago_id"] != charge["filters"][0]["lago_id"]


def test_kept_filters_come_as_they_were_sent_then_the_new_ones(owner, metric):
    charge = priced(owner, metric, *(a_filter("1", name, region=[name]) for name in ("eu", "us", "apac")))
    sent = [
        a_filter("1", "new", tier=["pro"]), a_filter("1", "apac", region=["apac"]),
        a_filter("1", "newer", tier=["std"]), a_filter("1", "eu", region=["eu"]),
    ]
    filters = changed(owner, charge, sent)
    assert names(filters) == ["apac", "eu", "new", "newer"]
    assert names(changed(owner, charge, [*sent[2:], *sent[:2]])) == ["newer", "eu", "new", "apac"]


@pytest.mark.parametrize("count, touched", [(99, True), (100, False), (101, False)])
def test_of_a_hundred_the_kept_ones_keep_their_order(owner, count, touched):
    values = [f"v{number:03}" for number in range(count)]
    charge = priced(
        owner, a_metric_with_filters(owner, "hosts", host=values),
        *(a_filter("1", value, host=[value]) for value in values[:-1]),
    )
    sent = [a_filter("1", value, host=[value]) for value in reversed(values)]
    shown = names(changed(owner, charge, sent))
    kept = values[-2::-1] if touched else values[:-1]
    assert shown == [*kept, values[-1]]


def test_of_a_hundred_one_that_changes_comes_after_those_that_stay(owner):
    values = [f"v{number:03}" for number in range(100)]
    sent = [a_filter("1", value, host=[value]) for value in values]
    charge = priced(owner, a_metric_with_filters(owner, "hosts", host=values), *sent)
    sent[3] = {**sent[3], "properties": {"amount": "9"}}
    assert names(changed(owner, charge, sent)) == [*values[:3], *values[4:], values[3]]


def test_two_filters_of_the_same_values_are_two(owner, metric):
    twins = [a_filter("1", "old", region=["eu"]), a_filter("2", "young", region=["eu"])]
    charge = priced(owner, metric, *twins)
    assert names(charge["filters"]) == ["old", "young"]
    assert changed(owner, charge, twins) == charge["filters"]
    assert changed(owner, charge, twins[:1]) == charge["filters"][:1]


@pytest.mark.parametrize("changes", [{}, {"filters": None}])
def test_without_the_key_filters_stay(owner, metric, changes):
    charge = priced(owner, metric, a_filter(region=["eu"]))
    row = {"id": charge["lago_id"], "properties": {"amount": "9"}, **changes}
    assert owner.put("/plans/basic", {"plan": {"charges": [row]}})["plan"]["charges"][0] == {
        **charge, "properties": {"amount": "9"}
    }


def test_with_an_empty_list_filters_go(owner, metric):
    charge = priced(owner, metric, a_filter(region=["eu"]), a_filter(tier=["pro"]))
    assert changed(owner, charge, []) == []


def test_filters_may_change_once_the_plan_has_a_subscription(owner, metric):
    charge = priced(owner, metric, a_filter(region=["eu"]))
    owner.post("/subscriptions", {"subscription": {
        "external_customer_id": "acme", "external_id": "acme", "plan_code": "basic",
    }})
    assert changed(owner, charge, [a_filter("3", tier=["pro"])])[0]["values"] == {"tier": ["pro"]}


def test_each_charge_has_filters_of_its_own(owner, metric):
    other = a_metric_with_filters(owner, "hosts", host=["a"])
    charges = [
        standard_charge(metric, filters=[a_filter(region=["eu"])]), standard_charge(metric),
        standard_charge(other, filters=[a_filter(host=["a"])]),
    ]
    plan = a_plan(owner, charges=charges)
    assert [[row["values"] for row in charge["filters"]] for charge in plan["charges"]] == [
        [{"region": ["eu"]}], [], [{"host": ["a"]}],
    ]
    last = plan["charges"][2]
    shown = owner.put("/plans/basic", {"plan": {"charges": [{"id": last["lago_id"]}]}})["plan"]["charges"]
    assert [charge["filters"] for charge in shown] == [last["filters"]]


@pytest.mark.parametrize("changes, details", [
    ({"charge_model": "package"}, {"properties": ["invalid_free_units", "invalid_package_size"]}),
    ({"billable_metric_id": None}, None),
    ({"metric": {"region": ["eu"]}}, None),
    ({"metric": {"region": ["us"]}}, {"values": ["value_is_invalid"]}),
    ({"metric": {"tier": ["pro"]}},
     {"billable_metric_filter": ["relation_must_exist"], "values": ["value_is_invalid"]}),
])
def test_filters_have_to_fit_another_model_or_metric(owner, metric, changes, details):
    charge = priced(owner, metric, a_filter(region=["eu"]))
    if "metric" in changes:
        changes = {"billable_metric_id": a_metric_with_filters(owner, "other", **changes["metric"])["lago_id"]}
    body = {"plan": {"charges": [{"id": charge["lago_id"], **changes}]}}
    if details:
        assert owner.refused("PUT", "/plans/basic", body) == details
    else:
        assert owner.put("/plans/basic", body)["plan"]["charges"][0]["filters"] == charge["filters"]


def test_filters_that_fit_another_model_are_reduced_to_it(owner, metric):
    properties = {"amount": "3", "free_units": 0, "package_size": 10}
    row = {**a_filter(region=["eu"]), "properties": properties}
    charge = priced(owner, metric, row, charge_model="package", properties=properties)
    body = {"plan": {"charges": [{"id": charge["lago_id"], "charge_model": "standard"}]}}
    shown = owner.put("/plans/basic", body)["plan"]["charges"][0]["filters"]
    assert shown == [{**charge["filters"][0], "properties": {"amount": "3"}}]


def test_a_metric_without_filters_has_none_for_charges(owner):
    body = plan_body(charges=[standard_charge(a_metric(owner), filters=[a_filter(region=[ALL])])])
    assert owner.refused("POST", "/plans", {"plan": body}) == {
        "billable_metric_filter": ["relation_must_exist"], "values": ["value_is_invalid"]
    }


def test_filters_of_another_organizations_metric_are_out_of_reach(owner, outsider, metric):
    mine = a_metric(outsider)
    charge = standard_charge(mine, filters=[a_filter(region=["eu"])])
    assert outsider.refused("POST", "/plans", {"plan": plan_body(charges=[charge])})["values"] == ["value_is_invalid"]


@pytest.mark.parametrize("method, path", [("GET", "/plans"), ("GET", "/plans/p{0}"), ("PUT", "/plans/p{0}")])
def test_plans_cost_the_same_with_2_and_20_filters(owner, metric, count_queries, method, path):
    costs = []
    for number, count in enumerate((2, 20)):
        host = a_metric_with_filters(owner, f"m{number}", host=[f"v{one}" for one in range(count)])
        filters = [a_filter(host=[f"v{one}"]) for one in range(count)]
        charges = [standard_charge(host, filters=filters) for _ in range(count)]
        plan = a_plan(owner, f"p{number}", charges=charges)
        rows = [{"id": row["lago_id"], "filters": [*filters[1:], filters[0]]} for row in plan["charges"]]
        with count_queries() as statements:
            owner.call(method, path.format(number), {"plan": {"charges": rows}} if method == "PUT" else None)
        costs.append(len(statements))
    assert costs[0] == costs[1]


def test_new_plans_cost_the_same_with_2_and_20_filters(owner, count_queries):
    costs = []
    for number, count in enumerate((2, 20)):
        host = a_metric_with_filters(owner, f"m{number}", host=[f"v{one}" for one in range(count)])
        filters = [a_filter(host=[f"v{one}"]) for one in range(count)]
        with count_queries() as statements:
            a_plan(owner, f"p{number}", charges=[standard_charge(host, filters=filters) for _ in range(count)])
        costs.append(len(statements))
    assert costs[0] == costs[1]
