"""What messages say of features, and of what plans and subscriptions have of them (03 §1.7)."""

import pytest

from tests.builders.catalog import a_plan
from tests.builders.contract import webhook_violations
from tests.builders.features import a_feature, adjust, give, in_short
from tests.builders.stories import subscribe
from tests.builders.webhooks import endpoint_at


@pytest.fixture
def shop(sandbox, hook):
    """A plan that gives seats, and a subscription to it."""
    sandbox.at("2024-01-01T00:00:00Z")
    a_feature(sandbox)
    a_plan(sandbox)
    give(sandbox, "basic", seats={"max": 3})
    subscribe(sandbox, plan_code="basic")
    endpoint_at(sandbox, hook.url)
    return sandbox


def told(shop, hook):
    """The objects of the messages since then, by type; each as the contract has it."""
    shop.at("2024-01-02T00:00:00Z")
    messages = [request.json for request in hook.requests]
    assert [webhook_violations(message) for message in messages] == [[]] * len(messages)
    return {message["webhook_type"]: message[message["object_type"]] for message in messages}


def test_a_plan_is_told_of_with_what_it_gives(shop, hook):
    given = give(shop, "basic", seats={"max": 4})
    assert told(shop, hook)["plan.updated"]["entitlements"] == given


def test_a_subscription_is_told_of_with_what_it_has(shop, hook):
    has = adjust(shop, "acme", seats={"max": 10, "root": "a"})
    subscription = told(shop, hook)["subscription.updated"]
    assert subscription["entitlements"] == has and "entitlements" not in subscription["plan"]


def test_a_new_subscription_is_told_of_with_what_it_has(shop, hook):
    subscribe(shop, "other", plan_code="basic")
    assert in_short(told(shop, hook)["subscription.started"]["entitlements"]) == {"seats": {"max": 3}}


def test_a_deleted_feature_is_told_of_as_it_was_and_its_plans_without_it(shop, hook):
    deleted = shop.delete("/features/seats")["feature"]
    messages = told(shop, hook)
    assert messages["feature.deleted"] == deleted and len(deleted["privileges"]) == 4
    assert messages["plan.updated"]["entitlements"] == []
