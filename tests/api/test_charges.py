"""The charges of a plan one by one (02 §2.2)."""

import pytest

from tests.builders.catalog import (
    a_filter,
    a_metric,
    a_metric_with_filters,
    a_plan,
    a_sum_metric,
    a_tax,
    standard_charge,
)
from tests.builders.customers import a_customer
from tests.builders.outbox import announced

PATH = "/plans/basic/charges"
TIERS = [{"from_value": 0, "to_value": None, "per_unit_amount": "1", "flat_amount": "2"}]
RATES = [{"from_value": 0, "to_value": None, "rate": "1", "flat_amount": "2"}]
PROPERTIES = {
    "standard": {"amount": "0.5"},
    "graduated": {"graduated_ranges": TIERS},
    "graduated_percentage": {"graduated_percentage_ranges": RATES},
    "package": {"amount": "5", "free_units": 10, "package_size": 100},
    "percentage": {"rate": "1.5", "fixed_amount": "0.25"},
    "volume": {"volume_ranges": TIERS},
    "dynamic": {},
}


@pytest.fixture
def metric(owner):
    return a_metric(owner)


@pytest.fixture
def plan(owner):
    return a_plan(owner)


@pytest.fixture
def charge(owner, metric, plan):
    return add(owner, metric)


def add(owner, metric, code="api", **changes):
    return owner.post(PATH, {"charge": standard_charge(metric, code=code, **changes)})["charge"]


def put(owner, **values):
    return owner.put(f"{PATH}/api", {"charge": values})["charge"]


def subscribe(owner, plan_code="basic"):
    a_customer(owner, "acme")
    body = {"external_customer_id": "acme", "external_id": "acme", "plan_code": plan_code}
    owner.post("/subscriptions", {"subscription": body})


def test_a_charge_is_made_shown_and_deleted(owner, metric, plan):
    made = add(owner, metric, "eu/calls", invoice_display_name="Calls in Europe")
    assert (made["code"], made["billable_metric_code"], made["invoice_display_name"]) == (
        "eu/calls", "calls", "Calls in Europe",
    )
    assert owner.get(f"{PATH}/eu/calls") == owner.get(f"{PATH}/eu%2Fcalls") == {"charge": made}
    assert owner.get("/plans/basic")["plan"]["charges"] == [made]
    assert owner.delete(f"{PATH}/eu/calls") == {"charge": made}
    assert owner.get(f"{PATH}/eu/calls", expect=404)["code"] == "charge_not_found"
    assert owner.get("/plans/basic")["plan"]["charges"] == []


@pytest.mark.parametrize("model, properties", PROPERTIES.items())
def test_every_model_is_made_and_changed(owner, plan, model, properties):
    metric = a_sum_metric(owner)
    made = add(owner, metric, charge_model=model, properties=properties)
    assert (made["charge_model"], made["properties"]) == (model, properties)
    changed = put(owner, properties=properties, invoice_display_name="New name")
    assert changed == {**made, "invoice_display_name": "New name"}


def test_charges_come_newest_first_in_pages(owner, metric, plan):
    for code in ("a", "b", "c"):
        add(owner, metric, code)
    page = owner.get(PATH, per_page=2)
    assert [row["code"] for row in page["charges"]] == ["c", "b"]
    assert (page["meta"]["total_count"], page["meta"]["next_page"]) == (3, 2)
    assert [row["code"] for row in owner.get(PATH, per_page=2, page=2)["charges"]] == ["a"]


def test_what_does_not_exist_is_not_found(owner, metric, plan):
    body = {"charge": standard_charge(metric, code="x")}
    for method, path in (("GET", ""), ("POST", ""), ("GET", "/x"), ("PUT", "/x"), ("DELETE", "/x")):
        sent = body if method in ("POST", "PUT") else None
        assert owner.call(method, f"/plans/nope/charges{path}", sent, expect=404)["code"] == "plan_not_found"
    for method in ("GET", "PUT", "DELETE"):
        assert owner.call(method, f"{PATH}/x", body, expect=404)["code"] == "charge_not_found"


@pytest.mark.parametrize("identifier", [None, "x", "0199a1b2-0000-7000-8000-000000000000"])
def test_an_unknown_metric_is_not_found(owner, plan, identifier):
    body = {"charge": {"billable_metric_id": identifier, "charge_model": "standard"}}
    assert owner.post(PATH, body, expect=404)["code"] == "billable_metric_not_found"


def test_the_metric_of_someone_else_is_not_found(owner, outsider, plan):
    body = {"charge": standard_charge(a_metric(outsider), code="x")}
    assert owner.post(PATH, body, expect=404)["code"] == "billable_metric_not_found"


@pytest.mark.parametrize("changes, details", [
    ({"code": None}, {"code": ["value_is_mandatory"]}),
    ({"code": " "}, {"code": ["value_is_mandatory"]}),
    ({"code": ["x"]}, {"code": ["value_is_mandatory"]}),
    ({"code": "x" * 256}, {"code": ["value_is_too_long"]}),
    ({"code": "api"}, {"code": ["value_already_exist"]}),
    ({"charge_model": "lottery"}, {"charge_model": ["value_is_invalid"]}),
    ({"charge_model": None}, {"charge_model": ["value_is_invalid", "value_is_mandatory"]}),
    ({"properties": {"amount": 1}}, {"properties": ["invalid_amount"]}),
    ({"invoiceable": False}, {"invoiceable": ["must_be_true_unless_pay_in_advance"]}),
    ({"min_amount_cents": -1}, {"min_amount_cents": ["value_is_out_of_range"]}),
    ({"filters": [a_filter(region=["eu"])]},
     {"billable_metric_filter": ["relation_must_exist"], "values": ["value_is_invalid"]}),
])
def test_a_bad_charge_is_refused(owner, metric, charge, changes, details):
    body = {"charge": standard_charge(metric, code="new") | changes}
    assert owner.refused("POST", PATH, body) == details
    assert owner.get(PATH)["charges"] == [charge]


def test_the_id_of_another_charge_is_of_no_use_to_a_new_one(owner, metric, charge):
    made = add(owner, metric, "other", id=charge["lago_id"])
    assert made["lago_id"] != charge["lago_id"]
    assert owner.get(f"{PATH}/api")["charge"] == charge


def test_an_unknown_tax_is_not_found(owner, metric, charge):
    body = {"charge": standard_charge(metric, code="new", tax_codes=["vat"])}
    assert owner.post(PATH, body, expect=404)["code"] == "tax_not_found"
    assert owner.put(f"{PATH}/api", {"charge": {"tax_codes": ["vat"]}}, expect=404)["code"] == "tax_not_found"


def test_a_charge_without_properties_is_free(owner, metric, plan):
    assert add(owner, metric, properties={})["properties"] == {"amount": "0"}


def test_what_is_left_out_of_a_change_is_reset_or_kept(owner, metric, plan):
    """Name and properties are reset, filters and taxes kept (02 §2.2-4)."""
    a_tax(owner)
    region = a_metric_with_filters(owner, "region")
    made = add(owner, region, invoice_display_name="X", tax_codes=["vat"], filters=[a_filter(region=["eu"])])
    changed = put(owner, charge_model="standard")
    assert changed == {**made, "invoice_display_name": None, "properties": {"amount": "0"}}
    changed = put(owner, filters=[], tax_codes=[])
    assert (changed["filters"], changed["taxes"]) == ([], [])


def test_before_the_first_subscription_all_may_change(owner, charge):
    other = a_sum_metric(owner)
    changed = put(
        owner, billable_metric_id=other["lago_id"], charge_model="package", code="new", pay_in_advance=True,
        properties=PROPERTIES["package"],
    )
    assert changed == {
        **charge, "lago_billable_metric_id": other["lago_id"], "billable_metric_code": "storage", "code": "new",
        "charge_model": "package", "pay_in_advance": True, "properties": PROPERTIES["package"],
    }


def test_a_flag_of_null_leaves_invoiceable_as_it_is(owner, metric, plan):
    add(owner, metric, pay_in_advance=True, invoiceable=False)
    assert put(owner, invoiceable=None)["invoiceable"] is False


def test_an_unknown_metric_of_a_change_is_not_found(owner, charge):
    body = {"charge": {"billable_metric_id": "0199a1b2-0000-7000-8000-000000000000"}}
    assert owner.put(f"{PATH}/api", body, expect=404)["code"] == "billable_metric_not_found"


def test_with_subscriptions_the_terms_stay_and_the_rest_changes(owner, charge):
    """Whatever is sent for the terms is ignored without an error, be it an unknown metric (02 §2.2-4)."""
    subscribe(owner)
    changed = put(
        owner, billable_metric_id="0199a1b2-0000-7000-8000-000000000000", charge_model="lottery", code="new",
        pay_in_advance=True, prorated=True, invoiceable=False, min_amount_cents=-5, properties={"amount": "7"},
        invoice_display_name="Seven",
    )
    assert changed == {**charge, "properties": {"amount": "7"}, "invoice_display_name": "Seven"}


def test_a_plan_with_subscriptions_may_get_and_lose_charges(owner, metric, charge):
    subscribe(owner)
    add(owner, metric, "late")
    assert owner.delete(f"{PATH}/api")["charge"]["code"] == "api"
    assert [row["code"] for row in owner.get(PATH)["charges"]] == ["late"]


@pytest.mark.parametrize("changes, details", [
    ({"properties": {"amount": "x"}}, {"properties": ["invalid_amount"]}),
    ({"charge_model": "lottery"}, {"charge_model": ["value_is_invalid"]}),
    ({"code": "taken"}, {"code": ["value_already_exist"]}),
    ({"filters": [{"values": {}}]}, {"values": ["value_is_mandatory"]}),
])
def test_a_bad_change_changes_nothing(owner, metric, charge, changes, details):
    add(owner, metric, "taken")
    assert owner.refused("PUT", f"{PATH}/api", {"charge": {"invoice_display_name": "X"} | changes}) == details
    assert owner.get(f"{PATH}/api")["charge"] == charge


def test_another_model_has_to_fit_the_filters_that_stay(owner, plan):
    region = a_metric_with_filters(owner, "region")
    add(owner, region, filters=[a_filter(region=["eu"])])
    body = {"charge": {"charge_model": "package"}}
    assert owner.refused("PUT", f"{PATH}/api", body) == {"properties": ["invalid_free_units", "invalid_package_size"]}


def test_the_code_of_a_deleted_charge_is_free(owner, metric, charge):
    owner.delete(f"{PATH}/api")
    assert add(owner, metric)["lago_id"] != charge["lago_id"]


def test_cascading_is_taken_where_there_is_nothing_to_cascade_to(owner, metric, plan):
    add(owner, metric, cascade_updates=True)
    assert put(owner, cascade_updates=True, properties={"amount": "3"})["properties"] == {"amount": "3"}
    assert owner.call("DELETE", f"{PATH}/api", {"charge": {"cascade_updates": True}})["charge"]["code"] == "api"


def test_a_body_without_its_root_is_refused(owner, charge):
    owner.post(PATH, {}, expect=400)
    owner.put(f"{PATH}/api", {"filter": {}}, expect=400)


def test_each_change_is_told_as_one_of_the_plan(owner, metric, plan):
    before = len(announced(owner))
    add(owner, metric)
    put(owner, properties={"amount": "1"})
    owner.delete(f"{PATH}/api")
    assert announced(owner)[before:] == ["plan.updated"] * 3


def test_a_refused_change_is_not_told(owner, metric, charge):
    before = announced(owner)
    owner.refused("PUT", f"{PATH}/api", {"charge": {"properties": {"amount": "x"}}})
    assert announced(owner) == before


def test_a_list_takes_as_many_queries_for_2_charges_as_for_20(owner, plan, count_queries):
    metric = a_metric_with_filters(owner)
    a_tax(owner)

    def queries(number):
        for one in range(len(owner.get(PATH)["charges"]), number):
            add(owner, metric, f"c{one}", filters=[a_filter(region=["eu"])], tax_codes=["vat"])
        with count_queries() as statements:
            assert len(owner.get(PATH)["charges"]) == number
        return len(statements)

    assert queries(2) == queries(20)


def test_a_charge_of_a_subscription_is_its_plans(owner, charge):
    subscribe(owner)
    assert owner.get("/subscriptions/acme/charges")["charges"] == [charge]
    assert owner.get("/subscriptions/acme/charges/api") == {"charge": charge}
    assert owner.get("/subscriptions/acme/charges/nope", expect=404)["code"] == "charge_not_found"
    assert owner.get("/subscriptions/nope/charges", expect=404)["code"] == "subscription_not_found"


@pytest.mark.parametrize("name", ["status", "subscription_status"])
def test_the_charges_of_a_subscription_that_has_ended_are_asked_for_by_its_status(owner, charge, name):
    subscribe(owner)
    owner.delete("/subscriptions/acme")
    assert owner.get("/subscriptions/acme/charges", expect=404)["code"] == "subscription_not_found"
    assert owner.get("/subscriptions/acme/charges", **{name: "terminated"})["charges"] == [charge]
    assert owner.get("/subscriptions/acme/charges/api", **{name: "terminated"}) == {"charge": charge}
