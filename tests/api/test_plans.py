"""Plans over the API (03 §1)."""

import pytest

from lago.core.ids import new_id
from tests.builders.catalog import a_metric, a_plan, a_tax, plan_body, standard_charge
from tests.builders.customers import a_customer
from tests.builders.outbox import announced, waiting


@pytest.fixture
def subscribed(owner):
    """The owner, with a customer subscribed to the plan `basic` that has a charge for `calls`."""
    a_customer(owner)
    a_plan(owner, charges=[standard_charge(a_metric(owner), invoice_display_name="Calls made")])
    owner.post("/subscriptions", {"subscription": {
        "external_customer_id": "acme", "external_id": "acme-1", "plan_code": "basic",
    }})
    return owner


def test_a_plan_is_made_with_its_charges_and_taxes(owner):
    a_tax(owner)
    made = a_plan(owner, tax_codes=["vat"], charges=[standard_charge(a_metric(owner), tax_codes=["vat", "vat"])])
    assert [tax["code"] for tax in made["taxes"]] == ["vat"]
    assert [tax["code"] for tax in made["charges"][0]["taxes"]] == ["vat"]
    assert made["charges"][0]["properties"] == {"amount": "0.10"}
    assert owner.get("/plans/basic")["plan"] == made


@pytest.mark.parametrize("changes, details", [
    ({"name": ""}, {"name": ["value_is_mandatory"]}),
    ({"code": " "}, {"code": ["value_is_mandatory"]}),
    ({"code": "x" * 256}, {"code": ["value_is_too_long"]}),
    ({"interval": None}, {"interval": ["value_is_invalid"]}),
    ({"interval": "daily"}, {"interval": ["value_is_invalid"]}),
    ({"interval": ["monthly"]}, {"interval": ["value_is_invalid"]}),
    ({"amount_cents": None}, {"amount_cents": ["value_is_mandatory"]}),
    ({"amount_cents": "a lot"}, {"amount_cents": ["is not a number"]}),
    ({"amount_cents": 1.5}, {"amount_cents": ["must be an integer"]}),
    ({"amount_cents": int("9" * 60)}, {"amount_cents": ["value_is_out_of_range"]}),
    ({"amount_currency": None}, {"amount_currency": ["value_is_invalid"]}),
    ({"amount_currency": "TND"}, {"amount_currency": ["value_is_invalid"]}),
    ({"pay_in_advance": None}, {"pay_in_advance": ["value_is_invalid"]}),
    ({"pay_in_advance": "perhaps"}, {"pay_in_advance": ["value_is_invalid"]}),
    ({"trial_period": "x"}, {"trial_period": ["is not a number"]}),
    ({"usage_thresholds": [{"amount_cents": 0}]}, {"amount_cents": ["value_is_out_of_range"]}),
    ({"description": "a\0b"}, {"description": ["value_is_invalid"]}),
])
def test_a_bad_plan_is_refused(owner, changes, details):
    assert owner.refused("POST", "/plans", {"plan": plan_body() | changes}) == details
    assert owner.get("/plans")["plans"] == []


def test_a_plan_says_when_it_is_paid(owner):
    body = plan_body()
    del body["pay_in_advance"], body["amount_currency"], body["amount_cents"]
    assert owner.refused("POST", "/plans", {"plan": body}) == {
        "pay_in_advance": ["value_is_invalid"], "amount_currency": ["value_is_invalid"],
        "amount_cents": ["value_is_mandatory"],
    }


@pytest.mark.parametrize("changes", [
    {"trial_period": 0}, {"trial_period": None}, {"fixed_charges": []}, {"minimum_commitment": {}},
    {"minimum_commitment": None}, {"usage_thresholds": []}, {"metadata": None}, {"cascade_updates": True},
    {"charges": None}, {"charges": "none"}, {"charges": [1, None, "x"]}, {"tax_codes": "vat"}, {"amount_cents": "1000"},
    {"amount_cents": -1}, {"amount_currency": "eur"}, {"pay_in_advance": "true"},
])
def test_what_means_nothing_is_taken(owner, changes):
    assert a_plan(owner, **changes)["charges"] == []


@pytest.mark.parametrize("interval, given, kept", [
    ("monthly", True, None), ("weekly", False, None), ("quarterly", True, None),
    ("yearly", True, True), ("yearly", None, False), ("semiannual", False, False),
])
def test_only_long_intervals_have_charges_by_the_month(owner, interval, given, kept):
    plan = a_plan(owner, interval=interval, bill_charges_monthly=given)
    assert plan["bill_charges_monthly"] is kept


def test_unknown_metrics_and_taxes_are_not_found(owner, outsider):
    theirs = a_metric(outsider)["lago_id"]
    a_tax(outsider)
    for metric_id in (theirs, str(new_id()), "nonsense", None, 7, ["x"]):
        body = plan_body(name="", charges=[standard_charge({"lago_id": metric_id})])
        assert owner.call("POST", "/plans", {"plan": body}, expect=404)["code"] == "billable_metrics_not_found"
    metric = a_metric(owner)
    for place in ({"tax_codes": ["vat"]}, {"charges": [standard_charge(metric, tax_codes=["vat"])]}):
        answer = owner.call("POST", "/plans", {"plan": plan_body(**place)}, expect=404)
        assert answer["code"] == "tax_not_found"
    assert owner.get("/plans")["plans"] == []


def test_a_code_is_taken_even_while_the_plan_waits_for_its_deletion(owner):
    a_plan(owner)
    assert owner.delete("/plans/basic")["plan"]["pending_deletion"] is True
    assert owner.refused("POST", "/plans", {"plan": plan_body()}) == {"code": ["value_already_exist"]}


def test_a_deletion_is_finished_in_the_background_and_frees_the_code(sandbox):
    a_plan(sandbox)
    sandbox.delete("/plans/basic")
    sandbox.at("2024-01-01T00:00:00Z")
    assert sandbox.call("GET", "/plans/basic", expect=404)["code"] == "plan_not_found"
    a_plan(sandbox)


def test_a_plan_is_deleted_once(owner):
    plan = a_plan(owner)
    for _ in range(2):
        owner.delete("/plans/basic")
    assert waiting(owner, "subscriptions.end_for_plan") == [{"plan_id": plan["lago_id"]}]


def test_what_happens_to_a_plan_is_announced(owner):
    a_plan(owner)
    owner.put("/plans/basic", {"plan": {"name": "Plain"}})
    owner.delete("/plans/basic")
    assert announced(owner) == ["plan.created", "plan.updated", "plan.deleted"]


def test_an_update_changes_what_it_names(owner):
    a_tax(owner)
    a_plan(owner, interval="yearly", bill_charges_monthly=True, tax_codes=["vat"])
    body = {"amount_cents": 5, "code": "plain", "interval": "semiannual"}
    changed = owner.put("/plans/basic", {"plan": body})["plan"]
    assert (changed["amount_cents"], changed["code"], changed["name"]) == (5, "plain", "Basic")
    assert changed["bill_charges_monthly"] is False
    assert [tax["code"] for tax in changed["taxes"]] == ["vat"]
    changed = owner.put("/plans/plain", {"plan": {"tax_codes": []}})["plan"]
    assert (changed["taxes"], changed["bill_charges_monthly"]) == ([], None)


@pytest.mark.parametrize("changes, details", [
    ({"name": None}, {"name": ["value_is_mandatory"]}),
    ({"interval": "daily"}, {"interval": ["value_is_invalid"]}),
    ({"amount_cents": None}, {"amount_cents": ["value_is_mandatory"]}),
    ({"code": "pro"}, {"code": ["value_already_exist"]}),
    ({"trial_period": "x"}, {"trial_period": ["is not a number"]}),
    ({"charges": [{"charge_model": "lottery"}]}, "billable_metrics_not_found"),
    ({"tax_codes": ["vat"]}, "tax_not_found"),
])
def test_a_bad_update_is_refused_and_changes_nothing(owner, changes, details):
    a_plan(owner, "pro")
    before = a_plan(owner)
    expect = 404 if isinstance(details, str) else 422
    answer = owner.call("PUT", "/plans/basic", {"plan": {"description": "new", **changes}}, expect=expect)
    assert answer.get("error_details", answer["code"]) == details
    assert owner.get("/plans/basic")["plan"] == before


@pytest.mark.parametrize("given, shown", [(14, 14.0), ("7.5", 7.5), (-1, -1.0), (None, None)])
def test_the_length_of_a_trial_is_a_float(owner, given, shown):
    assert a_plan(owner, trial_period=30)["trial_period"] == 30.0
    text = owner.call("PUT", "/plans/basic", {"plan": {"trial_period": given}})["plan"]["trial_period"]
    assert (text, type(text)) == (shown, type(shown))


def test_a_plan_with_a_subscription_keeps_its_terms(subscribed):
    before = subscribed.get("/plans/basic")["plan"]
    body = {"name": "Plain", "amount_cents": 2000, "code": "x", "interval": "daily", "pay_in_advance": True,
            "amount_currency": "USD", "trial_period": 14}
    changed = subscribed.put("/plans/basic", {"plan": body})["plan"]
    assert changed == {**before, "name": "Plain", "amount_cents": 2000}


def test_charges_of_a_plan_with_a_subscription_keep_their_terms(subscribed):
    charge = subscribed.get("/plans/basic")["plan"]["charges"][0]
    other = a_metric(subscribed, "other")
    row = {"id": charge["lago_id"], "billable_metric_id": other["lago_id"], "charge_model": "package", "code": "x",
           "pay_in_advance": True, "min_amount_cents": 5, "properties": {"amount": "2"}}
    changed = subscribed.put("/plans/basic", {"plan": {"charges": [row]}})["plan"]["charges"]
    assert changed == [{**charge, "properties": {"amount": "2"}, "invoice_display_name": None}]


def test_plans_are_listed_newest_first_without_fixed_charges(owner):
    for code in ("a", "b", "c"):
        a_plan(owner, code)
    page = owner.get("/plans", page=2, per_page=2)
    assert [plan["code"] for plan in page["plans"]] == ["a"]
    assert "fixed_charges" not in page["plans"][0]
    assert page["meta"] == {"current_page": 2, "next_page": None, "prev_page": 1, "total_pages": 2, "total_count": 3}


def test_codes_may_hold_anything(owner):
    a_plan(owner, "eu/gold v1.2%")
    assert owner.get("/plans/eu/gold%20v1.2%25")["plan"]["code"] == "eu/gold v1.2%"


def test_nobody_sees_the_plans_of_others(owner, outsider):
    a_plan(owner)
    for method, body in (("GET", None), ("PUT", {"plan": {"name": "x"}}), ("DELETE", None)):
        assert outsider.call(method, "/plans/basic", body, expect=404)["code"] == "plan_not_found"
    assert outsider.get("/plans")["plans"] == []
    a_plan(outsider)


def test_charges_of_others_are_not_changed_by_their_ids(owner, outsider):
    theirs = a_plan(outsider, charges=[standard_charge(a_metric(outsider))])["charges"][0]
    a_plan(owner)
    row = standard_charge(a_metric(owner), "9", id=theirs["lago_id"])
    made = owner.put("/plans/basic", {"plan": {"charges": [row]}})["plan"]["charges"][0]
    assert made["lago_id"] != theirs["lago_id"]
    assert outsider.get("/plans/basic")["plan"]["charges"] == [theirs]


def test_a_listing_costs_the_same_for_2_and_20(owner, count_queries):
    a_tax(owner)
    metric, costs = a_metric(owner), []
    for numbers in (range(2), range(2, 20)):
        for number in numbers:
            a_plan(owner, f"p{number}", tax_codes=["vat"], charges=[standard_charge(metric, tax_codes=["vat"])] * 2)
        with count_queries() as statements:
            owner.get("/plans")
        costs.append(len(statements))
    assert costs[0] == costs[1]


def test_a_plan_of_many_charges_costs_no_query_for_each(owner, count_queries):
    a_tax(owner)
    metrics, costs = [a_metric(owner, f"m{number}") for number in range(20)], []
    for code, most in (("small", 2), ("large", 20)):
        charges = [standard_charge(metric, tax_codes=["vat"]) for metric in metrics[:most]]
        with count_queries() as statements:
            a_plan(owner, code, charges=charges)
        costs.append(len(statements))
    assert costs[0] == costs[1]


@pytest.mark.parametrize("junk", [{}, "x", 1, [None], ["x", 2]])
def test_what_is_no_list_of_charges_deletes_none(owner, junk):
    before = a_plan(owner, charges=[standard_charge(a_metric(owner))])
    owner.put("/plans/basic", {"plan": {"charges": junk, "fixed_charges": junk}})
    assert owner.get("/plans/basic")["plan"] == before
