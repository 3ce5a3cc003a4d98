"""Payments by hand: what is refused, in which order, and what a payment does (05 §2.2)."""

import pytest

from lago.core.db import db, transaction
from lago.invoicing.models import Invoice
from lago.payments.models import PaymentRequest, PaymentRequestInvoice
from tests.builders.contract import webhook_violations
from tests.builders.outbox import announced
from tests.builders.payments import again, an_invoice_of_100, offset, pay, payment_of
from tests.builders.stories import customer, invoices, metric, plan, standard, subscribe, use
from tests.builders.webhooks import endpoint_at, receiver

NOBODY = "0199a1b2-0000-7000-8000-000000000000"


@pytest.fixture
def invoice(sandbox):
    """100.00, due on 1 January 2025."""
    return an_invoice_of_100(sandbox)


@pytest.fixture
def hook(invoice, sandbox):
    """Told of everything."""
    with receiver() as told:
        endpoint_at(sandbox, told.url)
        yield told


def test_a_payment_says_what_was_paid_for(invoice, sandbox):
    paid = pay(sandbox, invoice, 4000, reference="wire 7", paid_at="2024-12-31T09:30:00+01:00")
    assert paid == {
        "lago_id": paid["lago_id"], "lago_customer_id": invoice["customer"]["lago_id"],
        "external_customer_id": "acme", "invoice_ids": [invoice["lago_id"]], "invoice_numbers": [invoice["number"]],
        "lago_payable_id": invoice["lago_id"], "payable_type": "Invoice", "amount_cents": 4000,
        "amount_currency": "EUR", "status": "succeeded", "payment_status": "succeeded", "type": "manual",
        "reference": "wire 7", "payment_provider_code": None, "payment_provider_type": None,
        "external_payment_id": None, "provider_payment_id": None, "provider_customer_id": None, "next_action": None,
        "created_at": "2024-12-31T08:30:00Z",
    }
    assert sandbox.get(f"/payments/{paid['lago_id']}")["payment"] == paid


def test_it_is_made_now_unless_said_otherwise(invoice, sandbox):
    assert pay(sandbox, invoice, 1)["created_at"] == "2025-01-01T10:00:00Z"
    assert pay(sandbox, invoice, 1, paid_at="")["created_at"] == "2025-01-01T10:00:00Z"
    assert pay(sandbox, invoice, 1, paid_at="2024-12-30")["created_at"] == "2024-12-30T00:00:00Z"


@pytest.mark.parametrize(("fields", "problem"), [
    pytest.param({"invoice_id": None}, {"invoice_id": ["value_is_mandatory"]}, id="no invoice"),
    pytest.param({"invoice_id": " ", "amount_cents": 0}, {"invoice_id": ["value_is_mandatory"]}, id="blank invoice"),
    pytest.param({"amount_cents": 0}, {"amount_cents": ["invalid_value"]}, id="nothing"),
    pytest.param({"amount_cents": -1}, {"amount_cents": ["invalid_value"]}, id="less than nothing"),
    pytest.param({"amount_cents": "100"}, {"amount_cents": ["invalid_value"]}, id="a text"),
    pytest.param({"amount_cents": 100.0}, {"amount_cents": ["invalid_value"]}, id="a fraction"),
    pytest.param({"amount_cents": True}, {"amount_cents": ["invalid_value"]}, id="a boolean"),
    pytest.param({"amount_cents": None, "paid_at": "x"}, {"amount_cents": ["invalid_value"]}, id="no amount"),
    pytest.param({"paid_at": "soon", "reference": ""}, {"paid_at": ["invalid_date"]}, id="no date"),
    pytest.param({"paid_at": 5}, {"paid_at": ["invalid_date"]}, id="a number for a date"),
    pytest.param({"paid_at": "0001-01-01"}, {"paid_at": ["invalid_date"]}, id="a date without a calendar"),
    pytest.param({"reference": None}, {"reference": ["value_is_mandatory"]}, id="no reference"),
    pytest.param({"reference": " ", "amount_cents": 10001}, {"reference": ["value_is_mandatory"]}, id="blank"),
    pytest.param({"reference": ["x"]}, {"reference": ["value_is_mandatory"]}, id="no text"),
    pytest.param({"reference": "x" * 41}, {"reference": ["value_is_too_long"]}, id="a long reference"),
    pytest.param({"amount_cents": 10001}, {"amount_cents": ["value_is_out_of_range"]}, id="more than is due"),
    pytest.param({"amount_cents": 10**19}, {"amount_cents": ["value_is_out_of_range"]}, id="far more"),
])
def test_a_payment_is_refused_by_the_first_check_that_fails(fields, problem, invoice, sandbox):
    assert sandbox.refused("POST", "/payments", payment_of(invoice, 100, **fields)) == problem
    assert sandbox.get("/payments")["payments"] == []
    assert again(sandbox, invoice)["total_paid_amount_cents"] == 0


def test_an_unknown_invoice_is_not_found_before_anything_else_is_looked_at(invoice, sandbox, outsider):
    for identifier in (NOBODY, "nothing", 5):
        answer = sandbox.post(
            "/payments", payment_of(invoice, 100, invoice_id=identifier, reference="", paid_at="x"), expect=404
        )
        assert answer["code"] == "invoice_not_found"
    assert outsider.post("/payments", payment_of(invoice, 100), expect=404)["code"] == "invoice_not_found"


@pytest.mark.parametrize("status", ["draft", "voided", "pending", "failed", "closed", "generating"])
def test_only_finalized_and_open_invoices_take_payments(status, invoice, sandbox):
    _set(invoice, status=status)
    answer = sandbox.post("/payments", payment_of(invoice, 100, paid_at="x", reference=""), expect=403)
    assert answer["code"] == "feature_unavailable"


def test_a_reference_of_40_characters_is_taken(invoice, sandbox):
    assert pay(sandbox, invoice, 100, reference="x" * 40)["reference"] == "x" * 40


def test_part_of_it_leaves_the_status_alone(invoice, sandbox):
    pay(sandbox, invoice, 3000)
    left = again(sandbox, invoice)
    assert (left["payment_status"], left["total_paid_amount_cents"], left["total_due_amount_cents"]) == (
        "pending", 3000, 7000
    )
    assert announced(sandbox).count("invoice.payment_status_updated") == 0


def test_the_rest_of_it_pays_the_invoice_and_its_fees(invoice, sandbox, hook):
    pay(sandbox, invoice, 3000)
    pay(sandbox, invoice, 7000)
    sandbox.at("2025-01-01T11:00:00Z")
    paid = again(sandbox, invoice)
    assert (paid["payment_status"], paid["total_paid_amount_cents"], paid["total_due_amount_cents"]) == (
        "succeeded", 10000, 0
    )
    assert {fee["payment_status"] for fee in paid["fees"]} == {"succeeded"}
    assert [fee["succeeded_at"] for fee in paid["fees"]] == [None]
    (told,) = [one.json for one in hook.requests if one.json["webhook_type"] == "invoice.payment_status_updated"]
    assert told["invoice"]["payment_status"] == "succeeded"
    assert "payment.succeeded" not in hook.types
    assert webhook_violations(told) == []


def test_payments_and_a_credit_note_together_pay_an_invoice(invoice, sandbox):
    """The example of 05 §2.2: 100.00, of which 25.00 are offset; 30.00 paid leave 45.00."""
    offset(sandbox, invoice, 2500)
    pay(sandbox, invoice, 3000)
    assert again(sandbox, invoice)["total_due_amount_cents"] == 4500
    assert again(sandbox, invoice)["payment_status"] == "pending"
    assert sandbox.refused("POST", "/payments", payment_of(invoice, 4600)) == {
        "amount_cents": ["value_is_out_of_range"]
    }
    pay(sandbox, invoice, 4500)
    paid = again(sandbox, invoice)
    assert (paid["payment_status"], paid["total_paid_amount_cents"], paid["total_due_amount_cents"]) == (
        "succeeded", 7500, 0
    )


def test_a_credit_note_over_the_rest_pays_it_too(invoice, sandbox):
    pay(sandbox, invoice, 7500)
    offset(sandbox, invoice, 2500)
    paid = again(sandbox, invoice)
    assert (paid["payment_status"], paid["payment_overdue"]) == ("succeeded", False)
    assert {fee["payment_status"] for fee in paid["fees"]} == {"succeeded"}


def test_more_than_nothing_is_too_much_of_a_paid_invoice(invoice, sandbox):
    pay(sandbox, invoice, 10000)
    assert sandbox.refused("POST", "/payments", payment_of(invoice, 1)) == {"amount_cents": ["value_is_out_of_range"]}


def test_what_a_payment_request_has_paid_is_not_paid_again(invoice, sandbox):
    """A request that has succeeded, and of whose money nothing has been counted for the invoice."""
    with transaction():
        row = db.session.get_one(Invoice, invoice["lago_id"])
        request = PaymentRequest(
            organization_id=row.organization_id, customer_id=row.customer_id, amount_cents=10000,
            amount_currency="EUR", payment_status="succeeded",
        )
        request.applied_invoices = [PaymentRequestInvoice(organization_id=row.organization_id, invoice_id=row.id)]
        db.session.add(request)
    assert sandbox.refused("POST", "/payments", payment_of(invoice, 100)) == {
        "base": ["payment_request_is_already_succeeded"]
    }


def test_a_status_set_by_hand_is_no_payment(invoice, sandbox):
    sandbox.put(f"/invoices/{invoice['lago_id']}", {"invoice": {"payment_status": "succeeded"}})
    assert again(sandbox, invoice)["total_due_amount_cents"] == 10000
    pay(sandbox, invoice, 4000)
    assert again(sandbox, invoice)["payment_status"] == "succeeded"


def test_a_payment_is_confirmed_by_a_receipt(invoice, sandbox):
    paid = pay(sandbox, invoice, 4000)
    (receipt,) = sandbox.get("/payment_receipts")["payment_receipts"]
    assert receipt["payment"]["lago_id"] == paid["lago_id"]


def test_paid_fees_that_are_collected_have_their_payment(sandbox):
    """02 §6.4: an invoice of what was paid before is born paid, and a payment over its total is recorded (04 §1.3)."""
    sandbox.at("2025-04-01T00:00:00Z")
    in_advance = {"pay_in_advance": True, "invoiceable": False, "regroup_paid_fees": "invoice"}
    plan(sandbox, amount_cents=0, charges=[{**standard(metric(sandbox, "calls"), "1.03"), **in_advance}])
    subscribe(sandbox)
    use(sandbox, "calls")
    sandbox.at("2025-04-02T00:00:00Z")
    (fee,) = sandbox.get("/fees", fee_type="charge")["fees"]
    sandbox.put(f"/fees/{fee['lago_id']}", {"fee": {"payment_status": "succeeded"}})
    sandbox.at("2025-05-01T00:00:00Z")
    (collected,) = [one for one in invoices(sandbox) if one["invoice_type"] == "advance_charges"]
    (payment,) = sandbox.get("/payments", invoice_id=collected["lago_id"])["payments"]
    assert (payment["amount_cents"], payment["type"], payment["payment_status"]) == (103, "manual", "succeeded")
    assert payment["created_at"] == "2025-05-01T00:00:00Z"
    assert (collected["payment_status"], collected["total_paid_amount_cents"]) == ("succeeded", 103)
    assert "invoice.payment_status_updated" not in announced(sandbox)
    assert sandbox.refused("POST", "/payments", payment_of(collected, 1)) == {
        "amount_cents": ["value_is_out_of_range"]
    }


def test_what_was_paid_can_be_given_back_and_no_more(invoice, sandbox):
    """04 §9.2: only what was paid, and not if the status alone says so."""
    def refund(cents):
        items = [{"fee_id": invoice["fees"][0]["lago_id"], "amount_cents": cents}]
        return {"credit_note": {"invoice_id": invoice["lago_id"], "items": items, "refund_amount_cents": cents}}

    sandbox.put(f"/invoices/{invoice['lago_id']}", {"invoice": {"payment_status": "succeeded"}})
    assert sandbox.refused("POST", "/credit_notes", refund(1)) == {
        "refund_amount_cents": ["cannot_refund_unpaid_invoice", "higher_than_remaining_invoice_amount"]
    }
    pay(sandbox, invoice, 4000)
    assert sandbox.refused("POST", "/credit_notes", refund(4001)) == {
        "refund_amount_cents": ["higher_than_remaining_invoice_amount"]
    }
    note = sandbox.post("/credit_notes", refund(4000))["credit_note"]
    assert (note["refund_amount_cents"], note["refund_status"]) == (4000, "pending")
    assert sandbox.refused("POST", "/credit_notes", refund(1)) == {
        "refund_amount_cents": ["higher_than_remaining_invoice_amount"]
    }


def test_credits_are_bought_in_full_or_not_at_all(sandbox):
    """15.00 of credits: neither 5.00 nor 16.00 is their price; what is paid twice is too much."""
    sandbox.at("2025-01-01T10:00:00Z")
    customer(sandbox, currency="EUR")
    wallet = {"external_customer_id": "acme", "rate_amount": "1", "currency": "EUR", "paid_credits": "15"}
    sandbox.post("/wallets", {"wallet": wallet})
    (bought,) = invoices(sandbox.at("2025-01-01T10:00:01Z"))
    for cents in (500, 1600):
        assert sandbox.refused("POST", "/payments", payment_of(bought, cents)) == {"amount_cents": ["invalid_amount"]}
    pay(sandbox, bought, 1500)
    assert again(sandbox, bought)["payment_status"] == "succeeded"
    assert sandbox.get("/wallets", external_customer_id="acme")["wallets"][0]["balance_cents"] == 1500
    assert sandbox.refused("POST", "/payments", payment_of(bought, 1500)) == {
        "amount_cents": ["value_is_out_of_range"]
    }


def _set(invoice, **values):
    with transaction():
        row = db.session.get_one(Invoice, invoice["lago_id"])
        for name, value in values.items():
            setattr(row, name, value)
