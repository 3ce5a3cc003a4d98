"""What plans give of features, over the API (03 §1.7)."""

import pytest

from tests.builders.catalog import a_plan
from tests.builders.features import a_feature, give, in_short
from tests.builders.outbox import announced, waiting
from tests.builders.stories import subscribe

PATH = "/plans/basic/entitlements"
OPTIONS = {"select_options": ["okta", "google"]}


@pytest.fixture
def shop(owner):
    """An organization with a plan and two features."""
    a_feature(owner)
    a_feature(owner, "reports", name=None, description=None, privileges=[{"code": "daily", "value_type": "boolean"}])
    a_plan(owner)
    return owner


def replace(shop, entitlements):
    return shop.post(PATH, {"entitlements": entitlements})["entitlements"]


def test_what_a_plan_gives_is_shown_in_the_order_of_its_making(shop):
    give(shop, "basic", seats={"provider": "okta"})
    given = give(shop, "basic", reports={}, seats={"max": 3})
    assert given == shop.get(PATH)["entitlements"] == [
        {"code": "seats", "name": "Seats", "description": "People who may sign in.", "privileges": [
            {"code": "provider", "name": None, "value_type": "select", "value": "okta", "config": OPTIONS},
            {"code": "max", "name": "Most", "value_type": "integer", "value": 3, "config": {}},
        ]},
        {"code": "reports", "name": None, "description": None, "privileges": []},
    ]
    assert shop.get(f"{PATH}/seats")["entitlement"] == given[0]
    assert shop.get("/plans/basic")["plan"]["entitlements"] == given
    assert shop.get("/plans")["plans"][0]["entitlements"] == given


@pytest.mark.parametrize("privilege, sent, shown", [
    ("max", 10, 10), ("max", "10", 10), ("max", "-3", -3), ("max", 0, 0), ("max", 2**63 - 1, 2**63 - 1),
    ("sso", True, True), ("sso", False, False), ("sso", "true", True), ("sso", "false", False),
    ("root", "any text", "any text"), ("root", "12", "12"), ("root", "true", "true"), ("provider", "google", "google"),
])
def test_values_are_shown_in_their_type(shop, privilege, sent, shown):
    value = in_short(give(shop, "basic", seats={privilege: sent}))["seats"][privilege]
    assert (value, type(value)) == (shown, type(shown))


INVALID = ["value_is_invalid"]


@pytest.mark.parametrize("privilege, value, details", [
    *(("max", value, {"max_privilege_value": INVALID})
      for value in ("ten", "1.0", "010", "+1", " 1", "-0", "1_0", "", 1.5, True, [1], {"a": 1}, "9" * 19)),
    *(("sso", value, {"sso_privilege_value": INVALID}) for value in ("yes", "True", 1, 0, "", [], {})),
    *(("root", value, {"root_privilege_value": INVALID}) for value in (1, True, ["a"], {})),
    *(("provider", value, {"provider_privilege_value": ["value_not_in_select_options"]})
      for value in ("saml", "", 1, True, ["okta"])),
    *((privilege, None, {"privilege.value": ["value_is_mandatory"]}) for privilege in ("max", "sso", "provider")),
])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_bad_values_are_refused_and_nothing_changes(shop, method, privilege, value, details):
    before = give(shop, "basic", seats={"max": 1})
    sent = {"entitlements": {"reports": {}, "seats": {privilege: value}}}
    assert shop.refused(method, PATH, sent) == details
    assert shop.get(PATH)["entitlements"] == before


def test_all_bad_values_are_named(shop):
    sent = {"entitlements": {"seats": {"max": "x", "sso": "x"}, "reports": {"daily": None}}}
    assert shop.refused("POST", PATH, sent) == {
        "max_privilege_value": INVALID, "sso_privilege_value": INVALID, "privilege.value": ["value_is_mandatory"],
    }


@pytest.mark.parametrize("entitlements, code", [
    ({"unknown": {}}, "feature_not_found"), ({"seats": {"max": "bad"}, "unknown": {}}, "feature_not_found"),
    ({"seats": {"unknown": 1}}, "privilege_not_found"), ({"seats": {"daily": True}}, "privilege_not_found"),
    ({"seats": {"max": "bad"}, "reports": {"unknown": 1}}, "privilege_not_found"),
])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_unknown_codes_are_not_found(shop, method, entitlements, code):
    assert shop.call(method, PATH, {"entitlements": entitlements}, expect=404)["code"] == code
    assert shop.get(PATH)["entitlements"] == []


def test_a_merge_leaves_what_it_does_not_name(shop):
    give(shop, "basic", seats={"max": 1, "sso": True}, reports={"daily": True})
    merged = give(shop, "basic", seats={"max": 2, "root": "a"})
    assert in_short(merged) == {"seats": {"max": 2, "sso": True, "root": "a"}, "reports": {"daily": True}}


def test_a_replacement_takes_away_what_it_does_not_name(shop):
    give(shop, "basic", seats={"max": 1, "sso": True}, reports={"daily": True})
    assert in_short(replace(shop, {"seats": {"sso": False, "root": "a"}})) == {"seats": {"sso": False, "root": "a"}}


def test_a_replacement_that_names_no_privilege_leaves_the_values(shop):
    give(shop, "basic", seats={"max": 1}, reports={"daily": True})
    assert in_short(replace(shop, {"seats": {}})) == {"seats": {"max": 1}}
    assert in_short(replace(shop, {"seats": None})) == {"seats": {"max": 1}}


@pytest.mark.parametrize("body", [None, {}, {"entitlements": {}}, {"entitlements": None}])
def test_a_replacement_by_nothing_takes_all_and_a_merge_of_nothing_changes_nothing(shop, body):
    before = give(shop, "basic", seats={"max": 1})
    told = announced(shop)
    assert shop.call("PATCH", PATH, body)["entitlements"] == before
    assert announced(shop) == told
    assert shop.post(PATH, body)["entitlements"] == []


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_what_is_no_object_is_refused(shop, method):
    give(shop, "basic", seats={"max": 1})
    shop.call(method, PATH, {"entitlements": ["seats"]}, expect=400)
    assert shop.refused(method, PATH, {"entitlements": {"seats": 5}}) == {"entitlements": ["invalid_type"]}
    assert in_short(shop.get(PATH)["entitlements"]) == {"seats": {"max": 1}}


def test_a_feature_is_taken_from_a_plan(shop):
    reports, seats = give(shop, "basic", seats={"max": 1}, reports={})
    assert shop.delete(f"{PATH}/seats")["entitlement"] == seats
    assert shop.get(PATH)["entitlements"] == [reports]
    assert shop.delete(f"{PATH}/seats", expect=404)["code"] == "entitlement_not_found"


def test_a_privilege_is_taken_from_a_plan(shop):
    give(shop, "basic", seats={"max": 1, "sso": True})
    left = shop.delete(f"{PATH}/seats/privileges/max")["entitlement"]
    assert in_short([left]) == {"seats": {"sso": True}} == in_short(shop.get(PATH)["entitlements"])
    assert shop.delete(f"{PATH}/seats/privileges/max", expect=404)["code"] == "privilege_not_found"


@pytest.mark.parametrize("method, path, code", [
    ("GET", "/plans/none/entitlements", "plan_not_found"), ("POST", "/plans/none/entitlements", "plan_not_found"),
    ("PATCH", "/plans/none/entitlements", "plan_not_found"),
    ("DELETE", "/plans/none/entitlements/seats", "plan_not_found"),
    ("GET", f"{PATH}/seats", "entitlement_not_found"), ("GET", f"{PATH}/unknown", "entitlement_not_found"),
    ("DELETE", f"{PATH}/unknown", "entitlement_not_found"),
    ("DELETE", f"{PATH}/seats/privileges/max", "entitlement_not_found"),
])
def test_what_is_not_there_is_not_found(shop, method, path, code):
    assert shop.call(method, path, {"entitlements": {}} if method == "POST" else None, expect=404)["code"] == code


def test_only_patch_merges(shop):
    shop.call("PUT", PATH, {"entitlements": {}}, expect=404)


def test_each_change_is_told_of(shop):
    before = len(announced(shop))
    give(shop, "basic", seats={"max": 1})
    replace(shop, {"seats": {"max": 2, "sso": True}})
    shop.delete(f"{PATH}/seats/privileges/max")
    shop.delete(f"{PATH}/seats")
    assert announced(shop)[before:] == ["plan.updated"] * 4
    plan_id = shop.get("/plans/basic")["plan"]["lago_id"]
    assert {job["record_id"] for job in waiting(shop, "webhooks.dispatch")[before:]} == {plan_id}


def test_the_plan_of_a_subscription_is_shown_without(shop):
    give(shop, "basic", seats={"max": 1})
    assert "entitlements" not in subscribe(shop, plan_code="basic")["plan"]


def test_an_answer_after_a_plan_update_has_them(shop):
    given = give(shop, "basic", seats={"max": 1})
    assert shop.put("/plans/basic", {"plan": {"name": "New"}})["plan"]["entitlements"] == given
    assert shop.delete("/plans/basic")["plan"]["entitlements"] == given


def test_a_list_of_plans_costs_the_same_for_2_and_8(shop, count_queries):
    counts = []
    give(shop, "basic", seats={"max": 1, "sso": True})
    for number in range(1, 8):
        a_plan(shop, f"p{number}")
        give(shop, f"p{number}", seats={"max": 1, "sso": True}, reports={"daily": True})
        if number in (1, 7):
            with count_queries() as statements:
                shop.get("/plans")
            counts.append(len(statements))
    assert counts[0] == counts[1]
