"""Several payments of one invoice at the same time: never more than is due, and each counts."""

import pytest

from lago.core.db import db
from tests.builders.at_once import all_at_once, at_once
from tests.builders.organizations import account
from tests.builders.payments import again, payment_of
from tests.builders.stories import invoices, plan, subscribe


@pytest.fixture
def owner(committing):
    return account(committing.test_client(), "Payer")


@pytest.fixture
def invoice(owner):
    """100.00, due today."""
    plan(owner, amount_cents=10000, pay_in_advance=True, interval="weekly")
    subscribe(owner, billing_time="anniversary")
    (made,) = invoices(owner)
    yield made
    db.session.remove()


def test_only_what_is_due_is_taken(committing, owner, invoice):
    answers = at_once(committing, owner.api_key, "/payments", [payment_of(invoice, 4000)] * 4)
    assert sorted(status for status, _ in answers) == [200, 200, 422, 422]
    assert {str(body["error_details"]) for status, body in answers if status == 422} == {
        "{'amount_cents': ['value_is_out_of_range']}"
    }
    assert again(owner, invoice)["total_paid_amount_cents"] == 8000


def test_a_payment_and_a_credit_note_share_what_is_due(committing, owner, invoice):
    items = [{"fee_id": invoice["fees"][0]["lago_id"], "amount_cents": 6000}]
    note = {"invoice_id": invoice["lago_id"], "items": items, "offset_amount_cents": 6000}
    (paid, _), (noted, _) = all_at_once(committing, owner.api_key, [
        ("POST", "/payments", payment_of(invoice, 6000)), ("POST", "/credit_notes", {"credit_note": note}),
    ])
    assert sorted((paid, noted)) == [200, 422]
    assert again(owner, invoice)["total_due_amount_cents"] == 4000


def test_receipts_of_payments_at_once_have_numbers_without_a_gap(committing, owner, invoice):
    at_once(committing, owner.api_key, "/payments", [payment_of(invoice, 100)] * 3)
    receipts = owner.get("/payment_receipts")["payment_receipts"]
    assert sorted(receipt["number"][-3:] for receipt in receipts) == ["001", "002", "003"]
