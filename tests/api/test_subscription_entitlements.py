"""What subscriptions have of features, over the API (03 §1.7)."""

import uuid

import pytest
from sqlalchemy import select, update

from lago.catalog.models import Plan
from lago.core.db import db
from lago.subscriptions.models import Subscription
from tests.builders.catalog import a_plan
from tests.builders.features import a_feature, adjust, give, in_short
from tests.builders.outbox import announced
from tests.builders.stories import subscribe

PATH = "/subscriptions/acme/entitlements"


@pytest.fixture
def acme(owner):
    """A subscription whose plan gives three seats with SSO; reports are its own to get."""
    a_feature(owner)
    a_feature(owner, "reports", privileges=[{"code": "daily", "value_type": "boolean"}])
    a_plan(owner)
    give(owner, "basic", seats={"max": 3, "sso": True})
    subscribe(owner, plan_code="basic")
    return owner


def has(account):
    return in_short(account.get(PATH)["entitlements"])


def privilege(entitlements, code):
    (found,) = [row for entry in entitlements for row in entry["privileges"] if row["code"] == code]
    return {name: found[name] for name in ("value", "plan_value", "override_value")}


def test_it_has_what_its_plan_gives(acme):
    shown = acme.get(PATH)["entitlements"]
    common = {"config": {}, "override_value": None}
    assert shown == [{
        "code": "seats", "name": "Seats", "description": "People who may sign in.", "overrides": {}, "privileges": [
            {**common, "code": "max", "name": "Most", "value_type": "integer", "value": 3, "plan_value": 3},
            {**common, "code": "sso", "name": None, "value_type": "boolean", "value": True, "plan_value": True},
        ],
    }]
    assert acme.get("/subscriptions/acme")["subscription"]["entitlements"] == shown


def test_a_new_subscription_shows_them(acme):
    assert in_short(subscribe(acme, "other", plan_code="basic")["entitlements"]) == {"seats": {"max": 3, "sso": True}}


def test_a_feature_of_neither_is_added(acme):
    shown = adjust(acme, "acme", reports={"daily": "true"})
    assert in_short(shown) == {"seats": {"max": 3, "sso": True}, "reports": {"daily": True}}
    assert privilege(shown, "daily") == {"value": True, "plan_value": None, "override_value": True}
    assert [row["overrides"] for row in shown] == [{}, {"daily": True}]


def test_a_feature_may_be_added_without_values(acme):
    assert in_short(adjust(acme, "acme", reports={}))["reports"] == {}


def test_another_value_overrides_the_plans(acme):
    shown = adjust(acme, "acme", seats={"max": 10})
    assert privilege(shown, "max") == {"value": 10, "plan_value": 3, "override_value": 10}
    assert privilege(shown, "sso") == {"value": True, "plan_value": True, "override_value": None}
    assert shown[0]["overrides"] == {"max": 10}


def test_an_override_may_be_false_or_zero(acme):
    shown = adjust(acme, "acme", seats={"max": 0, "sso": False})
    assert shown[0]["overrides"] == {"max": 0, "sso": False} and has(acme) == {"seats": {"max": 0, "sso": False}}


def test_an_override_is_changed_and_others_stay(acme):
    adjust(acme, "acme", seats={"max": 10, "root": "a"})
    assert adjust(acme, "acme", seats={"max": 11})[0]["overrides"] == {"max": 11, "root": "a"}


def test_the_plans_value_drops_the_override(acme):
    adjust(acme, "acme", seats={"max": 10, "root": "a"})
    assert adjust(acme, "acme", seats={"max": "3"})[0]["overrides"] == {"root": "a"}


def test_the_full_map_of_the_plan_drops_everything_of_the_subscription(acme):
    adjust(acme, "acme", seats={"max": 10, "root": "a"})
    acme.delete(f"{PATH}/seats/privileges/sso")
    shown = adjust(acme, "acme", seats={"max": 3, "sso": True})
    assert in_short(shown) == {"seats": {"max": 3, "sso": True}} and shown[0]["overrides"] == {}
    acme.delete(f"{PATH}/seats")
    assert in_short(adjust(acme, "acme", seats={"max": 3, "sso": True})) == {"seats": {"max": 3, "sso": True}}


def test_an_empty_map_is_the_full_one_of_a_feature_without_values(acme):
    give(acme, "basic", reports={})
    adjust(acme, "acme", reports={"daily": True})
    assert adjust(acme, "acme", reports={})[1]["privileges"] == []


def test_an_empty_map_brings_back_a_removed_feature_with_the_plans_values(acme):
    acme.delete(f"{PATH}/seats")
    assert in_short(adjust(acme, "acme", seats={})) == {"seats": {"max": 3, "sso": True}}


def test_a_removed_feature_is_gone_whoever_gives_it(acme):
    adjust(acme, "acme", reports={"daily": True}, seats={"max": 10})
    assert in_short(acme.delete(f"{PATH}/reports")["entitlements"]) == {"seats": {"max": 10, "sso": True}}
    assert acme.delete(f"{PATH}/seats")["entitlements"] == []
    assert adjust(acme, "acme", seats={"root": "a"})[0]["overrides"] == {"root": "a"}
    assert has(acme) == {"seats": {"max": 3, "sso": True, "root": "a"}}


def test_a_removed_feature_forgets_its_removed_privileges(acme):
    acme.delete(f"{PATH}/seats/privileges/max")
    acme.delete(f"{PATH}/seats")
    assert in_short(adjust(acme, "acme", seats={"sso": False})) == {"seats": {"max": 3, "sso": False}}


def test_a_removed_privilege_is_hidden_until_it_is_given_again(acme):
    adjust(acme, "acme", seats={"max": 10})
    assert in_short(acme.delete(f"{PATH}/seats/privileges/max")["entitlements"]) == {"seats": {"sso": True}}
    assert in_short(adjust(acme, "acme", seats={"sso": False})) == {"seats": {"sso": False}}
    assert in_short(adjust(acme, "acme", seats={"max": 3})) == {"seats": {"max": 3, "sso": False}}
    acme.delete(f"{PATH}/seats/privileges/max")
    assert in_short(adjust(acme, "acme", seats={"max": 7}))["seats"]["max"] == 7


def test_a_removed_privilege_stays_away_when_the_plan_sets_it_later(acme):
    acme.delete(f"{PATH}/seats/privileges/root")
    give(acme, "basic", seats={"root": "a"})
    assert "root" not in has(acme)["seats"]


def test_a_privilege_of_its_own_feature_is_dropped(acme):
    adjust(acme, "acme", reports={"daily": True})
    assert in_short(acme.delete(f"{PATH}/reports/privileges/daily")["entitlements"])["reports"] == {}
    assert in_short(adjust(acme, "acme", reports={"daily": False}))["reports"] == {"daily": False}


@pytest.mark.parametrize("path", ["reports", "reports/privileges/daily", "seats/privileges/root"])
def test_what_it_does_not_have_can_be_removed_again_and_again(acme, path):
    for _ in range(2):
        assert in_short(acme.delete(f"{PATH}/{path}")["entitlements"]) == {"seats": {"max": 3, "sso": True}}


@pytest.mark.parametrize("method, path, body, code", [
    ("DELETE", "/unknown", None, "feature_not_found"), ("DELETE", "/unknown/privileges/max", None, "feature_not_found"),
    ("DELETE", "/seats/privileges/daily", None, "privilege_not_found"),
    ("PATCH", "", {"unknown": {}}, "feature_not_found"),
    ("PATCH", "", {"seats": {"daily": True}}, "privilege_not_found"),
])
def test_unknown_codes_are_not_found(acme, method, path, body, code):
    assert acme.call(method, PATH + path, {"entitlements": body}, expect=404)["code"] == code


@pytest.mark.parametrize("values, details", [
    ({"max": "x"}, {"max_privilege_value": ["value_is_invalid"]}),
    ({"provider": "x"}, {"provider_privilege_value": ["value_not_in_select_options"]}),
    ({"max": None}, {"privilege.value": ["value_is_mandatory"]}),
])
def test_bad_values_are_refused_and_nothing_changes(acme, values, details):
    sent = {"entitlements": {"reports": {}, "seats": values}}
    assert acme.refused("PATCH", PATH, sent) == details
    assert has(acme) == {"seats": {"max": 3, "sso": True}}


def test_each_change_is_told_of(acme):
    before = len(announced(acme))
    adjust(acme, "acme", reports={"daily": True})
    adjust(acme, "acme", seats={"max": 3, "sso": True})
    acme.delete(f"{PATH}/seats/privileges/max")
    acme.delete(f"{PATH}/reports")
    assert announced(acme)[before:] == ["subscription.updated"] * 4
    adjust(acme, "acme")
    assert len(announced(acme)) == before + 4


def test_what_is_deleted_of_features_is_gone_from_subscriptions(acme):
    adjust(acme, "acme", reports={"daily": True}, seats={"max": 10, "root": "a"})
    acme.delete("/features/seats/privileges/max")
    acme.delete("/features/reports")
    assert has(acme) == {"seats": {"sso": True, "root": "a"}}


def test_the_order_is_by_creation_of_the_plans_entry_or_else_of_its_own(acme):
    a_feature(acme, "later")
    adjust(acme, "acme", reports={})
    give(acme, "basic", later={})
    assert list(has(acme)) == ["seats", "reports", "later"]
    give(acme, "basic", reports={})
    assert list(has(acme)) == ["seats", "later", "reports"]


@pytest.mark.parametrize("name", ["status", "subscription_status"])
def test_the_status_says_which_record_is_meant(acme, name):
    acme.delete("/subscriptions/acme")
    assert acme.get(PATH, expect=404)["code"] == "subscription_not_found"
    assert in_short(acme.get(PATH, **{name: "terminated"})["entitlements"]) == {"seats": {"max": 3, "sso": True}}
    sent = {"entitlements": {"seats": {"max": 5}}, name: "terminated"}
    assert in_short(acme.call("PATCH", PATH, sent)["entitlements"])["seats"]["max"] == 5
    assert acme.delete(f"{PATH}/seats", **{name: "terminated"})["entitlements"] == []


def test_what_is_its_own_belongs_to_one_record(acme):
    adjust(acme, "acme", seats={"max": 9}, reports={"daily": True})
    acme.delete("/subscriptions/acme")
    subscribe(acme, plan_code="basic")
    assert has(acme) == {"seats": {"max": 3, "sso": True}}


def test_on_a_plan_that_overrides_another_it_has_what_that_gives(acme):
    child = a_plan(acme, "child")
    give(acme, "child", reports={})
    plans = {row.code: row for row in db.session.scalars(select(Plan))}
    plans["child"].parent_id = plans["basic"].id
    db.session.execute(update(Subscription).values(plan_id=uuid.UUID(child["lago_id"])))
    db.session.expire_all()
    assert has(acme) == {"seats": {"max": 3, "sso": True}}
    acme.delete(f"{PATH}/seats")
    assert has(acme) == {}


def test_a_plan_that_is_gone_gives_nothing(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    for code in ("seats", "reports"):
        a_feature(sandbox, code)
    a_plan(sandbox)
    give(sandbox, "basic", seats={"max": 3})
    subscribe(sandbox, plan_code="basic")
    adjust(sandbox, "acme", reports={"sso": True})
    sandbox.delete("/plans/basic")
    assert has(sandbox) == {"seats": {"max": 3}, "reports": {"sso": True}}
    sandbox.at("2024-01-02T00:00:00Z")
    assert in_short(sandbox.get(PATH, status="terminated")["entitlements"]) == {"reports": {"sso": True}}


def test_reading_costs_the_same_for_1_and_6_features(acme, count_queries):
    counts = []
    for number in range(6):
        a_feature(acme, f"f{number}")
        adjust(acme, "acme", **{f"f{number}": {"max": 1, "sso": True}})
        if number in (0, 5):
            with count_queries() as statements:
                acme.get(PATH)
            counts.append(len(statements))
    assert counts[0] == counts[1]
