"""The same transactions from several sides at once: each is stored once, none is lost, nobody is left hanging."""

import uuid

import pytest
from sqlalchemy import func, select

from lago.core.db import db
from lago.metering.models import Event
from tests.builders.at_once import at_once
from tests.builders.events import event_body, sent_event
from tests.builders.organizations import account

SIDES = 4


def how_many(organization_id):
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Event.organization_id == organization_id))


@pytest.fixture
def caller(committing):
    return account(committing.test_client(), f"Caller {uuid.uuid4().hex[:8]}")


def test_of_two_equal_events_one_is_stored_and_the_other_refused(committing, caller):
    key, organization_id = caller.api_key, caller.organization.id
    for n in range(10):
        answers = at_once(committing, key, "/events", [event_body(transaction_id=f"t{n}")] * SIDES)
        assert sorted(status for status, _ in answers) == [200] + [422] * (SIDES - 1)
        refusals = [answer["error_details"] for status, answer in answers if status == 422]
        assert refusals == [{"transaction_id": ["value_already_exist"]}] * (SIDES - 1)
    assert how_many(organization_id) == 10


def test_batches_that_share_events_in_any_order_do_not_block_each_other(committing, caller):
    key, organization_id = caller.api_key, caller.organization.id
    for _ in range(10):
        events = [sent_event() for _ in range(60)]
        orders = [events, events[::-1], events[30:] + events[:30], events[20:40]]
        answers = at_once(committing, key, "/events/batch", [{"events": order} for order in orders])
        assert sorted({status for status, _ in answers}) == [200, 422]
        assert [status for status, _ in answers].count(200) == 1
    assert how_many(organization_id) in range(200, 601, 40)


def test_different_events_from_several_sides_are_all_stored(committing, caller):
    key, organization_id = caller.api_key, caller.organization.id
    batches = [{"events": [sent_event() for _ in range(100)]} for _ in range(8)]
    answers = at_once(committing, key, "/events/batch", batches)
    assert {status for status, _ in answers} == {200}
    assert how_many(organization_id) == 800
