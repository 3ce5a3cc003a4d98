"""Two schedulers and three workers on one database: whatever is due is billed once."""

import random
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from lago.core import clock, due, outbox
from lago.core.db import db, transaction
from lago.scheduler import find_due_work
from tests.builders.moments import first_of_month
from tests.builders.organizations import account
from tests.builders.stories import plan, subscribe

CUSTOMERS, MONTHS = 30, 2
SCHEDULERS, WORKERS = 2, 3


@pytest.fixture
def owner(committing):
    """Someone whose customers have bills due, two months each."""
    found = account(committing.test_client(), f"Owner {uuid.uuid4().hex[:8]}")
    found.put("/organizations", {"organization": {"document_numbering": "per_organization"}})
    plan(found)
    for number in range(CUSTOMERS):
        subscribe(found, f"c{number}")
    start, first_bill = first_of_month(-MONTHS), first_of_month(1 - MONTHS)
    with transaction():
        db.session.execute(text("DELETE FROM outbox"))
        moments = "subscription_at = :start, started_at = :start, created_at = :start, billing_due_at = :due"
        of_owner = {"start": start, "due": first_bill, "id": found.organization.id}
        db.session.execute(text(f"UPDATE subscriptions SET {moments} WHERE organization_id = :id"), of_owner)
    return found


def at_once(app, *functions):
    """Runs each in a thread with a context of its own, all from the same moment on."""
    barrier = threading.Barrier(len(functions))

    def run(function):
        with app.app_context():
            barrier.wait()
            function()

    with ThreadPoolExecutor(len(functions)) as pool:
        list(pool.map(run, functions))


def bills(owner):
    """How many lines there are for each subscription and period."""
    lines = text(
        "SELECT subscription_id, charges_from_datetime FROM invoice_subscriptions WHERE organization_id = :id"
    )
    db.session.rollback()
    return Counter((row[0], row[1]) for row in db.session.execute(lines, {"id": owner.organization.id}))


def numbers(owner):
    statement = text("SELECT billing_entity_sequential_id FROM invoices WHERE organization_id = :id ORDER BY 1")
    return list(db.session.scalars(statement, {"id": owner.organization.id}))


def assert_each_period_is_billed_once(owner):
    found = bills(owner)
    assert len(found) == CUSTOMERS * MONTHS and set(found.values()) == {1}
    assert numbers(owner) == list(range(1, CUSTOMERS * MONTHS + 1))


def test_schedulers_and_workers_at_once_make_no_double_invoice(committing, owner):
    over = threading.Event()

    def scheduler():
        while not over.is_set():
            find_due_work()
            time.sleep(0.01)

    def worker():
        idle_since = time.monotonic()
        while time.monotonic() - idle_since < 1:
            if outbox.run_next("default"):
                idle_since = time.monotonic()
            else:
                time.sleep(0.01)
        over.set()

    at_once(committing, *[scheduler] * SCHEDULERS, *[worker] * WORKERS)
    assert_each_period_is_billed_once(owner)


def test_workers_with_the_same_customers_at_once_make_no_double_invoice(committing, owner):
    """As when a worker's lease runs out while it is still at work."""
    query = text("SELECT DISTINCT customer_id FROM subscriptions WHERE organization_id = :id")
    customers = list(db.session.scalars(query, {"id": owner.organization.id}))
    db.session.rollback()

    def worker():
        mine = random.sample(customers, len(customers))
        for first in range(0, len(mine), 7):
            due.perform_all(clock.real_now(), mine[first:first + 7])

    at_once(committing, *[worker] * WORKERS)
    assert_each_period_is_billed_once(owner)
