"""The watch: who is looked at after new events, once for a burst, and no event is passed over (decision 0014)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from lago.catalog.models import Charge, Plan
from lago.catalog.write_usage_thresholds import write_usage_thresholds
from lago.core import outbox
from lago.core.db import db, transaction
from lago.core.outbox import OutboxRow
from lago.invoicing.watch_usage import watch_usage
from lago.metering.ingest import ingest_event
from lago.metering.models import Alert
from lago.metering.watch import BURST, begin_look, watch
from lago.subscriptions.queries import subscription_by_external_id
from lago.subscriptions.usage_thresholds import write_own_thresholds
from tests.builders.alerts import an_alert
from tests.builders.at_once import at_once
from tests.builders.events import batch_body, event_body
from tests.builders.organizations import account
from tests.builders.outbox import waiting
from tests.builders.stories import metric, plan, standard, subscribe
from tests.builders.webhooks import waits

LOOK = "invoicing.watch_usage"
THRESHOLDS = [{"amount_cents": 10**9}]


def on_calls(caller):
    """`acme` on calls at 0.01, so that a cent is an event."""
    plan(caller, amount_cents=0, charges=[standard(metric(caller, "calls"), "0.01")])
    subscribe(caller)
    return caller


def watched(caller):
    """The same with an alert that has been looked at."""
    an_alert(on_calls(caller), 10**9)
    look(caller)
    return caller


def look(caller):
    watch_usage(caller.organization.id, "acme")
    with transaction():
        db.session.execute(delete(OutboxRow).where(OutboxRow.name == LOOK))


def looks(caller):
    return waiting(caller, LOOK)


def seen(caller):
    db.session.rollback()
    query = select(Alert.previous_value).where(Alert.organization_id == caller.organization.id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def keys(caller):
    query = select(OutboxRow.key).where(OutboxRow.organization_id == caller.organization.id, OutboxRow.name == LOOK)
    return db.session.scalars(query.order_by(OutboxRow.id)).all()


def test_many_events_are_one_look(owner):
    watched(owner)
    owner.post("/events/batch", batch_body({}, {}, {}))
    owner.post("/events", event_body())
    assert looks(owner) == [{"organization_id": str(owner.organization.id), "external_subscription_id": "acme"}]


def test_a_look_waits_for_the_burst_to_end(owner):
    watched(owner)
    owner.post("/events", event_body())
    assert BURST - timedelta(seconds=1) < max(waits()) <= BURST


def test_a_sandbox_clock_finds_the_look_done(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    watched(sandbox)
    sandbox.post("/events", event_body(timestamp=1704067200))
    sandbox.at("2024-01-01T00:00:01Z")
    assert (seen(sandbox), looks(sandbox)) == (1, [])


def test_who_is_not_watched_costs_no_further_statement(owner, outsider, count_queries):
    """Neither those of others, nor other subscriptions: a look-up with the metrics, and the insert."""
    watched(owner)
    on_calls(outsider)
    subscribe(owner, "beta")
    for caller, subscription in ((outsider, "acme"), (owner, "beta")):
        with count_queries() as statements:
            caller.post("/events", event_body(external_subscription_id=subscription))
        on_events = [one for one in statements if any(word in one for word in ("events", "outbox", "advisory"))]
        assert len(on_events) == 1 and looks(caller) == []
        assert len([one for one in statements if "billable_metrics" in one]) == 1


def test_who_is_watched_costs_a_lock_and_a_row(owner, count_queries):
    watched(owner)
    statements = []
    for subscription in ("beta", "acme"):
        with count_queries() as sent:
            owner.post("/events", event_body(external_subscription_id=subscription))
        statements.append(len(sent))
    assert statements[1] == statements[0] + 2


def test_a_refused_event_makes_no_look(owner):
    watched(owner)
    owner.post("/events", event_body(transaction_id="one"))
    look(owner)
    owner.refused("POST", "/events", event_body(transaction_id="one"))
    owner.refused("POST", "/events/batch", batch_body({"transaction_id": "two"}, {"transaction_id": "one"}))
    assert looks(owner) == []


def of_the_plan(subscription):
    write_usage_thresholds(subscription.plan, THRESHOLDS)


def of_the_subscription(subscription):
    write_own_thresholds(subscription, THRESHOLDS)


def of_the_plan_before_overrides(subscription):
    of_the_plan(subscription)
    names = ("organization_id", "name", "code", "interval", "amount_currency", "pay_in_advance")
    fields = {name: getattr(subscription.plan, name) for name in names}
    subscription.plan = Plan(**fields, amount_cents=1, parent_id=subscription.plan_id)


def none_as_they_are_off(subscription):
    of_the_plan(subscription)
    subscription.progressive_billing_disabled = True


@pytest.mark.parametrize("has_thresholds, watched", [
    (of_the_plan, True), (of_the_subscription, True), (of_the_plan_before_overrides, True),
    (none_as_they_are_off, False), (lambda subscription: None, False),
], ids=["plan", "subscription", "parent", "off", "none"])
def test_usage_thresholds_are_watched_where_they_apply(owner, has_thresholds, watched):
    on_calls(owner)
    with transaction():
        has_thresholds(subscription_by_external_id(owner.organization.id, "acme"))
    owner.post("/events", event_body())
    assert bool(looks(owner)) == watched


def test_a_deleted_alert_is_not_watched(owner):
    watched(owner)
    owner.delete("/subscriptions/acme/alerts/warn")
    owner.post("/events", event_body())
    assert looks(owner) == []


def test_an_alert_is_looked_at_when_it_is_made_and_changed(owner):
    on_calls(owner)
    owner.post("/events", event_body())
    an_alert(owner, 10)
    assert len(looks(owner)) == 1
    look(owner)
    assert seen(owner) == 1
    owner.put("/subscriptions/acme/alerts/warn", {"alert": {"name": "Soon"}})
    assert len(looks(owner)) == 1


def test_there_need_be_no_subscription(owner):
    watched(owner)
    owner.delete("/subscriptions/acme")
    owner.post("/events", event_body())
    look(owner)
    assert seen(owner) == 0


def test_events_that_come_during_a_look_are_a_look_of_their_own(owner):
    watched(owner)
    owner.post("/events", event_body())
    with transaction():
        begin_look(owner.organization.id, "acme")
    owner.post("/events", event_body(transaction_id="more"))
    assert len(looks(owner)) == 2


def test_of_looks_that_fail_one_is_left(owner):
    """A charge that cannot be priced: each look takes the place of the one before."""
    watched(owner)
    db.session.execute(update(Charge).values(properties={"amount": "nonsense"}))
    for n in range(3):
        owner.post("/events", event_body(transaction_id=f"t{n}"))
        with transaction():
            over = update(OutboxRow).where(OutboxRow.last_error.is_(None)).values(run_at=OutboxRow.run_at - BURST)
            db.session.execute(over)
        while outbox.run_next("default"):
            pass
    (row,) = db.session.scalars(select(OutboxRow).where(OutboxRow.name == LOOK))
    assert row.last_error and row.key.endswith("looking")


def test_a_retry_does_the_work_of_what_waits(owner):
    """It stands for what failed, and the one that waits takes its place: nothing is done by two rows forever."""
    watched(owner)
    organization_id = owner.organization.id
    for _ in range(2):
        with transaction():
            watch(organization_id, ["acme"])
        with transaction():
            begin_look(organization_id, "acme")
    assert keys(owner) == [f"watch:{organization_id}:acme looking"]


@pytest.fixture
def caller(committing):
    """In a sandbox, where a look does not wait."""
    made = account(committing.test_client(), "Caller", sandbox=True)
    made.at("2024-01-01T00:00:00Z")
    return watched(made)


def in_january(**fields):
    return event_body(timestamp=1704067200, **fields)


def working(application, organization_id):
    """Does the organization's background work, as a worker does."""
    with application.app_context():
        while outbox.run_next("default", organization_id=organization_id):
            pass
        db.session.remove()


def test_who_looks_waits_for_those_who_have_found_the_row(committing, caller):
    organization_id = caller.organization.id
    caller.post("/events", in_january())

    with ThreadPoolExecutor(1) as pool:
        with transaction():
            ingest_event(organization_id, in_january(transaction_id="late")["event"])
            looking = pool.submit(working, committing, organization_id)
            with pytest.raises(TimeoutError):
                looking.result(timeout=0.5)
        looking.result(timeout=10)
    assert seen(caller) == 2


def test_of_events_and_looks_at_once_the_last_look_sees_all(committing):
    """Forty requests at a time, and three workers at it while they come in."""
    caller = account(committing.test_client(), "Second", sandbox=True)
    caller.at("2024-01-01T00:00:00Z")
    watched(caller)
    organization_id = caller.organization.id
    for turn in range(3):
        bodies = [in_january(transaction_id=f"t{turn}-{n}") for n in range(40)]
        with ThreadPoolExecutor(4) as pool:
            requests = pool.submit(at_once, committing, caller.api_key, "/events", bodies)
            while not requests.done():
                list(pool.map(lambda _: working(committing, organization_id), range(3)))
            assert {status for status, _ in requests.result()} == {200}
        working(committing, organization_id)
        assert seen(caller) == 40 * (turn + 1)
    assert keys(caller) == []
