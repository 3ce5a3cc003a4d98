"""Features and entitlements that several clients write at the same time."""

import uuid

import pytest

from tests.builders.at_once import at_once
from tests.builders.catalog import a_plan
from tests.builders.features import a_feature, adjust, give, in_short
from tests.builders.organizations import account
from tests.builders.stories import subscribe

MANY = 5


@pytest.fixture
def shop(committing):
    """A plan that somebody is subscribed to, and a feature."""
    shop = account(committing.test_client(), f"Shop {uuid.uuid4().hex[:8]}")
    a_feature(shop)
    a_plan(shop)
    subscribe(shop, plan_code="basic")
    return shop


def statuses(committing, shop, path, bodies, method="PATCH"):
    return [status for status, _ in at_once(committing, shop.api_key, path, bodies, method)]


def test_one_feature_takes_a_code(committing, shop):
    body = {"feature": {"code": "reports"}}
    assert sorted(statuses(committing, shop, "/features", [body] * MANY, "POST")) == [200] + [422] * (MANY - 1)


def test_a_feature_gets_each_privilege_once(committing, shop):
    body = {"feature": {"privileges": [{"code": "new"}]}}
    assert statuses(committing, shop, "/features/seats", [body] * MANY, "PUT") == [200] * MANY
    codes = [row["code"] for row in shop.get("/features/seats")["feature"]["privileges"]]
    assert codes.count("new") == 1


def test_no_option_is_lost(committing, shop):
    bodies = [
        {"feature": {"privileges": [{"code": "provider", "config": {"select_options": [f"o{number}"]}}]}}
        for number in range(MANY)
    ]
    statuses(committing, shop, "/features/seats", bodies, "PUT")
    options = shop.get("/features/seats")["feature"]["privileges"][3]["config"]["select_options"]
    assert sorted(options) == sorted(["okta", "google", *(f"o{number}" for number in range(MANY))])


def test_a_plan_gives_a_feature_once(committing, shop):
    bodies = [{"entitlements": {"seats": {"max": number}}} for number in range(MANY)]
    assert statuses(committing, shop, "/plans/basic/entitlements", bodies) == [200] * MANY
    (given,) = shop.get("/plans/basic/entitlements")["entitlements"]
    assert len(given["privileges"]) == 1


def test_a_subscription_has_a_feature_once(committing, shop):
    bodies = [{"entitlements": {"seats": {"max": number}}} for number in range(MANY)]
    path = "/subscriptions/acme/entitlements"
    assert statuses(committing, shop, path, bodies) == [200] * MANY
    (has,) = shop.get(path)["entitlements"]
    assert len(has["privileges"]) == 1


def test_a_feature_is_removed_once(committing, shop):
    give(shop, "basic", seats={"max": 1})
    path = "/subscriptions/acme/entitlements/seats"
    assert statuses(committing, shop, path, [None] * MANY, "DELETE") == [200] * MANY
    assert in_short(adjust(shop, "acme", seats={})) == {"seats": {"max": 1}}
