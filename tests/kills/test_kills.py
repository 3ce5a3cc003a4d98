"""Processes are killed (-9) while events come in and bills are made: nothing is lost, nothing is done twice."""

import os
import signal
import threading
import time
from collections import Counter
from contextlib import suppress
from types import SimpleNamespace

import psycopg
import pytest

from lago.supervisor.lifeline import wait_until
from tests.builders.moments import first_of_month
from tests.builders.running import running
from tests.builders.webhooks import receiver
from tests.kills.books import Books
from tests.kills.killer import kill_at_random
from tests.kills.shop import Shop
from tests.kills.traffic import Sender

pytestmark = pytest.mark.kills

KILLS, SEED = 24, 20240131
MONTHS = 3
BILLED = [f"billed-{n:02}" for n in range(36)]
USED = [f"used-{n}" for n in range(4)]
PATIENCE_S = 100  # what a killed worker was at is taken up when its lease is over


@pytest.fixture(scope="module")
def installation():
    with running(LAGO_WEBHOOK_TIMEOUT_SECONDS="3", WEB_CONCURRENCY="2", WORKER_CONCURRENCY="2") as found:
        yield found


@pytest.fixture(scope="module")
def shop(installation):
    made = Shop(installation)
    made.open()
    made.subscribe(*USED)
    return made


def senders_of(shop, subscriptions, sizes):
    return [Sender(shop.url, shop.key, subscriptions, most) for most in sizes]


def stop(senders):
    """What they know to be stored, once each has got its last answer."""
    for sender in senders:
        sender.over.set()
    for sender in senders:
        sender.join(60)
    assert not any(sender.is_alive() for sender in senders)
    assert [surprise for sender in senders for surprise in sender.surprises] == []
    return {key: value for sender in senders for key, value in sender.acknowledged.items()}


@pytest.fixture(scope="module")
def aftermath(installation, shop):
    """The state in which everything is settled after the kills."""
    shop.subscribe(*BILLED)
    with receiver() as hook:
        books, over = Books(installation), threading.Event()
        for path, algorithm in (("jwt", "jwt"), ("hmac", "hmac")):
            shop.tell(f"{hook.url}/{path}", algorithm)
        senders = senders_of(shop, USED, (1, 1, 20))
        falling = threading.Thread(target=books.let_fall_due, args=(BILLED, MONTHS, 0.8, over), daemon=True)
        for thread in (falling, *senders):
            thread.start()
        killed = kill_at_random(installation, KILLS, SEED)
        acknowledged = stop(senders)
        falling.join(60)
        began = time.monotonic()
        settled = wait_until(books.is_settled, PATIENCE_S)
        yield SimpleNamespace(
            books=books, acknowledged=acknowledged, killed=killed, settled=settled, hook=hook, shop=shop,
            settling_s=time.monotonic() - began, resent=sum(sender.resent for sender in senders),
            breakdowns=[answer for sender in senders for answer in sender.breakdowns],
        )


def test_each_kind_of_process_was_killed_while_there_was_work(aftermath):
    assert aftermath.killed.total() == KILLS
    assert set(aftermath.killed) == {"web process", "web server", "worker", "scheduler"}
    assert len(aftermath.acknowledged) > 500 and aftermath.resent > 0


def test_whoever_was_answered_was_answered_well(aftermath):
    """The stores were there all the time."""
    assert aftermath.breakdowns == []


def test_everything_settles_and_no_work_is_stuck(aftermath):
    left = aftermath.books.rows("SELECT name, attempts, last_error, failed_at, claimed_until FROM outbox")
    assert aftermath.settled, left


def test_every_acknowledged_event_is_stored_once(aftermath):
    assert aftermath.books.stored_events() == aftermath.acknowledged


def test_usage_counts_what_was_acknowledged(aftermath):
    wanted = Counter(aftermath.acknowledged.values())
    assert {one: aftermath.shop.events_in_usage(one) for one in USED} == dict(wanted)


def test_every_due_period_has_one_invoice(aftermath):
    lines = aftermath.books.rows(
        "SELECT s.external_id, l.charges_from_datetime, count(*) FROM invoice_subscriptions l"
        " JOIN subscriptions s ON s.id = l.subscription_id JOIN invoices i ON i.id = l.invoice_id"
        " WHERE i.status = 'finalized' GROUP BY 1, 2"
    )
    starts = [first_of_month(-month) for month in range(1, MONTHS + 1)]
    assert sorted(lines) == sorted((one, start, 1) for one in BILLED for start in starts)
    assert aftermath.books.one("SELECT count(*) FROM invoices") == len(BILLED) * MONTHS


def test_numbers_have_no_gap_and_no_repeat(aftermath):
    wanted = list(range(1, len(BILLED) * MONTHS + 1))
    of_entity = "SELECT billing_entity_sequential_id FROM invoices ORDER BY 1"
    assert [row[0] for row in aftermath.books.rows(of_entity)] == wanted
    assert aftermath.books.one("SELECT count(DISTINCT number) FROM invoices") == len(wanted)
    own_sequence = "SELECT array_agg(sequential_id ORDER BY sequential_id) FROM invoices GROUP BY customer_id"
    of_customers = aftermath.books.rows(own_sequence)
    assert {tuple(row[0]) for row in of_customers} == {tuple(range(1, MONTHS + 1))}


def test_each_invoice_has_its_pdf(aftermath):
    statement = "SELECT count(*) FROM invoices i JOIN invoice_files f ON f.invoice_id = i.id AND f.kind = 'pdf'"
    whole = " WHERE encode(substring(f.content FROM 1 FOR 4), 'escape') = '%%PDF'"
    assert aftermath.books.one(statement + whole) == len(BILLED) * MONTHS


def test_each_webhook_was_recorded_once_for_each_endpoint(aftermath):
    rows = aftermath.books.rows(
        "SELECT webhook_type, object_id, webhook_endpoint_id, count(*), min(status) FROM webhook_deliveries"
        " WHERE object_type = 'invoice' GROUP BY 1, 2, 3"
    )
    assert {row[3:] for row in rows} == {(1, "succeeded")}
    assert Counter(row[0] for row in rows) == dict.fromkeys(
        ("invoice.created", "invoice.generated", "invoice.payment_overdue"), len(BILLED) * MONTHS * 2
    )


def test_each_webhook_has_arrived(aftermath):
    arrived = {request.headers["X-Lago-Unique-Key"] for request in aftermath.hook.requests}
    assert arrived == {str(row[0]) for row in aftermath.books.rows("SELECT id FROM webhook_deliveries")}


def test_everything_killed_at_once_loses_nothing_acknowledged(installation, shop, aftermath):
    before = aftermath.books.stored_events()
    senders = senders_of(shop, USED, (1, 20))
    for sender in senders:
        sender.start()
    time.sleep(3)
    for pid in installation.processes():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    installation.process.wait()
    installation.start()
    time.sleep(1)
    acknowledged = stop(senders)
    assert len(acknowledged) > 50
    assert Books(installation).stored_events() == {**before, **acknowledged}


@pytest.mark.parametrize("store", ["valkey-server", "bin/postgres"])
def test_a_store_that_is_killed_alone_holds_up_bills_but_loses_none(installation, shop, aftermath, store):
    late = [f"{store}-{n}".replace("/", "-") for n in range(5)]
    shop.subscribe(*late)
    for external_id in late:
        Books(installation).put_back(external_id, 1)
    os.kill(installation.children(store)[0], signal.SIGKILL)
    assert wait_until(installation.is_healthy, 30), installation.output
    billed = (
        "SELECT s.external_id FROM invoice_subscriptions l JOIN subscriptions s ON s.id = l.subscription_id"
        " JOIN invoice_files f ON f.invoice_id = l.invoice_id WHERE s.external_id = ANY(%s) ORDER BY 1"
    )

    def all_billed() -> bool:
        with suppress(psycopg.OperationalError):  # the store may still be on its way back
            return len(Books(installation).rows(billed, late)) >= len(late)
        return False

    assert wait_until(all_billed, PATIENCE_S)
    assert [row[0] for row in Books(installation).rows(billed, late)] == late
