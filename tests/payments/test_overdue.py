"""What is not paid in time is overdue, by the date in UTC (05 §2.4), until it is paid or given up."""

import importlib.util
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text, update

from lago.core.db import db, transaction
from lago.invoicing.models import Invoice
from lago.payments.models import Payment
from tests.builders.contract import webhook_violations
from tests.builders.credit_notes import march
from tests.builders.payments import again, an_invoice_of_100, offset, pay
from tests.builders.stories import customer, invoices, subscribe
from tests.builders.webhooks import endpoint_at, receiver

DUE = "2025-01-03"
"""The due date of `invoice`; it is overdue from the 4th on."""


@pytest.fixture
def invoice(sandbox):
    """100.00, issued on 1 January 2025 and to be paid within two days."""
    return an_invoice_of_100(sandbox, net_payment_term=2)


def is_overdue(account, invoice):
    return again(account, invoice)["payment_overdue"]


def due_at(invoice):
    db.session.expire_all()
    return db.session.get_one(Invoice, invoice["lago_id"]).overdue_due_at


def test_it_is_overdue_from_midnight_after_its_due_date(invoice, sandbox):
    assert invoice["payment_due_date"] == DUE
    assert not is_overdue(sandbox.at("2025-01-03T23:59:59Z"), invoice)
    assert is_overdue(sandbox.at("2025-01-04T00:00:00Z"), invoice)


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_the_day_is_that_of_utc_wherever_the_customer_is(zone, sandbox):
    """10:00 UTC on 1 January is the same day in both places."""
    invoice = an_invoice_of_100(sandbox, net_payment_term=2, timezone=zone)
    assert due_at(invoice) == datetime(2025, 1, 4, tzinfo=UTC)


def test_it_is_told_of_once_with_customer_fees_and_taxes(invoice, sandbox):
    with receiver() as hook:
        endpoint_at(sandbox, hook.url, event_types=["invoice.payment_overdue"])
        sandbox.at("2025-01-04T00:00:00Z").at("2025-02-04T00:00:00Z")
        (told,) = [request.json for request in hook.requests]
    assert told["invoice"]["payment_overdue"] is True
    assert {"customer", "fees", "applied_taxes"} <= told["invoice"].keys()
    assert not {"subscriptions", "credits", "billing_periods"} & told["invoice"].keys()
    assert webhook_violations(told) == []


def test_what_is_paid_in_time_never_is(invoice, sandbox):
    pay(sandbox, invoice, 10000)
    assert due_at(invoice) is None
    assert not is_overdue(sandbox.at("2025-02-01T00:00:00Z"), invoice)


def test_part_of_it_is_not_enough(invoice, sandbox):
    pay(sandbox, invoice, 9999)
    assert is_overdue(sandbox.at("2025-01-04T00:00:00Z"), invoice)


def test_a_failed_payment_does_not_wait(invoice, sandbox):
    sandbox.put(f"/invoices/{invoice['lago_id']}", {"invoice": {"payment_status": "failed"}})
    assert is_overdue(sandbox.at("2025-01-04T00:00:00Z"), invoice)


@pytest.mark.parametrize("settle", [
    pytest.param(lambda account, invoice: pay(account, invoice, 10000), id="paid"),
    pytest.param(lambda account, invoice: offset(account, invoice, 10000), id="offset"),
    pytest.param(
        lambda account, invoice: account.put(
            f"/invoices/{invoice['lago_id']}", {"invoice": {"payment_status": "succeeded"}}
        ), id="reported",
    ),
    pytest.param(lambda account, invoice: account.post(f"/invoices/{invoice['lago_id']}/lose_dispute"), id="lost"),
])
def test_it_ends(settle, invoice, sandbox):
    sandbox.at("2025-01-04T00:00:00Z")
    settle(sandbox, invoice)
    assert not is_overdue(sandbox, invoice)
    assert not is_overdue(sandbox.at("2025-01-05T00:00:00Z"), invoice)


def test_what_is_unpaid_again_after_its_day_is_overdue_at_once(invoice, sandbox):
    path = f"/invoices/{invoice['lago_id']}"
    sandbox.put(path, {"invoice": {"payment_status": "succeeded"}})
    sandbox.at("2025-01-10T12:00:00Z").put(path, {"invoice": {"payment_status": "pending"}})
    assert due_at(invoice) == datetime(2025, 1, 10, 12, tzinfo=UTC)
    assert is_overdue(sandbox.at("2025-01-10T12:00:01Z"), invoice)


def test_a_draft_is_not_until_it_is_final(sandbox):
    invoice = an_invoice_of_100(sandbox, billing_configuration={"invoice_grace_period": 5})
    assert invoice["status"] == "draft"
    assert not is_overdue(sandbox.at("2025-01-06T00:00:00Z"), invoice)
    assert again(sandbox, invoice)["payment_due_date"] == "2025-01-06"
    assert is_overdue(sandbox.at("2025-01-07T00:00:00Z"), invoice)


def test_an_invoice_that_was_due_before_it_was_final_is_overdue_at_once(sandbox):
    """Dated on the last day of its period by its anchor (04 §2.2), and final five days later."""
    march(sandbox.at("2024-01-01T00:00:00Z"), billing_configuration={
        "invoice_grace_period": 5, "subscription_invoice_issuing_date_anchor": "current_period_end",
        "subscription_invoice_issuing_date_adjustment": "keep_anchor",
    })
    sandbox.at("2024-03-05T23:00:00Z")
    assert [one["status"] for one in invoices(sandbox)] == ["finalized", "draft"]
    (_, periodic) = invoices(sandbox.at("2024-03-06T00:00:00Z"))
    assert (periodic["status"], periodic["payment_due_date"]) == ("finalized", "2024-02-29")
    assert periodic["payment_overdue"] is True


def test_free_invoices_never_are(sandbox):
    invoice = an_invoice_of_100(sandbox)
    assert due_at(invoice) is not None
    sandbox.post("/plans", {"plan": {
        "name": "free", "code": "free", "interval": "monthly", "amount_cents": 0, "amount_currency": "EUR",
        "pay_in_advance": True,
    }})
    customer(sandbox, "other")
    subscribe(sandbox, "other", "free")
    (free,) = invoices(sandbox, "other")
    assert (free["payment_status"], due_at(free)) == ("succeeded", None)


def _migration():
    path = Path(__file__).parents[2] / "migrations/versions/0009_payment_state_of_invoices.py"
    spec = importlib.util.spec_from_file_location("migration_0009", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_migration_schedules_what_is_unpaid(invoice, sandbox):
    with transaction():
        db.session.execute(update(Invoice).values(overdue_due_at=None))
        db.session.execute(text(_migration()._SCHEDULE))
    assert due_at(invoice) == datetime(2025, 1, 4, tzinfo=UTC)
    pay(sandbox, invoice, 10000)
    with transaction():
        db.session.execute(text(_migration()._SCHEDULE))
    assert due_at(invoice) is None


def test_the_migration_puts_nothing_into_the_past_of_a_sandbox_clock(invoice, sandbox):
    sandbox.at("2025-01-10T12:00:00Z")
    with transaction():
        db.session.execute(update(Invoice).values(overdue_due_at=None, payment_overdue=False))
        db.session.execute(text(_migration()._SCHEDULE))
    assert due_at(invoice) == datetime(2025, 1, 10, 12, tzinfo=UTC)


def test_the_migration_records_the_payments_of_collected_fees_once(invoice, sandbox):
    with transaction():
        db.session.execute(update(Invoice).values(invoice_type="advance_charges"))
        for _ in range(2):
            db.session.execute(text(_migration()._RECORD))
    (payment,) = db.session.scalars(db.select(Payment)).all()
    assert (payment.amount_cents, str(payment.invoice_id), payment.payment_type) == (
        10000, invoice["lago_id"], "manual"
    )
    assert payment.created_at == datetime(2025, 1, 1, 10, tzinfo=UTC)
