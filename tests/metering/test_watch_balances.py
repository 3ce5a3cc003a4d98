"""The watch of balances: whose wallets are refreshed after new events, once for a burst, and none is passed over."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from lago.core import outbox
from lago.core.db import db, transaction
from lago.core.outbox import OutboxRow
from lago.metering.ingest import ingest_event
from lago.metering.watch import BURST
from lago.metering.watch_balances import begin_refresh, watch_balances
from tests.builders.at_once import at_once
from tests.builders.balances import REFRESH, balances, customer_id, forget_marks, marked
from tests.builders.events import batch_body, event_body
from tests.builders.organizations import account
from tests.builders.stories import metric, plan, standard, subscribe
from tests.builders.wallets import terminate, wallet
from tests.builders.webhooks import waits


def on_calls(caller):
    """`acme` on calls at 0.01, so that a cent is an event."""
    plan(caller, amount_cents=0, charges=[standard(metric(caller, "calls"), "0.01")])
    subscribe(caller)
    return caller


def prepaying(caller):
    """The same with a wallet; nothing waits."""
    on_calls(caller)
    made = wallet(caller, granted_credits="10")
    forget_marks()
    return made


def keys(caller):
    query = select(OutboxRow.key).where(OutboxRow.organization_id == caller.organization.id, OutboxRow.name == REFRESH)
    return db.session.scalars(query.order_by(OutboxRow.id)).all()


def test_many_events_are_one_refresh(owner):
    prepaying(owner)
    owner.post("/events/batch", batch_body({}, {}, {}))
    owner.post("/events", event_body())
    assert marked(owner) == [str(customer_id(owner))]


def test_a_refresh_waits_for_the_burst_to_end(owner):
    prepaying(owner)
    owner.post("/events", event_body())
    assert BURST - timedelta(seconds=1) < max(waits()) <= BURST


def test_a_sandbox_clock_finds_it_done(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    made = prepaying(sandbox)
    sandbox.post("/events", event_body(timestamp=1704067200))
    sandbox.at("2024-01-01T00:00:01Z")
    assert (balances(sandbox, made), marked(sandbox)) == ((1000, 1, 999), [])


def test_who_has_no_wallets_costs_no_further_statement(owner, outsider, count_queries):
    """Neither those of others, nor other customers."""
    prepaying(owner)
    on_calls(outsider)
    subscribe(owner, "beta")
    for caller, subscription in ((outsider, "acme"), (owner, "beta")):
        with count_queries() as statements:
            caller.post("/events", event_body(external_subscription_id=subscription))
        assert [one for one in statements if "outbox" in one or "advisory" in one] == []
        assert len([one for one in statements if "FROM wallets" in one]) == 1  # with the metrics
        assert marked(caller) == []


def test_who_has_wallets_costs_a_lock_and_a_row(owner, count_queries):
    prepaying(owner)
    subscribe(owner, "beta")
    statements = []
    for subscription in ("beta", "acme"):
        with count_queries() as sent:
            owner.post("/events", event_body(external_subscription_id=subscription))
        statements.append(len(sent))
    assert statements[1] == statements[0] + 2


def test_a_refused_event_marks_nobody(owner):
    prepaying(owner)
    owner.post("/events", event_body(transaction_id="one"))
    forget_marks()
    owner.refused("POST", "/events", event_body(transaction_id="one"))
    assert marked(owner) == []


def test_ended_wallets_and_subscriptions_do_not_count(owner):
    made = prepaying(owner)
    subscribe(owner, "beta")
    wallet(owner, "beta")
    owner.delete("/subscriptions/beta")
    terminate(owner, made)
    forget_marks()
    for subscription in ("acme", "beta"):
        owner.post("/events", event_body(external_subscription_id=subscription))
    assert marked(owner) == []


def test_events_that_come_during_a_refresh_are_a_refresh_of_their_own(owner):
    prepaying(owner)
    owner.post("/events", event_body())
    with transaction():
        begin_refresh([customer_id(owner)])
    owner.post("/events", event_body())
    assert len(marked(owner)) == 2


def test_one_of_several_customers_has_another_row(owner):
    """What is under way is set aside for those who have one, and takes the place of an earlier one that failed."""
    prepaying(owner)
    subscribe(owner, "beta")
    ids = [customer_id(owner), customer_id(owner, "beta")]
    for asked in (ids[:1], ids):
        with transaction():
            watch_balances(owner.organization.id, asked)
        with transaction():
            begin_refresh(ids)
    assert sorted(keys(owner)) == sorted(f"balances:{one} looking" for one in ids)


@pytest.fixture
def caller(committing):
    """In a sandbox, where a refresh does not wait."""
    made = account(committing.test_client(), "Caller", sandbox=True)
    made.at("2024-01-01T00:00:00Z")
    return made


def in_january(**fields):
    return event_body(timestamp=1704067200, **fields)


def working(application, organization_id):
    """Does the organization's background work, as a worker does."""
    with application.app_context():
        while outbox.run_next("default", organization_id=organization_id):
            pass
        db.session.remove()


def used(caller, made):
    db.session.rollback()
    db.session.expire_all()
    return balances(caller, made)[1]


def test_a_refresh_waits_for_those_who_have_found_the_row(committing, caller):
    made = prepaying(caller)
    caller.at("2024-01-01T00:00:00Z")
    organization_id = caller.organization.id
    caller.post("/events", in_january())

    with ThreadPoolExecutor(1) as pool:
        with transaction():
            ingest_event(organization_id, in_january(transaction_id="late")["event"])
            refreshing = pool.submit(working, committing, organization_id)
            with pytest.raises(TimeoutError):
                refreshing.result(timeout=0.5)
        refreshing.result(timeout=10)
    assert used(caller, made) == 2


def test_of_events_and_refreshes_at_once_the_last_refresh_sees_all(committing, caller):
    """Thirty requests at a time, and three workers at it while they come in."""
    made = prepaying(caller)
    caller.at("2024-01-01T00:00:00Z")
    organization_id = caller.organization.id
    for turn in range(2):
        bodies = [in_january(transaction_id=f"t{turn}-{n}") for n in range(30)]
        with ThreadPoolExecutor(4) as pool:
            requests = pool.submit(at_once, committing, caller.api_key, "/events", bodies)
            while not requests.done():
                list(pool.map(lambda _: working(committing, organization_id), range(3)))
            assert {status for status, _ in requests.result()} == {200}
        working(committing, organization_id)
        assert used(caller, made) == 30 * (turn + 1)
    assert keys(caller) == []
