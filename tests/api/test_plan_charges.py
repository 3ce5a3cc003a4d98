"""The charges inside of a plan's body (02 §2, 03 §1.3-5)."""

from typing import Any

import pytest

from tests.builders.catalog import a_metric, a_plan, a_sum_metric, a_tax, plan_body, standard_charge

TIER = {"from_value": 0, "to_value": None, "per_unit_amount": "1", "flat_amount": "0"}
MODELS = {
    "standard": {"amount": "0"},
    "graduated": {"graduated_ranges": [{**TIER, "per_unit_amount": "0"}]},
    "volume": {"volume_ranges": [{**TIER, "per_unit_amount": "0"}]},
    "package": {"package_size": 1, "amount": "0", "free_units": 0},
}


@pytest.fixture
def metric(owner):
    return a_metric(owner)


def charges_of(answer: Any) -> list[Any]:
    return answer["plan"]["charges"]


def refused(owner, metric, **changes):
    return owner.refused("POST", "/plans", {"plan": plan_body(charges=[standard_charge(metric, **changes)])})


@pytest.mark.parametrize("model, defaults", MODELS.items())
@pytest.mark.parametrize("given", [None, {}, [], ""])
def test_a_charge_without_properties_is_free(owner, metric, model, defaults, given):
    plan = a_plan(owner, charges=[standard_charge(metric, charge_model=model, properties=given)])
    assert plan["charges"][0]["properties"] == defaults


def test_a_charge_is_shown_with_all_that_there_is(owner, metric):
    charge = a_plan(owner, charges=[standard_charge(metric)])["charges"][0]
    assert charge.pop("lago_id") and charge.pop("created_at")
    assert charge == {
        "lago_billable_metric_id": metric["lago_id"], "billable_metric_code": "calls", "code": "calls",
        "invoice_display_name": None, "charge_model": "standard", "properties": {"amount": "0.10"},
        "invoiceable": True, "pay_in_advance": False, "prorated": False, "regroup_paid_fees": None,
        "min_amount_cents": 0, "accepts_target_wallet": False, "lago_parent_id": None, "applied_pricing_unit": None,
        "filters": [], "taxes": [],
    }


def test_unknown_properties_vanish(owner, metric):
    charge = standard_charge(metric, properties={"amount": "1", "rate": "2", "colour": "red"})
    assert a_plan(owner, charges=[charge])["charges"][0]["properties"] == {"amount": "1"}


def test_keys_for_display_alone_are_kept(owner, metric):
    keys = [{"value": "team", "options": {"display_in_invoice": True}}, {"value": "user"}]
    charge = standard_charge(metric, properties={"amount": "1", "presentation_group_keys": keys})
    assert a_plan(owner, charges=[charge])["charges"][0]["properties"] == {
        "amount": "1", "presentation_group_keys": keys
    }


def test_tiers_are_kept_as_they_were_sent(owner, metric):
    tiers = [{**TIER, "to_value": 10.5}, {**TIER, "from_value": 10.5, "per_unit_amount": "0.50"}]
    charge = standard_charge(metric, charge_model="graduated", properties={"graduated_ranges": tiers})
    assert a_plan(owner, charges=[charge])["charges"][0]["properties"] == {"graduated_ranges": tiers}


@pytest.mark.parametrize("changes, details", [
    ({"charge_model": None}, {"charge_model": ["value_is_invalid", "value_is_mandatory"]}),
    ({"charge_model": "lottery"}, {"charge_model": ["value_is_invalid"]}),
    ({"charge_model": {"a": 1}}, {"charge_model": ["value_is_invalid"]}),
    ({"charge_model": "custom"}, {"charge_model": ["invalid_aggregation_type_or_charge_model"]}),
    ({"charge_model": "percentage"}, {"properties": ["invalid_rate"]}),
    ({"charge_model": "graduated_percentage"}, {"properties": ["missing_graduated_percentage_ranges"]}),
    ({"charge_model": "dynamic"}, {"charge_model": ["invalid_aggregation_type_or_charge_model"]}),
    ({"properties": {"amount": 1}}, {"properties": ["invalid_amount"]}),
    ({"properties": {"amount": "-1"}}, {"properties": ["invalid_amount"]}),
    ({"properties": {"amount": "9" * 101}}, {"properties": ["invalid_amount"]}),
    ({"properties": {"colour": "red"}}, {"properties": ["invalid_amount"]}),
    ({"properties": [1]}, {"properties": ["invalid_amount"]}),
    ({"charge_model": "package", "properties": {"amount": "1"}},
     {"properties": ["invalid_free_units", "invalid_package_size"]}),
    ({"charge_model": "graduated", "properties": {"graduated_ranges": []}},
     {"properties": ["missing_graduated_ranges"]}),
    ({"charge_model": "volume", "properties": {"volume_ranges": [{**TIER, "to_value": 5}, {**TIER, "from_value": 5}]}},
     {"properties": ["invalid_volume_ranges"]}),
    ({"properties": {"amount": "1", "pricing_group_keys": "x"}}, {"properties": ["invalid_type"]}),
    ({"properties": {"amount": "1", "pricing_group_keys": [" "]}}, {"properties": ["invalid_type"]}),
    ({"properties": {"amount": "1", "presentation_group_keys": ["x"]}}, {"properties": ["invalid_type"]}),
    ({"properties": {"amount": "1", "presentation_group_keys": [{"value": "x"}] * 3}},
     {"properties": ["too_many_keys", "value_is_duplicated"]}),
    ({"properties": {"amount": "x", "presentation_group_keys": [{"value": "x"}] * 2}},
     {"properties": ["invalid_amount", "value_is_duplicated"]}),
    ({"pay_in_advance": True, "charge_model": "volume", "properties": {}},
     {"pay_in_advance": ["invalid_aggregation_type_or_charge_model"]}),
    ({"pay_in_advance": "perhaps"}, {"pay_in_advance": ["value_is_invalid"]}),
    ({"prorated": True}, {"prorated": ["invalid_billable_metric_or_charge_model"]}),
    ({"invoiceable": False}, {"invoiceable": ["must_be_true_unless_pay_in_advance"]}),
    ({"regroup_paid_fees": "fee"}, {"regroup_paid_fees": ["value_is_invalid"]}),
    ({"regroup_paid_fees": "invoice"},
     {"regroup_paid_fees": ["only_compatible_with_pay_in_advance_and_non_invoiceable"]}),
    ({"min_amount_cents": 5, "pay_in_advance": True},
     {"min_amount_cents": ["not_compatible_with_pay_in_advance"]}),
    ({"min_amount_cents": -1}, {"min_amount_cents": ["value_is_out_of_range"]}),
    ({"code": "x" * 256}, {"code": ["value_is_too_long"]}),
])
def test_a_bad_charge_is_refused(owner, metric, changes, details):
    assert refused(owner, metric, **changes) == details
    assert owner.get("/plans")["plans"] == []


def test_only_recurring_metrics_can_be_prorated(owner):
    metric = a_sum_metric(owner, recurring=True)
    package = {"charge_model": "package", "properties": {}, "prorated": True}
    assert refused(owner, metric, **package) == {"prorated": ["invalid_billable_metric_or_charge_model"]}
    plan = a_plan(owner, charges=[standard_charge(metric, prorated=True)])
    assert plan["charges"][0]["prorated"] is True


def test_peaks_cannot_be_billed_at_once(owner):
    metric = a_metric(owner, "peak", aggregation_type="max_agg", field_name="x")
    assert refused(owner, metric, pay_in_advance=True) == {
        "pay_in_advance": ["invalid_aggregation_type_or_charge_model"]
    }


def test_codes_are_made_of_the_metrics(owner, metric):
    given = [None, "calls_7", None, "", "other"]
    plan = a_plan(owner, charges=[standard_charge(metric, code=code) for code in given])
    assert [charge["code"] for charge in plan["charges"]] == ["calls", "calls_7", "calls_8", "calls_9", "other"]


def test_a_second_charge_of_a_metric_is_number_two(owner, metric):
    plan = a_plan(owner, charges=[standard_charge(metric)] * 3)
    assert [charge["code"] for charge in plan["charges"]] == ["calls", "calls_2", "calls_3"]


def test_two_charges_cannot_have_one_code(owner, metric):
    body = plan_body(charges=[standard_charge(metric, code="x")] * 2)
    assert owner.refused("POST", "/plans", {"plan": body}) == {"code": ["value_already_exist"]}


def test_charges_are_replaced_by_their_ids(owner, metric):
    a_tax(owner)
    charges = [standard_charge(metric, code="a", tax_codes=["vat"]), standard_charge(metric, code="b")]
    plan = a_plan(owner, charges=charges)
    kept = plan["charges"][0]
    rows = [{"id": kept["lago_id"], "properties": {"amount": "5"}}, standard_charge(metric, "6", code="b")]
    changed = charges_of(owner.put("/plans/basic", {"plan": {"charges": rows}}))
    assert changed[0] == {**kept, "properties": {"amount": "5"}}
    assert (changed[1]["code"], changed[1]["properties"]) == ("b", {"amount": "6"})
    assert changed[1]["lago_id"] != plan["charges"][1]["lago_id"]
    assert charges_of(owner.get("/plans/basic")) == changed


def test_without_the_key_charges_stay_and_with_an_empty_list_they_go(owner, metric):
    plan = a_plan(owner, charges=[standard_charge(metric)])
    assert charges_of(owner.put("/plans/basic", {"plan": {"name": "x"}})) == plan["charges"]
    assert charges_of(owner.put("/plans/basic", {"plan": {"charges": []}})) == []


def test_before_the_first_subscription_all_of_a_charge_may_change(owner, metric):
    charge = a_plan(owner, charges=[standard_charge(metric, invoice_display_name="Calls")])["charges"][0]
    other = a_metric(owner, "other")
    row = {"id": charge["lago_id"], "billable_metric_id": other["lago_id"], "charge_model": "package", "code": "x"}
    changed = charges_of(owner.put("/plans/basic", {"plan": {"charges": [row]}}))[0]
    assert (changed["billable_metric_code"], changed["code"], changed["invoice_display_name"]) == ("other", "x", None)
    assert changed["properties"] == MODELS["package"]


@pytest.mark.parametrize("changes, details", [
    ({"properties": {"amount": "x"}}, {"properties": ["invalid_amount"]}),
    ({"charge_model": "lottery"}, {"charge_model": ["value_is_invalid"]}),
    ({"code": "b"}, {"code": ["value_already_exist"]}),
])
def test_a_bad_change_of_a_charge_changes_nothing(owner, metric, changes, details):
    before = a_plan(owner, charges=[standard_charge(metric, code="a"), standard_charge(metric, code="b")])
    rows = [{"id": charge["lago_id"], "properties": {"amount": "5"}} for charge in before["charges"]]
    rows[0] |= changes
    assert owner.refused("PUT", "/plans/basic", {"plan": {"name": "x", "charges": rows}}) == details
    assert owner.get("/plans/basic")["plan"] == before
