"""The alert that a subscription is going to end, 45 and 15 days before (03 §6.2)."""

import json
from dataclasses import replace

import pytest

from lago.core import config
from tests.builders.stories import customer, plan, subscribe
from tests.builders.webhooks import deliveries, endpoint_at


@pytest.fixture
def ending(sandbox):
    """On 1 March, a subscription that ends on 31 May; 16 April and 16 May are 45 and 15 days before."""
    sandbox.at("2025-03-01T10:00:00Z")
    endpoint_at(sandbox, "http://127.0.0.1:9/hook", event_types=["subscription.termination_alert"])
    plan(sandbox)
    subscribe(sandbox, ending_at="2025-05-31T20:00:00Z")
    return sandbox


def alerts(account):
    """When it was told of."""
    return [row.created_at.isoformat() for row in deliveries(account)]


def change(account, **fields):
    return account.put("/subscriptions/acme", {"subscription": fields})["subscription"]


def test_it_is_sent_at_midnight_utc_of_each_of_the_days(ending):
    ending.at("2025-04-20T00:00:00Z")
    shown = json.loads(deliveries(ending)[0].payload)["subscription"]
    assert (shown["status"], shown["ending_at"], shown["plan"]["code"]) == ("active", "2025-05-31T20:00:00Z", "pro")
    ending.at("2025-06-02T00:00:00Z")
    assert alerts(ending) == ["2025-04-16T00:00:00+00:00", "2025-05-16T00:00:00+00:00"]


def test_days_are_those_of_utc_wherever_the_customer_lives(ending):
    customer(ending, timezone="Pacific/Auckland")
    ending.at("2025-04-16T00:00:00Z")
    assert alerts(ending) == ["2025-04-16T00:00:00+00:00"]


def test_none_is_sent_of_what_ends_before(ending):
    ending.at("2025-04-20T00:00:00Z").delete("/subscriptions/acme")
    ending.at("2025-06-02T00:00:00Z")
    assert len(alerts(ending)) == 1


def test_none_is_sent_of_a_start_to_come(sandbox):
    sandbox.at("2025-03-01T10:00:00Z")
    endpoint_at(sandbox, "http://127.0.0.1:9/hook", event_types=["subscription.termination_alert"])
    plan(sandbox)
    subscribe(sandbox, subscription_at="2025-04-20T00:00:00Z", ending_at="2025-05-31T20:00:00Z")
    sandbox.at("2025-05-16T00:00:00Z")
    assert alerts(sandbox) == ["2025-05-16T00:00:00+00:00"]


def test_another_ending_date_has_other_days(ending):
    ending.at("2025-04-16T08:00:00Z")
    change(ending, ending_at="2025-07-20T00:00:00Z")
    ending.at("2025-05-31T00:00:00Z")
    change(ending, ending_at=None)
    ending.at("2025-08-01T00:00:00Z")
    assert alerts(ending) == ["2025-04-16T00:00:00+00:00"]
    change(ending, ending_at="2025-09-20T00:00:00Z")
    ending.at("2025-10-01T00:00:00Z")
    assert alerts(ending)[1:] == ["2025-08-06T00:00:00+00:00", "2025-09-05T00:00:00+00:00"]


def test_on_the_very_day_it_is_sent_at_once_but_only_once(ending):
    ending.at("2025-03-10T12:00:00Z")
    change(ending, ending_at="2025-04-24T00:00:00Z")  # in 45 days
    ending.at("2025-03-10T12:00:00Z")
    change(ending, ending_at="2025-03-25T00:00:00Z")  # in 15 days
    ending.at("2025-03-10T13:00:00Z")
    assert alerts(ending) == ["2025-03-10T12:00:00+00:00"]


def test_the_days_are_a_setting(ending):
    others = config.settings()
    config.use(replace(others, subscription_termination_alert_sent_at_days=(3, 60)))
    try:
        change(ending, name="told of later")
        ending.at("2025-06-02T00:00:00Z")
    finally:
        config.use(others)
    assert alerts(ending) == ["2025-04-01T00:00:00+00:00", "2025-05-28T00:00:00+00:00"]
