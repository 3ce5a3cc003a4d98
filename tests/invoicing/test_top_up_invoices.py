"""The invoice for credits that are bought, and what its payment brings (05 §1.9)."""

from decimal import Decimal

import pytest

from lago.core.db import db, transaction
from lago.invoicing.buy_credits import buy_credits
from lago.invoicing.document.build import document_of
from lago.invoicing.document.values import CREDIT_COLUMNS, Cents, Price, Title
from lago.invoicing.models import Invoice
from lago.invoicing.set_payment_status import set_payment_status
from lago.wallets.models import WalletTransaction
from tests.builders import top_ups
from tests.builders.outbox import announced
from tests.builders.prepaid import a_wallet, balance
from tests.builders.stories import customer, fee, invoices
from tests.builders.top_ups import background, bought, ledger, mark, paid, top_up


@pytest.fixture
def wallet(sandbox):
    sandbox.at("2025-01-01T12:00:00Z")
    customer(sandbox, timezone="Asia/Tokyo", net_payment_term=10)
    return a_wallet(sandbox, name="Main", rate_amount=Decimal("0.075"), purchase_order_number="PO-7")


def test_the_invoice_is_final_at_once(sandbox, wallet):
    sandbox.at("2025-01-01T16:00:00Z")  # the 2nd in Tokyo
    row = bought(sandbox, wallet, "200", name="Spring")
    (invoice,) = invoices(sandbox)
    assert invoice["lago_id"] == row["lago_invoice_id"]
    assert (invoice["invoice_type"], invoice["status"], invoice["payment_status"]) == ("credit", "finalized", "pending")
    assert (invoice["issuing_date"], invoice["payment_due_date"]) == ("2025-01-02", "2025-01-12")
    assert (invoice["purchase_order_number"], invoice["number"][-8:]) == ("PO-7", "-001-001")
    amounts = ("fees", "sub_total_excluding_taxes", "sub_total_including_taxes", "total", "total_due")
    assert {invoice[f"{name}_amount_cents"] for name in amounts} == {1500}
    assert (invoice["taxes_amount_cents"], invoice["applied_taxes"], balance(wallet)) == (0, [], 0)


def test_the_line_of_credits(sandbox, wallet):
    row = bought(sandbox, wallet, "200", name="Spring")
    (invoice,) = invoices(sandbox)
    line = fee(invoice, "credit")
    assert (line["units"], line["amount_cents"], line["precise_unit_amount"]) == ("200.0", 1500, "0.07")  # 7.5, cut
    assert line["item"] == {
        "type": "credit", "code": "credit", "name": "Spring", "description": "credit", "filters": None,
        "invoice_display_name": "Spring", "filter_invoice_display_name": None, "lago_item_id": row["lago_id"],
        "item_type": "WalletTransaction", "grouped_by": {},
    }
    assert (line["lago_customer_id"], line["invoiceable"], line["pay_in_advance"]) == (None, True, False)
    assert "from_date" not in line
    assert sandbox.get("/fees", fee_type="credit")["fees"][0]["lago_id"] == line["lago_id"]


def test_without_a_name_the_line_is_called_credit(sandbox, wallet):
    bought(sandbox, wallet, "200")
    item = fee(invoices(sandbox)[0], "credit")["item"]
    assert (item["name"], item["invoice_display_name"]) == ("credit", "credit")


def test_what_is_told_of_a_purchase(sandbox, wallet):
    row = bought(sandbox, wallet, "200")
    with transaction():
        invoice = db.session.get_one(Invoice, row["lago_invoice_id"])
        set_payment_status(invoice, "succeeded")
    told = ["invoice.payment_status_updated", "wallet.updated", "wallet_transaction.updated"]
    assert sorted(announced(sandbox)) == told


def test_the_document(sandbox, wallet):
    row = bought(sandbox, wallet, "200")
    document = document_of(db.session.get_one(Invoice, row["lago_invoice_id"]))
    ((section,),) = [chapter.sections for chapter in document.chapters]
    (line,) = section.lines
    assert (document.title, document.total, document.totals) == (Title.ADVANCE_INVOICE, Cents(1500), ())
    assert (line.label, line.units, line.unit_price) == (("Main",), Decimal(200), Price(Decimal("0.075")))
    assert (line.amount, section.columns) == (Cents(1500), CREDIT_COLUMNS)


def test_the_pdf_is_made(with_pdfs, sandbox, wallet):
    bought(sandbox, wallet, "200", name="Spring")
    assert invoices(sandbox)[0]["file_url"] is not None


def test_it_is_made_once(sandbox, wallet):
    row = bought(sandbox, wallet, "200")
    with transaction():
        assert buy_credits(db.session.get_one(WalletTransaction, row["lago_id"]).id) is None
    assert len(invoices(sandbox)) == 1


def test_payment_settles_once(sandbox, wallet):
    row = bought(sandbox, wallet, "200")
    sandbox.at("2025-01-03T00:00:00Z")
    for _ in range(2):  # that it is set counts, even to what it was
        mark(sandbox, row["lago_invoice_id"], "succeeded")
        (row,) = ledger(sandbox, wallet)
        assert (row["status"], row["settled_at"]) == ("settled", "2025-01-03T00:00:00Z")
        assert (row["remaining_amount_cents"], balance(wallet)) == (1500, 1500)
    mark(sandbox, row["lago_invoice_id"], "failed")
    assert (ledger(sandbox, wallet)[0]["status"], balance(wallet)) == ("settled", 1500)


def test_a_failed_payment_and_a_later_one(sandbox, wallet):
    row = bought(sandbox, wallet, "200")
    mark(sandbox, row["lago_invoice_id"], "failed")
    (failed,) = ledger(sandbox, wallet)
    assert (failed["status"], failed["failed_at"], balance(wallet)) == ("failed", "2025-01-01T12:00:00Z", 0)
    mark(sandbox, row["lago_invoice_id"], "succeeded")
    (settled,) = ledger(sandbox, wallet)
    assert (settled["status"], settled["failed_at"], balance(wallet)) == ("settled", None, 1500)


def test_pending_credits_of_a_terminated_wallet_still_settle(sandbox, wallet):
    row = bought(sandbox, wallet, "200")
    sandbox.delete(f"/wallets/{wallet.id}")
    mark(sandbox, row["lago_invoice_id"], "succeeded")
    assert (ledger(sandbox, wallet)[0]["status"], balance(wallet)) == ("settled", 1500)


def open_invoice(sandbox, wallet):
    return bought(sandbox, wallet, "200", invoice_requires_successful_payment=True)["lago_invoice_id"]


def test_an_open_invoice_is_nowhere_to_be_seen(sandbox, wallet):
    invoice_id = open_invoice(sandbox, wallet)
    assert db.session.get_one(Invoice, invoice_id).number.endswith("-DRAFT")
    for method, path in (
        ("GET", ""), ("PUT", ""), ("POST", "/download"), ("PUT", "/finalize"), ("PUT", "/refresh"),
    ):
        body = {"invoice": {"payment_status": "succeeded"}} if method == "PUT" and not path else None
        answer = sandbox.call(method, f"/invoices/{invoice_id}{path}", body, expect=404)
        assert answer["code"] == "invoice_not_found"
    note = {"credit_note": {"invoice_id": invoice_id, "offset_amount_cents": 1500, "items": []}}
    assert sandbox.call("POST", "/credit_notes", note, expect=404)["code"] == "invoice_not_found"
    assert (invoices(sandbox), sandbox.get("/fees")["fees"]) == ([], [])
    assert "invoice.paid_credit_added" not in announced(sandbox)
    assert (ledger(sandbox, wallet)[0]["status"], balance(wallet)) == ("pending", 0)


def test_an_open_invoice_is_final_when_it_is_paid(sandbox, wallet):
    invoice_id = open_invoice(sandbox, wallet)
    sandbox.at("2025-01-05T16:00:00Z")  # the 6th in Tokyo
    payment = {"invoice_id": invoice_id, "amount_cents": 1500, "reference": "wire"}
    sandbox.post("/payments", {"payment": payment})
    assert "invoice.paid_credit_added" in announced(sandbox)
    assert "invoice.payment_status_updated" not in announced(sandbox)
    (invoice,) = invoices(sandbox)
    shown = (invoice["status"], invoice["payment_status"], invoice["number"][-8:])
    assert shown == ("finalized", "succeeded", "-001-001")
    assert invoice["issuing_date"] == invoice["payment_due_date"] == "2025-01-06"
    (row,) = ledger(sandbox, wallet)
    assert (row["status"], row["settled_at"], balance(wallet)) == ("settled", "2025-01-05T16:00:00Z", 1500)


def test_an_open_invoice_whose_payment_failed_stays_open(sandbox, wallet):
    invoice_id = open_invoice(sandbox, wallet)
    with transaction():
        set_payment_status(db.session.get_one(Invoice, invoice_id), "failed")
    assert (ledger(sandbox, wallet)[0]["status"], invoices(sandbox)) == ("failed", [])
    with transaction():
        set_payment_status(db.session.get_one(Invoice, invoice_id), "succeeded")
    assert (ledger(sandbox, wallet)[0]["status"], balance(wallet), len(invoices(sandbox))) == ("settled", 1500, 1)


def test_the_wallet_says_whether_payment_is_required(sandbox, wallet):
    asked = {"invoice_requires_successful_payment": True}
    sandbox.put(f"/wallets/{wallet.id}", {"wallet": asked})
    (row,) = top_up(sandbox, wallet, paid_credits="20")
    assert row["invoice_requires_successful_payment"] is True
    (row,) = top_up(sandbox, wallet, paid_credits="20", invoice_requires_successful_payment=False)
    assert row["invoice_requires_successful_payment"] is False


def refund(invoice, **parts):
    cents = sum(parts.values())
    item = {"fee_id": invoice["fees"][0]["lago_id"], "amount_cents": cents}
    amounts = {f"{name}_amount_cents": value for name, value in parts.items()}
    return {"credit_note": {"invoice_id": invoice["lago_id"], "items": [item], **amounts}}


@pytest.fixture
def payed(sandbox, wallet):
    """A purchase of 15.00 that was paid by hand, beside 7.50 that were given; its invoice."""
    row = bought(sandbox, wallet, "200")
    payment = {"invoice_id": row["lago_invoice_id"], "amount_cents": 1500, "reference": "wire"}
    sandbox.post("/payments", {"payment": payment})
    top_up(sandbox, wallet, granted_credits="100")
    return invoices(sandbox)[0]


def test_a_refund_takes_its_credits_back(sandbox, wallet, payed):
    note = sandbox.post("/credit_notes", refund(payed, refund=600))["credit_note"]
    purchase, granted, void = ledger(sandbox, wallet)
    assert (void["transaction_status"], void["amount"], void["credit_amount"]) == ("voided", "6.0", "80.0")
    assert void["lago_credit_note_id"] == note["lago_id"]
    assert (purchase["remaining_amount_cents"], granted["remaining_amount_cents"]) == (900, 750)  # of it alone
    assert balance(wallet) == 1650
    assert sandbox.refused("POST", "/credit_notes", refund(payed, refund=901)) == {
        "amount_cents": ["higher_than_wallet_balance"]
    }


def test_what_a_purchase_can_give_back_is_estimated(sandbox, wallet, payed):
    top_up(sandbox, wallet, voided_credits="160")  # 7.50 that were given, and 4.50 of the purchase
    asked = refund(payed, refund=1050)["credit_note"]
    estimated = sandbox.post("/credit_notes/estimate", {"credit_note": asked})["estimated_credit_note"]
    names = ("max_creditable_amount_cents", "max_refundable_amount_cents", "max_offsettable_amount_cents")
    assert [estimated[name] for name in names] == [0, 1050, 0]
    too_much = {"credit_note": refund(payed, refund=1051)["credit_note"]}
    assert sandbox.refused("POST", "/credit_notes/estimate", too_much) == {
        "amount_cents": ["higher_than_wallet_balance"]
    }


@pytest.mark.parametrize("parts, problem", [
    ({"credit": 100}, {"credit_amount_cents": ["cannot_credit_invoice"]}),
    ({"offset": 1500}, {
        "offset_amount_cents": ["cannot_apply_to_paid_invoice", "higher_than_remaining_invoice_amount"],
    }),
], ids=["credit", "offset"])
def test_what_is_paid_can_only_be_refunded(sandbox, wallet, payed, parts, problem):
    assert sandbox.refused("POST", "/credit_notes", refund(payed, **parts)) == problem
    assert balance(wallet) == 2250


def test_nothing_is_given_back_of_a_terminated_wallet(sandbox, wallet, payed):
    sandbox.delete(f"/wallets/{wallet.id}")
    for path in ("/credit_notes", "/credit_notes/estimate"):
        assert sandbox.call("POST", path, refund(payed, refund=100), expect=405)["code"] == "invalid_type_or_status"


@pytest.mark.parametrize("status", ["pending", "failed"])
def test_a_full_offset_ends_an_unpaid_purchase(sandbox, wallet, status):
    row = bought(sandbox, wallet, "200")
    if status == "failed":
        mark(sandbox, row["lago_invoice_id"], "failed")
    (invoice,) = invoices(sandbox)
    for parts in ({"refund": 1500}, {"credit": 1500}, {"refund": 1, "offset": 1499}):
        answer = sandbox.call("POST", "/credit_notes", refund(invoice, **parts), expect=405)
        assert answer["code"] == "invalid_type_or_status"
    assert sandbox.call("POST", "/credit_notes/estimate", refund(invoice, offset=1500), expect=405)
    assert sandbox.refused("POST", "/credit_notes", refund(invoice, offset=1499)) == {
        "offset_amount_cents": ["not_equal_to_total_amount"]
    }
    sandbox.post("/credit_notes", refund(invoice, offset=1500))
    (invoice,), (row,) = invoices(sandbox), ledger(sandbox, wallet)
    assert (invoice["payment_status"], invoice["total_due_amount_cents"]) == ("succeeded", 0)
    assert (row["status"], balance(wallet)) == ("failed", 0)
    mark(sandbox, invoice["lago_id"], "succeeded")
    assert (ledger(sandbox, wallet)[0]["status"], balance(wallet)) == ("failed", 0)


def test_credits_are_bought_in_the_order_of_their_numbers(sandbox, wallet):
    for _ in range(2):
        paid(sandbox, wallet, "200")
    assert [invoice["number"][-7:] for invoice in invoices(sandbox)] == ["001-001", "001-002"]
    assert balance(wallet) == 3000


def test_voiding_has_nothing_to_do_with_coupons_or_credit_notes(sandbox, wallet):
    """A purchase is paid by none of what pays other invoices."""
    paid(sandbox, wallet, "200")
    bought(sandbox, wallet, "200")
    invoice = invoices(sandbox)[-1]
    assert (invoice["prepaid_credit_amount_cents"], invoice["credits"], invoice["total_amount_cents"]) == (0, [], 1500)
    background(sandbox)
    assert top_ups.remaining(sandbox, ledger(sandbox, wallet)[0]) == [1500]
