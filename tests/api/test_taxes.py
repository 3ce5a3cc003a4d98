"""Taxes over the API (04 §6.1)."""

from urllib.parse import quote

import pytest

from tests.builders.catalog import a_metric, a_plan, a_tax, standard_charge
from tests.builders.customers import a_customer

VAT = {"name": "VAT", "code": "vat", "rate": 20}


def test_a_tax_is_shown_as_it_was_made(owner):
    made = a_tax(owner, rate="19.6", description="on everything")
    assert made["rate"] == 19.6
    assert (made["applied_to_organization"], made["applied_to_billing_entities_codes"]) == (False, [])
    assert owner.get("/taxes/vat")["tax"] == made


@pytest.mark.parametrize("changes, details", [
    ({"name": ""}, {"name": ["value_is_mandatory"]}),
    ({"name": None, "code": " "}, {"name": ["value_is_mandatory"], "code": ["value_is_mandatory"]}),
    ({"rate": None}, {"rate": ["value_is_mandatory"]}),
    ({"rate": "much"}, {"rate": ["is not a number"]}),
    ({"rate": True}, {"rate": ["is not a number"]}),
    ({"rate": [20]}, {"rate": ["value_is_mandatory"]}),
    ({"rate": int("9" * 60)}, {"rate": ["value_is_out_of_range"]}),
    ({"rate": "1" + "0" * 400}, {"rate": ["is not a number"]}),
    ({"code": "x" * 256}, {"code": ["value_is_too_long"]}),
    ({"name": "a\0b"}, {"name": ["value_is_invalid"]}),
    ({"applied_to_organization": "perhaps"}, {"applied_to_organization": ["value_is_invalid"]}),
])
def test_a_bad_tax_is_refused(owner, changes, details):
    assert owner.refused("POST", "/taxes", {"tax": {**VAT, **changes}}) == details


def test_a_code_is_taken_once_and_free_after_deletion(owner):
    a_tax(owner)
    assert owner.refused("POST", "/taxes", {"tax": VAT}) == {"code": ["value_already_exist"]}
    owner.delete("/taxes/vat")
    a_tax(owner)


def test_taxes_are_listed_by_name_then_newest(owner):
    for code, name in (("a", "Beta"), ("b", "Alpha"), ("c", "Beta")):
        a_tax(owner, code, name=name)
    assert [tax["code"] for tax in owner.get("/taxes")["taxes"]] == ["b", "c", "a"]


def test_an_update_changes_what_it_names(owner):
    a_tax(owner)
    changed = owner.put("/taxes/vat", {"tax": {"rate": 21, "code": "iva"}})["tax"]
    assert (changed["rate"], changed["code"], changed["name"]) == (21.0, "iva", "VAT")
    owner.call("GET", "/taxes/vat", expect=404)


def test_an_update_cannot_take_the_code_of_another(owner):
    a_tax(owner)
    a_tax(owner, "gst")
    assert owner.refused("PUT", "/taxes/gst", {"tax": {"code": "vat"}}) == {"code": ["value_already_exist"]}
    assert owner.put("/taxes/gst", {"tax": {"code": "gst", "rate": 5}})["tax"]["rate"] == 5.0


def test_a_tax_can_be_applied_to_the_organization_and_taken_off(owner):
    made = a_tax(owner, applied_to_organization=True)
    assert (made["applied_to_organization"], made["applied_to_billing_entities_codes"]) == (True, ["owner"])
    taken_off = owner.put("/taxes/vat", {"tax": {"applied_to_organization": False}})["tax"]
    assert (taken_off["applied_to_organization"], taken_off["applied_to_billing_entities_codes"]) == (False, [])


def test_a_deleted_tax_is_detached_everywhere(owner):
    a_tax(owner, applied_to_organization=True)
    a_plan(owner, tax_codes=["vat"], charges=[standard_charge(a_metric(owner), tax_codes=["vat"])])
    a_customer(owner, tax_codes=["vat"])
    assert owner.delete("/taxes/vat")["tax"]["applied_to_billing_entities_codes"] == []
    plan = owner.get("/plans/basic")["plan"]
    assert (plan["taxes"], plan["charges"][0]["taxes"]) == ([], [])
    assert owner.get("/customers/acme")["customer"]["taxes"] == []


@pytest.mark.parametrize("code", ["eu/de 19%.x", "a//b", "%2F", "%", "..", "a\nb", "a\n", "é😀?#&=;\\'\"<>", "trail/"])
def test_codes_may_hold_anything(owner, code):
    a_tax(owner, code)
    assert owner.get(f"/taxes/{quote(code, safe='')}")["tax"]["code"] == code


def test_a_body_without_its_root_is_no_request(owner):
    for body in ({}, {"tax": {}}, {"tax": []}, {"tax": "vat"}, {"name": "VAT"}):
        answer = owner.call("POST", "/taxes", body, expect=400)
        assert answer["error"] == "BadRequest: param is missing or the value is empty or invalid: tax"


def test_nobody_sees_the_taxes_of_others(owner, outsider):
    a_tax(owner)
    for method, body in (("GET", None), ("PUT", {"tax": {"rate": 1}}), ("DELETE", None)):
        assert outsider.call(method, "/taxes/vat", body, expect=404)["code"] == "tax_not_found"
    assert outsider.get("/taxes")["taxes"] == []
    a_tax(outsider)


def test_a_listing_costs_the_same_for_2_and_20(owner, count_queries):
    costs = []
    for codes in (range(2), range(2, 20)):
        for number in codes:
            a_tax(owner, f"t{number}", applied_to_organization=True)
        with count_queries() as statements:
            owner.get("/taxes")
        costs.append(len(statements))
    assert costs[0] == costs[1]
