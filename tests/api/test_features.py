"""Features over the API (03 §1.7)."""

import pytest

from tests.builders.catalog import a_plan
from tests.builders.features import SEATS, a_feature, give
from tests.builders.outbox import announced, waiting

PATH = "/features"
NONE = {"name": None, "config": {}}


def privileges(*codes, **fields):
    return {"privileges": [{"code": code, **fields} for code in codes]}


def test_a_feature_is_shown_as_it_was_made(owner):
    made = a_feature(owner)
    assert owner.get(f"{PATH}/seats")["feature"] == made
    assert made.pop("created_at").endswith("Z")
    assert made == {
        "code": "seats", "name": "Seats", "description": "People who may sign in.",
        "privileges": [
            {"code": "max", "name": "Most", "value_type": "integer", "config": {}},
            {**NONE, "code": "sso", "value_type": "boolean"},
            {**NONE, "code": "root", "value_type": "string"},
            {"code": "provider", "name": None, "value_type": "select",
             "config": {"select_options": ["okta", "google"]}},
        ],
    }


def test_a_code_is_enough(owner):
    made = owner.post(PATH, {"feature": {"code": " seats ", **privileges(" max ")}})["feature"]
    assert (made["code"], made["name"], made["description"]) == ("seats", None, None)
    assert made["privileges"] == [{**NONE, "code": "max", "value_type": "string"}]


@pytest.mark.parametrize("changes, details", [
    ({"code": None}, {"code": ["value_is_mandatory"]}),
    ({"code": "  "}, {"code": ["value_is_mandatory"]}),
    ({"code": "c" * 256}, {"code": ["value_is_too_long"]}),
    ({"code": "taken"}, {"code": ["value_already_exist"]}),
    ({"name": "n" * 256}, {"name": ["value_is_too_long"]}),
    ({"description": "d" * 601}, {"description": ["value_is_too_long"]}),
    ({"privileges": [{"name": "no code"}]}, {"privilege.code": ["value_is_mandatory"]}),
    ({"privileges": ["max"]}, {"privileges": ["invalid_type"]}),
    (privileges(" "), {"privilege.code": ["value_is_mandatory"]}),
    (privileges("c" * 256), {"privilege.code": ["value_is_too_long"]}),
    (privileges("max", " max"), {"privilege.code": ["value_is_duplicated"]}),
    (privileges("max", name="n" * 256), {"privilege.name": ["value_is_too_long"]}),
    (privileges("max", value_type="number"), {"privilege.value_type": ["value_is_invalid"]}),
    (privileges("max", value_type="select"), {"privilege.config": ["invalid_format"]}),
    (privileges("max", value_type="select", config={}), {"privilege.config": ["invalid_format"]}),
    (privileges("max", value_type="select", config=["a"]), {"privilege.config": ["invalid_format"]}),
    (privileges("max", value_type="select", config={"select_options": []}), {"privilege.config": ["invalid_format"]}),
    (privileges("max", value_type="select", config={"select_options": "a"}), {"privilege.config": ["invalid_format"]}),
    (privileges("max", value_type="select", config={"select_options": [1]}), {"privilege.config": ["invalid_format"]}),
    (privileges("max", value_type="select", config={"select_options": ["a"], "more": 1}),
     {"privilege.config": ["invalid_format"]}),
    (privileges("max", value_type="integer", config={"select_options": ["a"]}),
     {"privilege.config": ["invalid_format"]}),
    (privileges("max", config={"x": 1}), {"privilege.config": ["invalid_format"]}),
])
def test_a_bad_feature_is_refused_whole(owner, changes, details):
    a_feature(owner, "taken", privileges=[])
    assert owner.refused("POST", PATH, {"feature": {**SEATS, **changes}}) == details
    assert owner.get(PATH)["meta"]["total_count"] == 1


def test_texts_of_the_greatest_length_are_taken(owner):
    long = {"code": "c" * 255, "name": "n" * 255, "description": "d" * 600}
    made = a_feature(owner, **long, **privileges("p" * 255, name="n" * 255))
    assert {name: made[name] for name in long} == long


@pytest.mark.parametrize("fields", [{"privileges": None}, {"privileges": {"code": "max"}}, {"name": ["x"]}])
def test_what_means_nothing_is_taken(owner, fields):
    assert owner.post(PATH, {"feature": {"code": "seats", **fields}})["feature"]["privileges"] == []


def test_an_update_changes_what_it_names(owner):
    a_feature(owner)
    owner.put(f"{PATH}/seats", {"feature": {"name": "People", "code": "people"}})
    changed = owner.call("PATCH", f"{PATH}/seats", {"feature": {"description": None}})["feature"]
    assert (changed["code"], changed["name"], changed["description"]) == ("seats", "People", None)
    assert len(changed["privileges"]) == 4


def test_an_update_adds_privileges_and_options_and_takes_nothing_away(owner):
    before = a_feature(owner)["privileges"]
    rows = [
        {"code": "new", "value_type": "select", "config": {"select_options": ["a"]}},
        {"code": "provider", "name": "By", "value_type": "integer", "config": {"select_options": ["saml", "okta"]}},
        {"code": "max", "value_type": "string"},
    ]
    changed = owner.put(f"{PATH}/seats", {"feature": {"privileges": rows}})["feature"]
    options = {"select_options": ["okta", "google", "saml"]}
    assert changed["privileges"] == [
        *before[:3], {**before[3], "name": "By", "config": options}, {**rows[0], "name": None},
    ]


@pytest.mark.parametrize("feature, details", [
    ({"name": "n" * 256}, {"name": ["value_is_too_long"]}),
    (privileges("max", name="n" * 256), {"privilege.name": ["value_is_too_long"]}),
    (privileges("new", value_type="x"), {"privilege.value_type": ["value_is_invalid"]}),
    (privileges("max", "max"), {"privilege.code": ["value_is_duplicated"]}),
    (privileges("provider", config={"select_options": [1]}), {"privilege.config": ["invalid_format"]}),
    (privileges("max", config={"select_options": ["a"]}), {"privilege.config": ["invalid_format"]}),
])
def test_a_bad_update_is_refused_whole(owner, feature, details):
    before = a_feature(owner)
    sent = {"name": "Changed", **feature}
    assert owner.refused("PUT", f"{PATH}/seats", {"feature": sent}) == details
    assert owner.get(f"{PATH}/seats")["feature"] == before


def test_a_privilege_is_deleted_with_its_values(owner):
    a_feature(owner)
    a_plan(owner)
    give(owner, "basic", seats={"max": 3, "sso": True})
    left = owner.delete(f"{PATH}/seats/privileges/max")["feature"]
    assert [row["code"] for row in left["privileges"]] == ["sso", "root", "provider"]
    assert owner.get(f"{PATH}/seats")["feature"] == left
    (given,) = owner.get("/plans/basic/entitlements")["entitlements"]
    assert [row["code"] for row in given["privileges"]] == ["sso"]


def test_a_privilege_that_is_made_again_has_no_values(owner):
    a_feature(owner)
    a_plan(owner)
    give(owner, "basic", seats={"max": 3})
    owner.delete(f"{PATH}/seats/privileges/max")
    owner.put(f"{PATH}/seats", {"feature": privileges("max", value_type="boolean")})
    assert owner.get("/plans/basic/entitlements/seats")["entitlement"]["privileges"] == []
    assert give(owner, "basic", seats={"max": True})[0]["privileges"][0]["value"] is True


def test_a_feature_is_deleted_from_all_plans_and_its_code_is_free(owner):
    made = a_feature(owner)
    a_plan(owner)
    give(owner, "basic", seats={"max": 3})
    assert owner.delete(f"{PATH}/seats")["feature"] == made
    assert owner.get(PATH)["features"] == []
    assert owner.get("/plans/basic")["plan"]["entitlements"] == []
    a_feature(owner)
    assert owner.get("/plans/basic/entitlements")["entitlements"] == []


@pytest.mark.parametrize("method, path, code", [
    ("GET", "/features/seats", "feature_not_found"), ("PUT", "/features/seats", "feature_not_found"),
    ("DELETE", "/features/seats", "feature_not_found"),
    ("DELETE", "/features/seats/privileges/max", "feature_not_found"),
    ("DELETE", "/features/other/privileges/max", "privilege_not_found"),
])
def test_what_is_not_there_is_not_found(owner, method, path, code):
    a_feature(owner, "other", privileges=[])
    assert owner.call(method, path, {"feature": {"name": "x"}}, expect=404)["code"] == code


@pytest.mark.parametrize("method, path", [("POST", "/features"), ("PUT", "/features/seats")])
def test_a_body_is_needed(owner, method, path):
    a_feature(owner)
    assert "feature" in owner.call(method, path, {"feature": {}}, expect=400)["error"]


def test_codes_may_have_any_characters(owner):
    code = "a/b.c d%"
    a_feature(owner, code, **privileges("x/y.z"))
    path = "/features/a%2Fb.c%20d%25"
    assert owner.get(path)["feature"]["code"] == code
    assert owner.delete(f"{path}/privileges/x%2Fy.z")["feature"]["privileges"] == []


def test_the_list_has_the_newest_first_by_pages_and_is_searched(owner):
    for code in ("alpha", "beta", "gamma"):
        a_feature(owner, code, name=f"The {code}", description=f"{code} % it")
    listed = owner.get(PATH, per_page=2)
    assert [row["code"] for row in listed["features"]] == ["gamma", "beta"]
    assert listed["meta"]["total_count"] == 3
    for term, found in (("BET", ["beta"]), ("the a", ["alpha"]), ("gamma %", ["gamma"]), ("none", [])):
        assert [row["code"] for row in owner.get(PATH, search_term=term)["features"]] == found


def test_a_list_costs_the_same_for_2_and_9(owner, count_queries):
    counts = []
    for number in range(9):
        a_feature(owner, f"f{number}")
        if number in (1, 8):
            with count_queries() as statements:
                owner.get(PATH)
            counts.append(len(statements))
    assert counts[0] == counts[1]


def test_each_change_is_told_of_with_the_plans_that_give_the_feature(owner):
    a_feature(owner)
    plans = [a_plan(owner, code) for code in ("one", "two", "none")]
    give(owner, "one", seats={})
    give(owner, "two", seats={"max": 1})
    told = len(announced(owner))
    owner.put(f"{PATH}/seats", {"feature": {"name": "x"}})
    owner.delete(f"{PATH}/seats/privileges/max")
    owner.delete(f"{PATH}/seats")
    jobs = waiting(owner, "webhooks.dispatch")[told:]
    names = ["feature.updated", "plan.updated", "plan.updated"]
    assert [job["webhook_type"] for job in jobs] == [*names, *names, "feature.deleted", *names[1:]]
    told_of = {job["record_id"] for job in jobs if job["webhook_type"] == "plan.updated"}
    assert told_of == {plan["lago_id"] for plan in plans[:2]}


def test_a_new_feature_is_told_of(owner):
    a_feature(owner)
    assert announced(owner) == ["feature.created"]
