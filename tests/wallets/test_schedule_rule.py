"""When interval rules fall due (05 §1.13, 06 §7): 00:00 of the local date, once, whatever was changed."""

from datetime import datetime

import pytest
from sqlalchemy import select

from lago.core.db import db
from lago.wallets.models import RecurringTransactionRule
from tests.builders.stories import customer
from tests.builders.wallets import change, interval_rule, terminate, wallet

START = "2024-03-10T15:00:00Z"


def due(sandbox):
    """The due moment of the youngest rule."""
    query = select(RecurringTransactionRule.top_up_due_at).where(
        RecurringTransactionRule.organization_id == sandbox.organization.id
    )
    moment = db.session.scalars(query.order_by(RecurringTransactionRule.seq.desc())).first()
    return moment and moment.isoformat().replace("+00:00", "Z")


def with_rule(sandbox, at=START, zone=None, **fields):
    sandbox.at(at)
    customer(sandbox, **({"timezone": zone} if zone else {}))
    return wallet(sandbox, recurring_transaction_rules=[interval_rule(**fields)])


@pytest.mark.parametrize("fields, zone, expected", [
    ({}, None, "2024-04-10T00:00:00Z"),
    ({}, "Asia/Tokyo", "2024-04-10T15:00:00Z"),  # 00:00 on the 11th: it was the 11th there already
    ({}, "America/New_York", "2024-04-10T04:00:00Z"),
    ({"interval": "weekly", "started_at": "2024-01-04T23:00:00Z"}, "Europe/Paris", "2024-03-14T23:00:00Z"),  # Fridays
    ({"interval": "yearly", "started_at": "2023-03-11T00:00:00Z"}, None, "2024-03-11T00:00:00Z"),
    ({"started_at": "2024-06-20T09:30:00Z"}, None, "2024-06-20T09:30:00Z"),  # not before it starts
    ({"started_at": "2024-02-10T00:00:00Z"}, None, "2024-04-10T00:00:00Z"),  # not on the day of the wallet
    ({"expiration_at": "2024-04-10T00:00:00Z"}, None, None),
    ({"expiration_at": "2024-04-10T00:00:01Z"}, None, "2024-04-10T00:00:00Z"),
    ({"trigger": "threshold", "threshold_credits": "1"}, None, None),
], ids=["month", "east", "west", "week", "year", "later", "same-day", "expired", "in-time", "threshold"])
def test_first_moment(sandbox, fields, zone, expected):
    with_rule(sandbox, zone=zone, **fields)
    assert due(sandbox) == expected


def test_a_rule_for_today_is_due_at_once(sandbox):
    """Its day has begun, and the wallet is older."""
    made = with_rule(sandbox, at="2024-02-01T00:00:00Z")
    sandbox.at(START)
    change(sandbox, made, recurring_transaction_rules=[interval_rule(started_at="2024-01-10T00:00:00Z")])
    assert due(sandbox) == START
    sandbox.at("2024-03-10T15:00:01Z")
    assert due(sandbox) == "2024-04-10T00:00:00Z"


def test_a_day_is_served_once_by_whatever_rule(sandbox):
    made = with_rule(sandbox, at="2024-02-10T00:00:00Z")
    sandbox.at("2024-03-10T00:00:00Z")
    change(sandbox, made, recurring_transaction_rules=[interval_rule(started_at="2024-01-10T00:00:00Z")])
    assert due(sandbox) == "2024-04-10T00:00:00Z"


def test_another_zone_moves_it(sandbox):
    with_rule(sandbox)
    for zone, expected in (("Asia/Tokyo", "2024-04-10T15:00:00Z"), ("America/New_York", "2024-04-10T04:00:00Z")):
        customer(sandbox, timezone=zone)
        sandbox.at(START)
        assert due(sandbox) == expected


def test_another_zone_of_the_entity_moves_it(sandbox):
    with_rule(sandbox)
    sandbox.put("/organizations", {"organization": {"timezone": "America/New_York"}})
    sandbox.at(START)
    assert due(sandbox) == "2024-04-10T04:00:00Z"


def test_a_day_that_a_change_of_zone_has_moved_is_not_served_early(sandbox):
    """Due at midnight in Tokyo, where it is still the ninth by now."""
    made = with_rule(sandbox, at="2024-03-10T02:00:00Z", zone="Asia/Tokyo")
    sandbox.at("2024-04-09T14:00:00Z")
    customer(sandbox, timezone="America/New_York")  # the reference is the ninth there, and has been served
    sandbox.at("2024-04-09T15:00:00Z")
    assert due(sandbox) == "2024-05-09T04:00:00Z"
    rows = sandbox.get(f"/wallets/{made['lago_id']}/wallet_transactions")["wallet_transactions"]
    assert [row["created_at"] for row in rows] == ["2024-04-09T14:00:00Z"]


def test_nothing_is_due_of_what_has_ended(sandbox):
    made = with_rule(sandbox)
    change(sandbox, made, recurring_transaction_rules=[])
    assert due(sandbox) is None
    change(sandbox, made, recurring_transaction_rules=[interval_rule()])
    assert datetime.fromisoformat(due(sandbox))
    terminate(sandbox, made)
    assert due(sandbox) is None
