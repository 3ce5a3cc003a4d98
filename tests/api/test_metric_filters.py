"""The filters of billable metrics, and what their changes do to the filters of charges (01 §2.4)."""

import pytest

from tests.builders.catalog import a_filter, a_metric, a_metric_with_filters, a_plan, metric_body, standard_charge

PATH = "/billable_metrics"
ALL = "__ALL_FILTER_VALUES__"
TIER = {"key": "tier", "values": ["std", "pro"]}


def change(owner, filters, **changes):
    body = {"billable_metric": {"filters": filters, **changes}}
    return owner.put(f"{PATH}/calls", body)["billable_metric"]["filters"]


def priced(owner, *filters, code="basic"):
    """A plan with a charge that has the filters, on the metric of region and tier."""
    metric = a_metric_with_filters(owner)
    return a_plan(owner, code, charges=[standard_charge(metric, filters=list(filters))])


def values_of(owner, code="basic"):
    """The values of the filters of the plan's first charge, in order."""
    return [row["values"] for row in owner.get(f"/plans/{code}")["plan"]["charges"][0]["filters"]]


def test_filters_are_shown_by_key_with_sorted_values(owner):
    filters = [{"key": "tier", "values": ["std", "pro"]}, {"key": "Region", "values": ["us", "10", "9", "eu"]}]
    shown = [{"key": "Region", "values": ["10", "9", "eu", "us"]}, {"key": "tier", "values": ["pro", "std"]}]
    assert a_metric(owner, filters=filters)["filters"] == shown
    assert owner.get(f"{PATH}/calls")["billable_metric"]["filters"] == shown
    assert owner.get(PATH)["billable_metrics"][0]["filters"] == shown


@pytest.mark.parametrize("given, shown", [
    ([{"key": "region", "values": ["us", "eu", "us"]}], [{"key": "region", "values": ["eu", "us"]}]),
    ([{"key": "region", "values": ["eu"]}, {"key": "region", "values": ["us"]}],
     [{"key": "region", "values": ["us"]}]),
    ([{"key": 7, "values": [1, 2.5, True]}], [{"key": "7", "values": ["1", "2.5", "true"]}]),
    ([], []),
    (None, []),
])
def test_each_key_and_value_counts_once(owner, given, shown):
    assert a_metric(owner, filters=given)["filters"] == shown


BAD = [
    ([{"key": "region"}], {"values": ["value_is_mandatory"]}),
    ([{"key": "region", "values": []}], {"values": ["value_is_mandatory"]}),
    ([{"key": "region", "values": None}], {"values": ["value_is_mandatory"]}),
    ([{"key": "region", "values": "eu"}], {"values": ["value_is_mandatory"]}),
    ([{"key": "", "values": ["eu"]}, {"key": "tier", "values": []}], {"values": ["value_is_mandatory"]}),
    ([{"key": " ", "values": ["eu"]}], {"key": ["value_is_mandatory"]}),
    ([{"values": ["eu"]}], {"key": ["value_is_mandatory"]}),
    ([{"key": ["region"], "values": ["eu"]}], {"key": ["value_is_mandatory"]}),
    ([{"key": "k" * 256, "values": ["eu"]}], {"key": ["value_is_too_long"]}),
    ([{"key": "region", "values": ["eu", None]}], {"values": ["value_is_invalid"]}),
    ([{"key": "region", "values": [["eu"]]}], {"values": ["value_is_invalid"]}),
    (["region"], {"filters": ["invalid_type"]}),
    ("region", {"filters": ["must_be_array"]}),
    ({"key": "region", "values": ["eu"]}, {"filters": ["must_be_array"]}),
    (False, {"filters": ["must_be_array"]}),
]


@pytest.mark.parametrize("filters, details", BAD)
def test_bad_filters_are_refused(owner, filters, details):
    assert owner.refused("POST", PATH, {"billable_metric": metric_body(filters=filters)}) == details
    assert owner.get(PATH)["billable_metrics"] == []


@pytest.mark.parametrize("filters, details", BAD)
def test_bad_filters_change_nothing(owner, filters, details):
    before = a_metric_with_filters(owner)["filters"]
    body = {"billable_metric": {"name": "new", "filters": filters}}
    assert owner.refused("PUT", f"{PATH}/calls", body) == details
    shown = owner.get(f"{PATH}/calls")["billable_metric"]
    assert (shown["name"], shown["filters"]) == ("Calls", before)


def test_an_update_is_the_complete_new_state(owner):
    a_metric_with_filters(owner)
    new = [{"key": "cloud", "values": ["aws"]}, {"key": "tier", "values": ["free", "pro"]}]
    assert change(owner, new) == new
    assert owner.get(f"{PATH}/calls")["billable_metric"]["filters"] == new
    assert change(owner, []) == []
    assert change(owner, [TIER]) == [{"key": "tier", "values": ["pro", "std"]}]


def test_null_and_nothing_change_nothing(owner):
    before = a_metric_with_filters(owner)["filters"]
    assert change(owner, None) == before
    assert owner.put(f"{PATH}/calls", {"billable_metric": {"name": "x"}})["billable_metric"]["filters"] == before


def test_filters_of_a_metric_in_a_plan_may_change(owner):
    a_plan(owner, charges=[standard_charge(a_metric(owner))])
    assert change(owner, [TIER], code="x") == [{"key": "tier", "values": ["pro", "std"]}]
    filters = [a_filter(tier=["pro"])]
    charge = owner.get("/plans/basic")["plan"]["charges"][0]
    owner.put("/plans/basic", {"plan": {"charges": [{"id": charge["lago_id"], "filters": filters}]}})
    assert values_of(owner) == [{"tier": ["pro"]}]


def test_a_value_that_goes_leaves_the_filters_of_charges(owner):
    priced(
        owner, a_filter(region=["us", "eu", "apac"]), a_filter(region=["eu"]), a_filter(region=["eu"], tier=["pro"]),
        a_filter(region=[ALL]), a_filter(tier=["pro"]),
    )
    change(owner, [{"key": "region", "values": ["apac", "us"]}, TIER])
    assert values_of(owner) == [{"region": ["us", "apac"]}, {"tier": ["pro"]}, {"region": [ALL]}, {"tier": ["pro"]}]


def test_a_key_that_goes_makes_filters_broader_or_ends_them(owner):
    priced(
        owner, a_filter("1", "both", tier=["std"], region=["eu"]), a_filter("2", "region", region=["eu"]),
        a_filter("3", "all", region=[ALL]), a_filter("4", "all and tier", region=[ALL], tier=[ALL]),
    )
    change(owner, [TIER])
    filters = owner.get("/plans/basic")["plan"]["charges"][0]["filters"]
    assert [(row["invoice_display_name"], row["values"]) for row in filters] == [
        ("both", {"tier": ["std"]}), ("all and tier", {"tier": [ALL]}),
    ]


def test_a_key_with_other_values_is_emptied_and_filled(owner):
    """The charge's filter is not told of the new values; all values are those of the day."""
    priced(owner, a_filter(region=["eu"]), a_filter(region=[ALL]))
    change(owner, [{"key": "region", "values": ["moon"]}])
    assert values_of(owner) == [{"region": [ALL]}]


def test_new_values_and_keys_leave_the_filters_of_charges_alone(owner):
    before = priced(owner, a_filter(region=["eu"]))["charges"][0]["filters"]
    change(owner, [{"key": "region", "values": ["eu", "us", "apac", "mars"]}, TIER, {"key": "new", "values": ["x"]}])
    assert owner.get("/plans/basic")["plan"]["charges"][0]["filters"] == before


def test_other_metrics_and_other_organizations_keep_theirs(owner, outsider):
    priced(outsider, a_filter(region=["eu"]))
    other = a_metric_with_filters(owner, "other")
    a_plan(owner, "others", charges=[standard_charge(other, filters=[a_filter(region=["eu"])])])
    priced(owner, a_filter(region=["eu"]))
    change(owner, [])
    assert values_of(owner) == []
    assert values_of(owner, "others") == [{"region": ["eu"]}]
    assert values_of(outsider) == [{"region": ["eu"]}]
    assert len(outsider.get(f"{PATH}/calls")["billable_metric"]["filters"]) == 2


def test_a_deleted_metric_takes_its_filters_along(owner):
    before = priced(owner, a_filter(region=["eu"]))
    assert len(owner.delete(f"{PATH}/calls")["billable_metric"]["filters"]) == 2
    assert owner.get("/plans/basic")["plan"]["charges"] == []
    again = a_metric(owner, filters=[{"key": "region", "values": ["moon"]}])
    assert again["filters"] == [{"key": "region", "values": ["moon"]}]
    assert before["charges"][0]["lago_billable_metric_id"] != again["lago_id"]


def test_a_listing_costs_the_same_for_2_and_20(owner, count_queries):
    costs = []
    for numbers in (range(2), range(2, 20)):
        for number in numbers:
            a_metric_with_filters(owner, f"m{number}")
        with count_queries() as statements:
            owner.get(PATH)
        costs.append(len(statements))
    assert costs[0] == costs[1]


def test_a_change_costs_the_same_for_2_and_20_filters_of_charges(owner, count_queries):
    values = [f"v{number}" for number in range(22)]
    metric = a_metric_with_filters(owner, region=values)
    costs = []
    for code, own in (("a", values[:2]), ("b", values[2:])):
        filters = [a_filter(region=[value, value]) for value in own]
        a_plan(owner, code, charges=[standard_charge(metric, filters=filters)])
        with count_queries() as statements:
            change(owner, [{"key": "region", "values": [value for value in values if value not in own]}])
        costs.append(len(statements))
        assert values_of(owner, code) == []
        change(owner, [{"key": "region", "values": values}])
    assert costs[0] == costs[1]
