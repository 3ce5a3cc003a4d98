"""Billing of single events: once each, in the order in which they were told, whoever does it and however often."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from lago.catalog.models import Charge
from lago.core import clock, outbox
from lago.core.db import db, transaction
from lago.invoicing.bill_in_advance import bill_events, bill_in_advance
from lago.invoicing.models import Fee, Invoice
from lago.metering.ingest import ingest_event
from lago.metering.models import CachedAggregation, Event, EventNews
from lago.metering.news import read_news, settle_news
from lago.pricing.in_advance_units import new_units
from tests.builders.at_once import at_once
from tests.builders.events import batch_body, event_body
from tests.builders.organizations import account
from tests.builders.outbox import announced, waiting
from tests.builders.stories import metric, plan, standard, subscribe

VALUES = (5, -3, 2, 4, 1, -6, 9, 3, -1, 2) * 2


class Killed(Exception):
    """The worker is gone."""


def on_sums(caller, *charges, code="calls"):
    """`acme` on charges in advance on the sum of `gb`, without invoices unless said otherwise."""
    calls = metric(caller, code, "sum_agg", field_name="gb")
    fields = {**standard(calls, "2"), "pay_in_advance": True, "invoiceable": False}
    plan(caller, amount_cents=0, charges=[{**fields, **charge} for charge in charges or ({},)])
    subscribe(caller)
    return caller


def tell(caller, *values):
    caller.post("/events/batch", batch_body(*({"properties": {"gb": value}} for value in values)))


def bill(caller):
    bill_in_advance(caller.organization.id, "acme")


def units_of(caller):
    db.session.rollback()
    query = select(Fee.units, Fee.amount_cents).where(Fee.organization_id == caller.organization.id)
    return [tuple(row) for row in db.session.execute(query.order_by(Fee.seq))]


def count(table, caller):
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(table.organization_id == caller.organization.id))


def one_by_one(caller):
    """Units and cents at 2.00 of the stored events, taken one after the other by their numbers."""
    query = select(Event.properties).where(Event.organization_id == caller.organization.id).order_by(Event.seq)
    state, found = None, []
    for properties in db.session.scalars(query):
        new = new_units("sum_agg", Decimal(properties["gb"]), state)
        state = new.state
        found.append((new.shown, int(new.billed * 200)))
    return found


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "9999-12-01T00:00:00Z", "9901-01-01T00:00:00Z"])
def test_an_event_at_the_end_of_the_calendar_keeps_no_other_waiting(owner, moment):
    """Its period has no end that could be computed. The other is 3 units at 2.00."""
    on_sums(owner)
    owner.post("/events", event_body(timestamp=moment, properties={"gb": 5}))
    tell(owner, 3)
    bill(owner)
    assert units_of(owner) == [(3, 600)]


def test_many_events_are_one_job(owner):
    on_sums(owner)
    tell(owner, 1, 2, 3)
    owner.post("/events", event_body(transaction_id="more", properties={"gb": 4}))
    assert waiting(owner, "invoicing.bill_in_advance") == [
        {"organization_id": str(owner.organization.id), "external_subscription_id": "acme"}
    ]
    assert count(EventNews, owner) == 4


def test_after_it_nothing_is_left_to_do(owner):
    on_sums(owner)
    tell(owner, 5, -3)
    bill(owner)
    assert units_of(owner) == [(5, 1000), (0, 0)]
    assert count(EventNews, owner) == 0 and waiting(owner, "invoicing.bill_in_advance") == []


@pytest.mark.parametrize("fields", [
    {"code": "others"}, {"external_subscription_id": None},
])
def test_what_is_not_billed_at_once_is_no_news(owner, fields):
    on_sums(owner)
    metric(owner, "others")
    owner.post("/events", event_body(**fields))
    assert count(EventNews, owner) == 0 and waiting(owner, "invoicing.bill_in_advance") == []


def test_an_organization_without_such_charges_pays_one_query(owner, outsider, count_queries):
    on_sums(owner)
    metric(outsider, "calls")
    with count_queries() as statements:
        outsider.post("/events", event_body())
    on_events = [statement for statement in statements if "billable_metrics" in statement or "events" in statement]
    assert len(on_events) == 2


def test_twice_is_once(owner):
    on_sums(owner, {}, {"invoiceable": True})
    tell(owner, *VALUES)
    events = read_news(owner.organization.id, "acme", through=2**62, most=1000)
    for _ in range(2):
        bill(owner)
        with transaction():
            bill_events((owner.organization.id, "acme"), events)
    assert count(Fee, owner) == 2 * len(VALUES) and count(Invoice, owner) == len(VALUES)
    assert count(CachedAggregation, owner) == 2 * len(VALUES)


def test_what_a_killed_worker_was_at_is_done_again(owner):
    on_sums(owner, {}, {"invoiceable": True})
    tell(owner, 5, -3, 4)
    with pytest.raises(Killed), transaction():
        events = read_news(owner.organization.id, "acme", through=2**62, most=2)
        bill_events((owner.organization.id, "acme"), events)
        raise Killed
    assert units_of(owner) == [] and count(EventNews, owner) == 3
    bill(owner)
    assert sorted(units_of(owner)) == sorted([(5, 1000), (0, 0), (1, 200)] * 2)


def test_fees_are_told_of_before_their_invoice(owner):
    on_sums(owner, {"invoiceable": True}, {})
    tell(owner, 5)
    before = len(announced(owner))
    bill(owner)
    assert announced(owner)[before:] == ["fee.created", "fee.created", "invoice.created"]


def test_a_failure_keeps_the_job_and_the_news(owner):
    """A charge that cannot be priced: nothing is lost, and what comes later is no further job."""
    on_sums(owner)
    db.session.execute(update(Charge).values(properties={"amount": "nonsense"}))
    tell(owner, 5)
    while outbox.run_next("default", organization_id=owner.organization.id):
        pass
    owner.post("/events", event_body(transaction_id="more", properties={"gb": 4}))
    assert len(waiting(owner, "invoicing.bill_in_advance")) == 1 and count(EventNews, owner) == 2


@pytest.fixture
def caller(committing):
    return account(committing.test_client(), "Caller")


def working(application, organization_id):
    """Does the organization's background work, as a worker does."""
    with application.app_context():
        while outbox.run_next("default", organization_id=organization_id):
            pass
        db.session.remove()


def test_events_at_once_are_billed_as_if_one_by_one(committing, caller):
    """Twenty requests, and three workers at it while they come in. Of one timestamp, so that the order in which they
    were told is that in which their states follow each other."""
    organization_id = caller.organization.id
    on_sums(caller, {}, {"invoiceable": True})
    moment = clock.real_now().timestamp()
    bodies = [event_body(properties={"gb": value}, timestamp=moment) for value in VALUES]
    with ThreadPoolExecutor(4) as pool:
        requests = pool.submit(at_once, committing, caller.api_key, "/events", bodies)
        while not requests.done():
            list(pool.map(lambda _: working(committing, organization_id), range(3)))
        assert {status for status, _ in requests.result()} == {200}
    working(committing, organization_id)
    assert count(EventNews, caller) == 0
    expected = one_by_one(caller)
    for invoiced in (False, True):
        query = select(Fee.units, Fee.amount_cents).join(
            Event, (Event.transaction_id == Fee.event_transaction_id) & (Event.organization_id == Fee.organization_id)
        ).where(Fee.organization_id == organization_id, Fee.invoice_id.is_not(None) == invoiced)
        assert [tuple(row) for row in db.session.execute(query.order_by(Event.seq))] == expected


def test_two_workers_at_the_same_news_bill_each_event_once(committing):
    caller = on_sums(account(committing.test_client(), "Second"))
    for start in range(0, 300, 100):
        caller.post("/events/batch", batch_body(*(
            {"transaction_id": f"n{start + n}", "properties": {"gb": 1}} for n in range(100)
        )))

    def worker(_):
        with committing.app_context():
            bill(caller)
            db.session.remove()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(worker, range(3)))
    assert units_of(caller) == [(1, 200)] * 300


def test_who_looks_waits_for_those_who_are_storing_events(committing):
    caller = on_sums(account(committing.test_client(), "Third"))
    organization_id = caller.organization.id

    def look():
        with committing.app_context(), transaction():
            return settle_news(organization_id, "acme")

    with ThreadPoolExecutor(1) as pool:
        with transaction():
            ingest_event(organization_id, event_body(properties={"gb": 1})["event"])
            looking = pool.submit(look)
            with pytest.raises(TimeoutError):
                looking.result(timeout=0.5)
        assert looking.result(timeout=10) is not None
