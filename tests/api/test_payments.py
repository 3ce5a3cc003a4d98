"""`/payments` and payment methods: lists, filters, what is shown (05 §2.8, §2.10)."""

import pytest

from lago.core.db import db, transaction
from lago.invoicing.models import Invoice
from lago.payments.models import Payment, PaymentRequest, PaymentRequestInvoice
from tests.builders.payments import an_invoice_of_100, pay

NOBODY = "0199a1b2-0000-7000-8000-000000000000"


@pytest.fixture
def two(sandbox):
    """Invoices of 100.00 of two customers."""
    return an_invoice_of_100(sandbox), an_invoice_of_100(sandbox, "other")


def listed(account, path="/payments", **filters):
    return [row["amount_cents"] for row in account.get(path, **filters)["payments"]]


def paid_by_request(*invoices, cents=300):
    """A payment of a payment request for these invoices, and the request's id."""
    with transaction():
        row = db.session.get_one(Invoice, invoices[0]["lago_id"])
        owned = {"organization_id": row.organization_id, "customer_id": row.customer_id}
        request = PaymentRequest(**owned, amount_cents=cents, amount_currency="EUR")
        request.applied_invoices = [
            PaymentRequestInvoice(organization_id=row.organization_id, invoice_id=invoice["lago_id"])
            for invoice in invoices
        ]
        db.session.add(request)
        db.session.flush()
        payment = Payment(
            **owned, payment_request_id=request.id, amount_cents=cents, amount_currency="EUR", status="succeeded",
            payment_status="succeeded", payment_type="manual", reference="together",
        )
        db.session.add(payment)
    return request.id


def test_the_newest_come_first_by_the_day_of_payment(two, sandbox):
    acme, other = two
    pay(sandbox, acme, 1)
    pay(sandbox, other, 2, paid_at="2024-12-30")
    pay(sandbox, acme, 3, paid_at="2024-12-31")
    pay(sandbox, acme, 4)
    assert listed(sandbox) == [4, 1, 3, 2]
    answer = sandbox.get("/payments", per_page=3, page=2)
    assert ([row["amount_cents"] for row in answer["payments"]], answer["meta"]["total_count"]) == ([2], 4)


def test_payments_of_a_customer_and_for_an_invoice(two, sandbox):
    acme, other = two
    pay(sandbox, acme, 1)
    pay(sandbox, other, 2)
    assert listed(sandbox, external_customer_id="acme") == listed(sandbox, "/customers/acme/payments") == [1]
    assert listed(sandbox, invoice_id=other["lago_id"]) == [2]
    assert listed(sandbox, "/customers/acme/payments", invoice_id=other["lago_id"]) == []
    assert listed(sandbox, invoice_id=NOBODY) == listed(sandbox, external_customer_id="nobody") == []
    assert sandbox.call("GET", "/customers/nobody/payments", expect=404)["code"] == "customer_not_found"


def test_an_invoice_id_must_be_one(two, sandbox):
    answer = sandbox.call("GET", "/payments", expect=422, invoice_id="nothing")
    assert answer["error_details"] == {"invoice_id": ["is in invalid format"]}
    assert listed(sandbox, invoice_id="") == []


def test_what_a_payment_request_paid_is_listed_with_each_of_its_invoices(two, sandbox):
    acme, _ = two
    (second,) = [an_invoice_of_100(sandbox, "third")]
    request_id = paid_by_request(acme, second)
    for invoice in (acme, second):
        (payment,) = sandbox.get("/payments", invoice_id=invoice["lago_id"])["payments"]
        assert payment["invoice_ids"] == [acme["lago_id"], second["lago_id"]]
        assert payment["invoice_numbers"] == [acme["number"], second["number"]]
        assert (payment["payable_type"], payment["lago_payable_id"]) == ("PaymentRequest", str(request_id))


def test_payments_for_invoices_that_are_not_shown_are_not_shown(two, sandbox):
    acme, _ = two
    paid = pay(sandbox, acme, 1)
    with transaction():
        db.session.get_one(Invoice, acme["lago_id"]).status = "open"
    assert listed(sandbox) == []
    assert sandbox.call("GET", f"/payments/{paid['lago_id']}", expect=404)["code"] == "payment_not_found"


def test_nobody_sees_payments_of_others(two, sandbox, outsider):
    paid = pay(sandbox, two[0], 1)
    assert listed(outsider) == listed(outsider, invoice_id=two[0]["lago_id"]) == []
    for identifier in (paid["lago_id"], NOBODY, "nothing"):
        assert outsider.call("GET", f"/payments/{identifier}", expect=404)["code"] == "payment_not_found"


def test_more_payments_ask_no_more(two, sandbox, count_queries):
    def queries():
        db.session.expunge_all()
        with count_queries() as statements:
            listed(sandbox)
        return len(statements)

    pay(sandbox, two[0], 1)
    paid_by_request(two[0])
    few = queries()
    for invoice in two:
        pay(sandbox, invoice, 2)
        paid_by_request(invoice)
    assert queries() == few


@pytest.mark.parametrize("body", [{}, {"payment": {}}, {"payment": 5}])
def test_a_body_must_be_there(body, sandbox):
    sandbox.post("/payments", body, expect=400)


def test_no_customer_has_a_payment_method_yet(two, sandbox):
    path = "/customers/acme/payment_methods"
    none = {"current_page": 0, "next_page": None, "prev_page": None, "total_pages": 0, "total_count": 0}
    assert sandbox.get(path) == {"payment_methods": [], "meta": none}
    for method, tail in (("DELETE", NOBODY), ("PUT", f"{NOBODY}/set_as_default"), ("DELETE", "nothing")):
        assert sandbox.call(method, f"{path}/{tail}", expect=404)["code"] == "payment_method_not_found"
        elsewhere = f"/customers/nobody/payment_methods/{tail}"
        assert sandbox.call(method, elsewhere, expect=404)["code"] == "customer_not_found"
    assert sandbox.call("GET", "/customers/nobody/payment_methods", expect=404)["code"] == "customer_not_found"
