"""Paid fees are collected once each, whoever is at it, and for many customers as for one."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update

from lago.core import clock
from lago.core.db import db, transaction
from lago.core.due import perform_all
from lago.core.errors import NotAllowed
from lago.invoicing.bill_period import bill_period
from lago.invoicing.models import Fee, Invoice
from lago.invoicing.update_fee import update_fee
from tests.builders.events import batch_body
from tests.builders.organizations import account
from tests.builders.outbox import waiting
from tests.builders.stories import metric, plan, standard, subscribe

MAY = datetime(2025, 5, 1, tzinfo=UTC)


class Killed(Exception):
    """The worker is gone."""


def subscribed(caller, numbers, regroup="invoice"):
    """Customers with a call at 1.00 each that was paid in April 2025; their ids."""
    caller.at("2025-04-01T00:00:00Z")
    terms = {"pay_in_advance": True, "invoiceable": False, "regroup_paid_fees": regroup}
    plan(caller, amount_cents=0, charges=[{**standard(metric(caller, "calls"), "1"), **terms}])
    ids = [uuid.UUID(subscribe(caller, f"c{number}")["lago_customer_id"]) for number in range(numbers)]
    events = [{"transaction_id": f"t{n}", "external_subscription_id": f"c{n}"} for n in range(numbers)]
    caller.post("/events/batch", batch_body(*events))
    caller.at("2025-04-02T00:00:00Z")
    of_caller = Fee.organization_id == caller.organization.id
    with transaction():
        db.session.execute(
            update(Fee).where(of_caller).values(payment_status="succeeded", succeeded_at=MAY)
        )
    db.session.expunge_all()
    return ids


def bill(customer_ids):
    with clock.at(MAY, standing=True):
        return bill_period(customer_ids)


def collected(caller):
    """How many fees are on each invoice of paid fees."""
    db.session.rollback()
    query = select(func.count(Fee.id)).select_from(Invoice).outerjoin(Fee, Fee.invoice_id == Invoice.id)
    query = query.where(Invoice.organization_id == caller.organization.id, Invoice.invoice_type == "advance_charges")
    return list(db.session.scalars(query.group_by(Invoice.id)))


def statements_for(count_queries, customer_ids):
    db.session.expunge_all()
    with transaction(), count_queries() as statements:
        bill(customer_ids)
    return statements


def test_25_customers_are_billed_by_as_many_statements_as_2(sandbox, count_queries):
    ids = subscribed(sandbox, 27)
    few, many = (statements_for(count_queries, some) for some in (ids[:2], ids[2:]))
    assert len(many) == len(few), "\n".join(sorted(set(many)))
    assert collected(sandbox) == [1] * 27


def test_where_nothing_is_to_be_collected_it_costs_one_statement(sandbox, count_queries):
    ids = subscribed(sandbox, 2, regroup=None)
    statements = statements_for(count_queries, ids)
    assert len([one for one in statements if "regroup_paid_fees =" in one]) == 1
    assert not [one for one in statements if one.lstrip().startswith("UPDATE fees")]
    assert collected(sandbox) == []


def test_it_is_told_of_once_and_printed(sandbox):
    (customer_id,) = subscribed(sandbox, 1)
    with transaction():
        *_, invoice = bill([customer_id])
    identifier = str(invoice.id)
    told = [row["webhook_type"] for row in waiting(sandbox, "webhooks.dispatch") if row["record_id"] == identifier]
    assert (invoice.invoice_type, told) == ("advance_charges", ["invoice.created"])
    assert {"invoice_id": identifier} in waiting(sandbox, "invoicing.make_pdf")


def test_what_a_killed_worker_was_at_is_done_again(sandbox):
    ids = subscribed(sandbox, 2)
    with pytest.raises(Killed), transaction():
        bill(ids)
        raise Killed
    assert collected(sandbox) == []
    with transaction():
        bill(ids)
    assert collected(sandbox) == [1, 1]


@pytest.fixture
def caller(committing):
    return account(committing.test_client(), f"Caller {uuid.uuid4().hex[:6]}", sandbox=True)


def in_thread(application, work):
    """Runs `work` with a session of its own."""
    with application.app_context():
        try:
            return work()
        finally:
            db.session.remove()


def test_two_workers_at_the_same_customers_collect_once(committing, caller):
    ids = subscribed(caller, 3)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: in_thread(committing, lambda: perform_all(MAY, ids, standing=True)), range(3)))
    assert collected(caller) == [1, 1, 1]


def the_fee(caller):
    return db.session.scalar(select(Fee).where(Fee.organization_id == caller.organization.id))


def report_failed(caller):
    with transaction(), clock.at(MAY):
        update_fee(the_fee(caller), {"payment_status": "failed"})


def bill_alone(ids):
    with transaction():
        bill(ids)


def test_a_fee_that_is_just_reported_unpaid_is_not_collected(committing, caller):
    ids = subscribed(caller, 1)
    with ThreadPoolExecutor(1) as pool:
        with transaction():
            update_fee(the_fee(caller), {"payment_status": "failed"})
            db.session.flush()
            billing = pool.submit(in_thread, committing, lambda: bill_alone(ids))
            with pytest.raises(TimeoutError):
                billing.result(timeout=1)
        billing.result(timeout=20)
    assert collected(caller) == []


def test_a_fee_that_is_just_collected_cannot_be_reported_unpaid(committing, caller):
    ids = subscribed(caller, 1)
    with ThreadPoolExecutor(1) as pool:
        with transaction():
            bill(ids)
            report = pool.submit(in_thread, committing, lambda: report_failed(caller))
            with pytest.raises(TimeoutError):
                report.result(timeout=1)
        with pytest.raises(NotAllowed):
            report.result(timeout=20)
    assert collected(caller) == [1]
