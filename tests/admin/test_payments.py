"""Payments on their pages: found, shown, recorded by hand; invoices marked; what is overdue (05 §2)."""

import re

import pytest

from lago.core.db import db, transaction
from lago.invoicing.models import Invoice
from lago.payments.models import Payment, PaymentRequest, PaymentRequestInvoice
from tests.admin.visitor import Page
from tests.builders.payments import again, an_invoice_of_100, offset, pay
from tests.builders.stories import plan, subscribe
from tests.builders.top_ups import background

PAYMENT = {"amount": "60.00", "reference": "SEPA 17", "paid_on": "2025-01-01"}


@pytest.fixture
def invoice(sandbox):
    """100.00 EUR of acme, issued on 1 January 2025 and due on the 3rd."""
    return an_invoice_of_100(sandbox, name="acme", email="pay@acme.example", net_payment_term=2)


def form_path(invoice):
    return f"/payments/new?invoice={invoice['lago_id']}"


def payments(account):
    return account.get("/payments")["payments"]


def test_a_part_is_recorded_and_then_the_rest(sara, sandbox, invoice):
    shown = sara.get(form_path(invoice)).text
    assert 'value="100.00"' in shown and 'value="2025-01-01"' in shown
    where = sara.post(form_path(invoice), **PAYMENT).headers["Location"]
    (first,) = payments(sandbox)
    assert where == f"/payments/{first['lago_id']}"
    assert (first["amount_cents"], first["reference"]) == (6000, "SEPA 17")
    assert again(sandbox, invoice)["payment_status"] == "pending"
    assert 'value="40.00"' in sara.get(form_path(invoice)).text
    sara.post(form_path(invoice), expect=204, htmx=True, **{**PAYMENT, "amount": "40"})
    now = again(sandbox, invoice)
    assert (now["payment_status"], now["total_due_amount_cents"]) == ("succeeded", 0)
    assert "Nothing is due any more." in sara.get(form_path(invoice)).text


def test_what_a_credit_note_took_off_is_not_due(sara, sandbox, invoice):
    offset(sandbox, invoice, 2500)
    shown = sara.get(form_path(invoice)).text
    assert 'value="75.00"' in shown and ">−25.00<" in shown
    sara.post(form_path(invoice), expect=422, **{**PAYMENT, "amount": "75.01"})
    sara.post(form_path(invoice), **{**PAYMENT, "amount": "75"})
    assert again(sandbox, invoice)["payment_status"] == "succeeded"


WRONG = {
    "amount": [("100.01", "too large"), ("0", "an amount above zero"), ("", "an amount above zero"),
               ("1.001", "an amount above zero"), ("much", "an amount above zero")],
    "reference": [("", "This is needed."), ("x" * 41, "This is too long.")],
    "paid_on": [("yesterday", "cannot have come on this day"), ("9999-12-31", "cannot have come on this day")],
}


def test_what_is_wrong_is_told_beside_its_field_and_what_was_typed_stays(sara, sandbox, invoice):
    for name, cases in WRONG.items():
        for typed, told in cases:
            shown = sara.post(form_path(invoice), expect=422, **{**PAYMENT, name: typed}).text
            field = re.search(rf'id="error-{name}">([^<]*)<', shown)
            assert field and told in field[1], (name, typed, field)
            assert all(f'value="{value}"' in shown for value in {**PAYMENT, name: typed}.values())
    assert payments(sandbox) == []


def test_what_came_earlier_has_its_day(sara, sandbox, invoice):
    sandbox.at("2025-01-10T08:00:00Z")
    sara.post(form_path(invoice), **{**PAYMENT, "paid_on": "2025-01-02"})
    assert payments(sandbox)[0]["created_at"] == "2025-01-02T00:00:00Z"


def test_the_invoice_is_chosen_where_none_is_named(sara, sandbox, invoice):
    shown = sara.get("/payments/new").text
    assert form_path(invoice) in shown and invoice["number"] in shown
    assert form_path(invoice) in sara.get("/payments/new?search=acme", htmx=True).text
    assert "No invoice that is still to be paid matches." in sara.get("/payments/new?search=zeta").text
    pay(sandbox, invoice, 10000)
    assert "No invoice is to be paid." in sara.get("/payments/new").text


FOUND = {
    "": 2, "search=sepa": 1, "search=acme": 2, "search=nobody": 0, "status=succeeded": 2, "status=failed": 0,
    "type=manual": 2, "type=provider": 0, "currency=EUR": 2, "currency=USD": 0, "from=2025-01-02": 1,
    "to=2025-01-01": 1, "from=2025-01-01&to=2025-01-02": 2, "to=9999-12-31": 2, "from=never": 2,
}


def test_payments_are_found(sara, sandbox, invoice):
    pay(sandbox, invoice, 1000, reference="SEPA 17")
    sandbox.at("2025-01-02T12:00:00Z")
    pay(sandbox, invoice, 2000, reference="cash")
    assert {query: sara.get(f"/payments?{query}", htmx=True).text.count("row-link") for query in FOUND} == FOUND
    assert sara.get(f"/payments?search={invoice['number']}", htmx=True).text.count(invoice["number"]) == 2


def test_a_payment_shows_the_invoice_that_it_met_and_its_receipt(sara, sandbox, invoice, with_pdfs):
    made = pay(sandbox, invoice, 3000, reference="SEPA 17")
    background(sandbox)
    shown = sara.get(f"/payments/{made['lago_id']}").text
    for text in ("Payment of 30.00 EUR", invoice["number"], ">70.00<", "SEPA 17", "RCPT-000001",
                 f"/api/v1/payments/{made['lago_id']}"):
        assert text in shown, text
    Page(shown)
    receipt = sara.get(f"/payments/{made['lago_id']}/receipt.pdf")
    assert receipt.mimetype == "application/pdf" and receipt.data.startswith(b"%PDF")


def test_an_invoice_shows_its_payments(sara, sandbox, invoice):
    path = f"/invoices/{invoice['lago_id']}"
    assert form_path(invoice) in sara.get(path).text
    made = pay(sandbox, invoice, 10000)
    shown = sara.get(path).text
    assert f"/payments/{made['lago_id']}" in shown and "Paid so far" in shown and form_path(invoice) not in shown


def test_an_invoice_is_marked_without_a_payment(sara, sandbox, invoice):
    path = f"/invoices/{invoice['lago_id']}/payment_status"
    assert "No payment is recorded" in sara.get(path).text
    sara.post(path, payment_status="failed")
    assert again(sandbox, invoice)["payment_status"] == "failed"
    sara.post(path, expect=204, htmx=True, payment_status="succeeded")
    assert again(sandbox, invoice)["payment_status"] == "succeeded"
    assert "This is not a value that fits here." in sara.post(path, expect=422, payment_status="stolen").text
    assert payments(sandbox) == []


def test_a_draft_is_neither_paid_nor_marked(sara, sandbox):
    draft = an_invoice_of_100(sandbox, billing_configuration={"invoice_grace_period": 5})
    assert "Only a final invoice is paid" in sara.get(form_path(draft)).text
    assert "Only an invoice that is final" in sara.post(form_path(draft), expect=422, **PAYMENT).text
    path = f"/invoices/{draft['lago_id']}/payment_status"
    sara.post(path, expect=422, payment_status="succeeded")
    assert again(sandbox, draft)["payment_status"] == "pending"


@pytest.fixture
def late(sandbox, invoice):
    """On 10 January: 100.00 EUR of acme and 70.00 USD of zeta are overdue since the 4th, of acme 25.00 are paid."""
    plan(sandbox, "us", amount_cents=7000, amount_currency="USD", pay_in_advance=True, interval="yearly")
    sandbox.post("/customers", {"customer": {"external_id": "zeta", "name": "Zeta", "net_payment_term": 2}})
    subscribe(sandbox, "zeta", "us")
    pay(sandbox, invoice, 2500)
    sandbox.at("2025-01-10T08:00:00Z")


def test_what_is_overdue_is_listed_with_days_and_totals(sara, invoice, late):
    shown = sara.get("/payments/overdue").text
    figures = re.findall(r'class="figure">.*?</div></div>', shown)
    assert [re.search(r'amount">([^<]+)', figure)[1] for figure in figures] == ["75.00", "70.00"]
    assert shown.count("7 days") == 2 and invoice["number"] in shown
    assert shown.count("/payments/new?invoice=") == 4  # a link and what HTMX asks for


OVERDUE = {
    "": {"acme", "Zeta"}, "search=zet": {"Zeta"}, "currency=EUR": {"acme"}, "by=customer": {"acme", "Zeta"},
    "by=customer&currency=USD": {"Zeta"}, "by=customer&search=acme": {"acme"}, "search=nobody": set(),
}


def test_what_is_overdue_is_found(sara, late):
    texts = {query: sara.get(f"/payments/overdue?{query}", htmx=True).text for query in OVERDUE}
    found = {
        query: {name for name in ("acme", "Zeta") if f"{name}</td>" in text or f">{name}</a>" in text}
        for query, text in texts.items()
    }
    assert found == OVERDUE


def test_what_is_paid_is_overdue_no_more(sara, sandbox, invoice, late):
    assert "7 days overdue" in sara.get(form_path(invoice)).text
    sara.post(form_path(invoice), **{**PAYMENT, "amount": "75", "paid_on": ""})
    assert invoice["number"] not in sara.get("/payments/overdue", htmx=True).text


def test_nothing_overdue_says_so(ada):
    assert "Nothing is overdue" in ada.get("/payments/overdue").text
    assert "No payment yet" in ada.get("/payments").text


def test_another_organization_sees_none_of_it(stranger, sandbox, invoice):
    made = pay(sandbox, invoice, 1000)
    for path in (f"/payments/{made['lago_id']}", form_path(invoice), f"/invoices/{invoice['lago_id']}/payment_status"):
        stranger.get(path, expect=404)
    stranger.post(form_path(invoice), expect=404, **PAYMENT)
    assert len(payments(sandbox)) == 1


def paid_by_request(sandbox, invoice_ids):
    """A payment of 175.00 EUR by a provider, for a payment request that asked for these invoices."""
    owned = {"organization_id": sandbox.organization.id}
    with transaction():
        first = db.session.get_one(Invoice, invoice_ids[0])
        asked = [PaymentRequestInvoice(**owned, invoice_id=invoice_id) for invoice_id in invoice_ids]
        request = PaymentRequest(
            **owned, customer_id=first.customer_id, amount_cents=17500, amount_currency="EUR", applied_invoices=asked
        )
        db.session.add(request)
        db.session.flush()
        made = Payment(
            **owned, customer_id=first.customer_id, payment_request_id=request.id, amount_cents=17500, status="paid",
            amount_currency="EUR", payment_status="succeeded", payment_type="provider", provider="stripe",
        )
        db.session.add(made)
    return made.id


def test_a_payment_of_a_request_shows_all_invoices_that_it_met(sara, sandbox, invoice):
    plan(sandbox, "more", amount_cents=7500, pay_in_advance=True, interval="yearly")
    subscribe(sandbox, "acme", "more", external_id="more")
    both = sandbox.get("/invoices")["invoices"]
    made = paid_by_request(sandbox, [one["lago_id"] for one in both])
    for path in ("/payments", f"/payments/{made}", f"/payments?search={both[0]['number']}"):
        shown = sara.get(path).text
        assert all(one["number"] in shown for one in both), path
    assert "a payment request" in sara.get(f"/payments/{made}").text
    assert f"/payments/{made}" in sara.get(f"/invoices/{both[1]['lago_id']}").text
