"""Units by presentation keys: where current and projected usage show them, and which are asked for (01 §3.11, §4.1)."""

import json

import pytest

from lago.core.db import db
from tests.builders.usage import a_charge_filter, a_metric, store_events, subscribed, utc

SHOWN = [{"value": "user"}, {"value": "job"}]


@pytest.fixture
def current(sandbox):
    """An organization on 8 April 2025 at 10:00, the eighth of thirty days."""
    sandbox.organization.clock_now = utc("2025-04-08T10:00")
    db.session.flush()
    return sandbox


def charged(account, **properties):
    """A charge that counts events at 1.00 and breaks them down by user and job."""
    properties = {"amount": "1", "presentation_group_keys": SHOWN, **properties}
    return subscribed(account, a_metric(account), properties=properties, start="2025-04-01T00:00").plan.charges[0]


def used(account, *events):
    store_events(account, *({"properties": one, "timestamp": utc("2025-04-05T00:00")} for one in events))


def usage_of(account, kind="current", root="customer_usage", **query):
    query = {"external_subscription_id": "acme", **query}
    (charge,) = account.get(f"/customers/acme/{kind}_usage", **query)[root]["charges_usage"]
    return charge


def rows(part, name="presentation_breakdowns"):
    return sorted((tuple(sorted(row["presentation_by"].items())), row["units"]) for row in part[name])


EVENTS = [{"user": "ann", "job": "a"}, {"user": "ann", "job": "b"}, {"user": "bob", "job": "a", "team": "red"}]
ALL = [
    ((("job", "a"), ("user", "ann")), "1.0"), ((("job", "a"), ("user", "bob")), "1.0"),
    ((("job", "b"), ("user", "ann")), "1.0"),
]


def test_a_plain_charge_shows_them_itself(current):
    charged(current)
    used(current, *EVENTS)
    usage = usage_of(current)
    assert (rows(usage), usage["units"]) == (ALL, "3.0")


def test_blank_texts_are_null(current):
    charged(current)
    used(current, {"user": ""})
    assert [row["presentation_by"] for row in usage_of(current)["presentation_breakdowns"]] == [
        {"user": None, "job": None}
    ]


def test_groups_show_those_of_their_own_without_the_group_keys(current):
    charged(current, pricing_group_keys=["team"])
    used(current, *EVENTS)
    usage = usage_of(current)
    red, without = usage["grouped_usage"]
    assert (rows(red), rows(without), rows(usage)) == (ALL[1:2], [ALL[0], ALL[2]], [])


def test_filters_show_them_and_the_charge_those_of_the_rest(current):
    charge = charged(current)
    a_charge_filter(charge, values={"job": ["a"]})
    used(current, *EVENTS)
    usage = usage_of(current)
    assert [rows(part) for part in usage["filters"]] == [ALL[:2], ALL[2:]]
    assert rows(usage) == ALL[2:]


def test_groups_of_filters_show_them_within_the_filters_only(current):
    charge = charged(current)
    a_charge_filter(charge, values={"job": ["a"]}, properties={"amount": "1", "pricing_group_keys": ["team"]})
    used(current, *EVENTS)
    red, without, rest = usage_of(current)["grouped_usage"]
    assert [rows(group) for group in (red, without, rest)] == [[], [], []]
    assert [rows(group["filters"][0]) for group in (red, without, rest)] == [ALL[1:2], ALL[:1], ALL[2:]]


@pytest.mark.parametrize("asked, expected", [
    (["user"], [((("user", "ann"),), "2.0"), ((("user", "bob"),), "1.0")]),
    (["job", "unknown"], [((("job", "a"),), "2.0"), ((("job", "b"),), "1.0")]),
    ([], []), (["unknown"], []),
])
def test_some_keys_can_be_asked_for(current, asked, expected):
    charged(current)
    used(current, *EVENTS)
    usage = usage_of(current, filter_by_presentation=json.dumps(asked))
    assert (rows(usage), usage["units"]) == (expected, "3.0")


@pytest.mark.parametrize("asked", ["[", "{}", "user", "7", '"user"'])
def test_keys_that_are_no_json_array_are_a_bad_request(current, asked):
    charged(current)
    query = {"external_subscription_id": "acme", "filter_by_presentation": asked}
    current.call("GET", "/customers/acme/current_usage", expect=400, **query)


def test_projected_usage_shows_what_they_will_be(current):
    charged(current)
    used(current, *EVENTS)
    usage = usage_of(current, "projected", "customer_projected_usage")
    assert rows(usage) == ALL
    assert [units for _, units in rows(usage, "projected_presentation_breakdowns")] == ["3.75"] * 3  # 1 / (8/30)
