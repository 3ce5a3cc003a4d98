"""Requests that wait while their subscription is billed or changed: what they do comes after that."""

import time
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from lago.core import clock
from lago.core.db import db, lock, transaction
from lago.customers.queries import customer_by_external_id
from lago.invoicing.bill_period import bill_period
from lago.invoicing.subscribe import subscribe as upgrade
from lago.organizations.models import Organization
from tests.builders.at_once import all_at_once
from tests.builders.organizations import account
from tests.builders.stories import invoices, plan, subscribe

FEBRUARY = datetime(2025, 2, 1, tzinfo=UTC)
UPGRADE = {"external_customer_id": "acme", "external_id": "acme", "plan_code": "more"}
WAITING = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")


@pytest.fixture
def caller(committing):
    """Of 12 January, with a subscription of 31.00 in advance, and a plan of 62.00."""
    caller = account(committing.test_client(), f"Waiter {uuid.uuid4().hex[:8]}", sandbox=True)
    caller.at("2025-01-01T10:00:00Z")
    for code, cents in (("pro", 3100), ("more", 6200)):
        plan(caller, code, amount_cents=cents, pay_in_advance=True)
    subscribe(caller)
    return caller.at("2025-01-12T12:00:00Z")


def while_february_is_billed(app, caller, method, path, body=None):
    """The subscription that a call answers with which is made on 12 January, and waits until February is billed."""
    return meanwhile(app, caller, lambda organization, customer_id: bill_period([customer_id]), (method, path, body))


def meanwhile(app, caller, work, request):
    """The subscription that a request of 12 January answers with; it waits for that work, of 1 February."""
    with ThreadPoolExecutor(1) as pool:
        with transaction():
            customer_id = customer_by_external_id(caller.organization.id, "acme").id
            lock(customer_id)
            call = pool.submit(all_at_once, app, caller.api_key, [request])
            wait_until_it_waits(call)
            organization = db.session.get_one(Organization, caller.organization.id)
            organization.clock_now = FEBRUARY
            with clock.of(FEBRUARY):
                work(organization, customer_id)
        ((status, answer),) = call.result(30)
    assert status == 200, answer
    caller.at("2025-02-01T00:00:00Z")
    return answer["subscription"]


def wait_until_it_waits(call: Future) -> None:
    deadline = time.monotonic() + 30
    while not db.session.scalar(WAITING):
        assert not call.done() and time.monotonic() < deadline
        time.sleep(0.01)


def documents(caller):
    notes = caller.get("/credit_notes")["credit_notes"]
    return (
        [(one["issuing_date"], one["fees_amount_cents"], one["total_amount_cents"]) for one in invoices(caller)],
        [one["total_amount_cents"] for one in notes],
    )


def test_an_upgrade_gives_the_period_back_that_was_billed_meanwhile(committing, caller):
    begun = while_february_is_billed(committing, caller, "POST", "/subscriptions", {"subscription": UPGRADE})
    assert begun["started_at"] == "2025-02-01T00:00:00.000Z"
    assert documents(caller) == (
        [("2025-01-01", 3100, 3100), ("2025-02-01", 3100, 3100), ("2025-02-01", 6200, 3100)], [3100]
    )


def test_an_end_gives_the_days_back_that_were_billed_meanwhile(committing, caller):
    """27 of 28 days of 31.00."""
    ended = while_february_is_billed(committing, caller, "DELETE", "/subscriptions/acme")
    assert ended["terminated_at"] == "2025-02-01T00:00:00Z"
    assert documents(caller) == (
        [("2025-01-01", 3100, 3100), ("2025-02-01", 3100, 3100), ("2025-02-01", 0, 0)], [2989]
    )


@pytest.mark.parametrize(("method", "body", "status"), [
    ("PUT", {"subscription": {"ending_at": "2025-02-20"}}, "active"), ("DELETE", None, "terminated"),
], ids=["ending date", "end"])
def test_what_waits_for_an_upgrade_is_about_the_new_plan(committing, caller, method, body, status):
    """Else a client is told of an end that the subscription which goes on does not have."""
    request = (method, "/subscriptions/acme", body)
    answer = meanwhile(committing, caller, lambda organization, _: upgrade(organization, UPGRADE), request)
    assert (answer["plan_code"], answer["status"]) == ("more", status)
