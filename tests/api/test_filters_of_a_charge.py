"""The filters of a charge one by one (02 §2.2, §2.6)."""

import pytest

from lago.catalog.models import ALL_FILTER_VALUES
from tests.builders.catalog import a_filter, a_metric_with_filters, a_plan, standard_charge
from tests.builders.customers import a_customer
from tests.builders.outbox import announced

PATH = "/plans/basic/charges/api/filters"
UNKNOWN = "0199a1b2-0000-7000-8000-000000000000"


@pytest.fixture
def charge(owner):
    charge = standard_charge(a_metric_with_filters(owner), code="api")
    return a_plan(owner, charges=[charge])["charges"][0]


def add(owner, amount="1", name=None, **values):
    return owner.post(PATH, {"filter": a_filter(amount, name, **values)})["filter"]


def put(owner, row, **values):
    return owner.put(f"{PATH}/{row['lago_id']}", {"filter": values})["filter"]


def listed(owner, path=PATH):
    return owner.get(path)["filters"]


def test_a_filter_is_made_shown_and_deleted(owner, charge):
    made = add(owner, "5", "Europe", region=["eu"], tier=["std", "pro"])
    assert {**made, "lago_id": None} == {
        "lago_id": None, "charge_code": "api", "invoice_display_name": "Europe", "properties": {"amount": "5"},
        "values": {"region": ["eu"], "tier": ["std", "pro"]},
    }
    assert owner.get(f"{PATH}/{made['lago_id']}") == {"filter": made}
    assert owner.get("/plans/basic/charges/api")["charge"]["filters"] == [made]
    assert owner.delete(f"{PATH}/{made['lago_id']}") == {"filter": made}
    assert owner.get(f"{PATH}/{made['lago_id']}", expect=404)["code"] == "charge_filter_not_found"
    assert owner.get("/plans/basic/charges/api")["charge"]["filters"] == []


def test_the_filter_that_was_changed_longest_ago_comes_first(owner, charge):
    rows = [add(owner, region=[region]) for region in ("eu", "us", "apac")]
    assert listed(owner) == rows
    changed = put(owner, rows[0], properties={"amount": "9"})
    assert listed(owner) == [rows[1], rows[2], changed]
    put(owner, rows[1], properties=rows[1]["properties"])
    assert listed(owner)[0] == rows[1]  # nothing changed: its place is kept


def test_filters_come_in_pages(owner, charge):
    rows = [add(owner, region=[region]) for region in ("eu", "us", "apac")]
    page = owner.get(PATH, per_page=2, page=2)
    assert (page["filters"], page["meta"]["total_count"]) == (rows[2:], 3)


def test_a_change_leaves_the_values_and_what_is_not_named(owner, charge):
    made = add(owner, "5", "Europe", region=["eu"])
    changed = put(owner, made, properties={"amount": "7"}, values={"region": ["us"]})
    assert changed == {**made, "properties": {"amount": "7"}}
    assert put(owner, made, invoice_display_name=None) == {**changed, "invoice_display_name": None}
    assert listed(owner) == [{**changed, "invoice_display_name": None}]


def test_only_the_filter_that_is_named_changes(owner, charge):
    eu, us = add(owner, region=["eu"]), add(owner, region=["us"])
    put(owner, eu, properties={"amount": "7"})
    owner.delete(f"{PATH}/{eu['lago_id']}")
    assert listed(owner) == [us]


def test_a_filter_of_all_values_and_what_belongs_to_the_charge_alone(owner, charge):
    properties = {"amount": "1", "presentation_group_keys": [{"value": "x"}], "colour": "red"}
    body = {"filter": {"properties": properties, "values": {"region": [ALL_FILTER_VALUES]}}}
    made = owner.post(PATH, body)["filter"]
    assert (made["values"], made["properties"]) == ({"region": [ALL_FILTER_VALUES]}, {"amount": "1"})


@pytest.mark.parametrize("sent, details", [
    ({"properties": {"amount": "1"}}, {"values": ["value_is_mandatory"]}),
    ({"properties": {"amount": "1"}, "values": {}}, {"values": ["value_is_mandatory"]}),
    (a_filter(region=[]), {"values": ["value_is_mandatory"]}),
    (a_filter(region=["mars"]), {"values": ["value_is_invalid"]}),
    (a_filter(cloud=["aws"]), {"billable_metric_filter": ["relation_must_exist"], "values": ["value_is_invalid"]}),
    (a_filter("x", region=["us"]), {"properties": ["invalid_amount"]}),
    ({"values": {"region": ["us"]}}, {"properties": ["invalid_amount"]}),
    (a_filter(tier=["std"], region=["eu"]), {"values": ["value_already_exists"]}),
])
def test_a_bad_filter_is_refused(owner, charge, sent, details):
    made = add(owner, region=["eu"], tier=["std"])
    assert owner.refused("POST", PATH, {"filter": sent}) == details
    assert listed(owner) == [made]


@pytest.mark.parametrize("properties", [{"amount": "x"}, {}, None])
def test_a_bad_change_changes_nothing(owner, charge, properties):
    made = add(owner, region=["eu"])
    body = {"filter": {"invoice_display_name": "X", "properties": properties}}
    assert owner.refused("PUT", f"{PATH}/{made['lago_id']}", body) == {"properties": ["invalid_amount"]}
    assert listed(owner) == [made]


@pytest.mark.parametrize("identifier", [UNKNOWN, "x"])
def test_an_unknown_filter_is_not_found(owner, charge, identifier):
    for method in ("GET", "PUT", "DELETE"):
        body = {"filter": {"invoice_display_name": "X"}}
        assert owner.call(method, f"{PATH}/{identifier}", body, expect=404)["code"] == "charge_filter_not_found"


def test_the_filter_of_another_charge_is_not_found(owner, charge):
    made = add(owner, region=["eu"])
    other = {"billable_metric_id": charge["lago_billable_metric_id"], "charge_model": "standard", "code": "other"}
    owner.post("/plans/basic/charges", {"charge": other})
    found = owner.get(f"/plans/basic/charges/other/filters/{made['lago_id']}", expect=404)
    assert found["code"] == "charge_filter_not_found"


def test_charges_and_plans_that_do_not_exist_are_not_found(owner, charge):
    assert owner.get("/plans/basic/charges/nope/filters", expect=404)["code"] == "charge_not_found"
    assert owner.get("/plans/nope/charges/api/filters", expect=404)["code"] == "plan_not_found"


def test_a_deleted_charge_takes_its_filters_along(owner, charge):
    made = add(owner, region=["eu"])
    assert owner.delete("/plans/basic/charges/api")["charge"]["filters"] == [made]
    assert owner.get(f"{PATH}/{made['lago_id']}", expect=404)["code"] == "charge_not_found"


def test_each_change_is_told_as_one_of_the_plan(owner, charge):
    before = len(announced(owner))
    made = add(owner, region=["eu"])
    put(owner, made, properties={"amount": "2"}, cascade_updates=True)
    owner.delete(f"{PATH}/{made['lago_id']}")
    assert announced(owner)[before:] == ["plan.updated"] * 3


def test_a_list_takes_as_many_queries_for_2_filters_as_for_20(owner, count_queries):
    regions = [f"r{number}" for number in range(20)]
    charge = standard_charge(a_metric_with_filters(owner, region=regions), code="api")
    a_plan(owner, charges=[charge])

    def queries(number):
        for one in range(len(listed(owner)), number):
            add(owner, region=[regions[one]])
        with count_queries() as statements:
            assert len(listed(owner)) == number
        return len(statements)

    assert queries(2) == queries(20)


def test_filters_of_a_subscriptions_charge_are_those_of_its_plan(owner, charge):
    made = add(owner, region=["eu"])
    a_customer(owner, "acme")
    body = {"external_customer_id": "acme", "external_id": "acme", "plan_code": "basic"}
    owner.post("/subscriptions", {"subscription": body})
    path = "/subscriptions/acme/charges/api/filters"
    assert listed(owner, path) == [made]
    assert owner.get(f"{path}/{made['lago_id']}") == {"filter": made}
    assert owner.get(f"{path}/{UNKNOWN}", expect=404)["code"] == "charge_filter_not_found"
