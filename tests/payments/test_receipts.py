"""Receipts: numbers, PDFs, links, webhooks and mail (05 §2.7)."""

import re
import threading
from io import BytesIO

import pytest
from pypdf import PdfReader

from lago.core.db import db
from lago.payments.models import Payment, PaymentRequest
from lago.payments.receipts.create import create_receipt
from lago.payments.requests.settle import settle
from tests.builders.contract import webhook_violations
from tests.builders.dunning import as_of
from tests.builders.mailbox import mailbox
from tests.builders.organizations import account
from tests.builders.payments import an_invoice_of_100, pay
from tests.builders.stories import customer, invoices, subscribe
from tests.builders.webhooks import endpoint_at, receiver

NOBODY = "0199a1b2-0000-7000-8000-000000000000"
NOON = "2025-01-02T12:00:00Z"


@pytest.fixture
def invoice(with_pdfs, sandbox):
    """100.00 of Ada's, with its PDF."""
    made = an_invoice_of_100(sandbox, email="ada@example.com", legal_name="Ada & Sons")
    sandbox.at(NOON)
    return made


def receipts(owner, **filters):
    """The oldest first."""
    return owner.get("/payment_receipts", **filters)["payment_receipts"][::-1]


def send_receipts(owner, *settings):
    owner.put("/organizations", {"organization": {"email_settings": list(settings)}})


def resend(owner, receipt, expect=200, **receivers):
    path = f"/payment_receipts/{receipt['lago_id']}/resend_email"
    return owner.call("POST", path, receivers, expect=expect)


def test_a_payment_gets_a_receipt_with_the_number_of_its_customer(invoice, sandbox):
    first, second = pay(sandbox, invoice, 3000), pay(sandbox, invoice, 7000)
    slug = invoice["customer"]["slug"]
    assert [one["number"] for one in receipts(sandbox)] == [f"{slug}-RCPT-000001", f"{slug}-RCPT-000002"]
    assert [one["payment"] for one in receipts(sandbox)] == [first, second]


def test_a_list_of_many_costs_as_much_as_one_of_few(sandbox, count_queries):
    invoice, numbers = an_invoice_of_100(sandbox), []
    for _ in range(2):
        for _ in range(2):
            pay(sandbox, invoice, 1000)
        db.session.expunge_all()
        with count_queries() as statements:
            receipts(sandbox)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]


def test_each_customer_has_numbers_of_his_own(invoice, sandbox):
    customer(sandbox, "other")
    subscribe(sandbox, "other")
    (theirs,) = invoices(sandbox, "other")
    for one in (invoice, theirs, invoice):
        pay(sandbox, one, 1000)
    assert [one["number"][-6:] for one in receipts(sandbox)] == ["000001", "000001", "000002"]


def test_partners_get_none(with_pdfs, sandbox):
    pay(sandbox, an_invoice_of_100(sandbox, account_type="partner"), 10000)
    assert receipts(sandbox) == []


def test_a_payment_that_has_not_succeeded_gets_none(invoice, sandbox):
    paid = pay(sandbox, invoice, 1000)
    with as_of(sandbox):
        payment = db.session.get_one(Payment, paid["lago_id"])
        payment.payment_status = "failed"
        assert create_receipt(payment) is None


def test_asking_twice_gives_the_same_receipt(invoice, sandbox):
    paid = pay(sandbox, invoice, 1000)
    with as_of(sandbox):
        again = create_receipt(db.session.get_one(Payment, paid["lago_id"]))
    assert [one["number"] for one in receipts(sandbox)] == [again.number]


def test_the_file_follows_behind_a_link_that_needs_no_key(invoice, sandbox):
    pay(sandbox, invoice, 3000, reference="wire 7")
    assert receipts(sandbox)[0]["file_url"] is None
    sandbox.at(NOON)
    url = receipts(sandbox)[0]["file_url"]
    answer = sandbox.client.get(url)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert "receipt.pdf" in answer.headers["Content-Disposition"]
    assert sandbox.client.get(url[:-2]).status_code == 404


def page_of(owner):
    """The text of the one page of the first receipt."""
    (page,) = PdfReader(BytesIO(owner.client.get(receipts(owner)[0]["file_url"]).data)).pages
    return re.sub(r"\s+", " ", page.extract_text().replace("\u00a0", " "))


@pytest.mark.parametrize(
    "shown",
    ["Payment receipt", "Receipt number {number}", "Paid on Jan 02, 2025", "Reference wire 7", "Amount paid €30.00",
     "Received from Ada & Sons", "Invoice Issue date Invoice total Left to pay",
     "{invoice} Jan 01, 2025 €100.00 €70.00"],
)
def test_the_document_says_who_paid_what(invoice, sandbox, shown):
    pay(sandbox, invoice, 3000, reference="wire 7")
    sandbox.at(NOON)
    assert shown.format(number=receipts(sandbox)[0]["number"], invoice=invoice["number"]) in page_of(sandbox)


def test_both_webhooks_are_sent_in_their_order(invoice, sandbox):
    with receiver() as hook:
        endpoint_at(sandbox, hook.url, event_types=["payment_receipt.created", "payment_receipt.generated"])
        pay(sandbox, invoice, 10000)
        sandbox.at(NOON)
        told = [request.json for request in hook.requests]
    assert [one["webhook_type"] for one in told] == ["payment_receipt.created", "payment_receipt.generated"]
    assert told[1]["payment_receipt"] == receipts(sandbox)[0]
    assert [webhook_violations(one) for one in told] == [[], []]


def test_a_link_to_an_invoice_leads_to_no_receipt(invoice, sandbox):
    pay(sandbox, invoice, 10000)
    sandbox.at(NOON)
    links = [receipts(sandbox)[0]["file_url"], sandbox.get(f"/invoices/{invoice['lago_id']}")["invoice"]["file_url"]]
    first, second = (sandbox.client.get(link).data for link in links)
    assert first != second


def test_receipts_of_an_invoice_are_also_those_of_requests_that_asked_for_it(invoice, sandbox):
    body = {"external_customer_id": "acme", "lago_invoice_ids": [invoice["lago_id"]]}
    made = sandbox.post("/payment_requests", {"payment_request": body})["payment_request"]
    with as_of(sandbox) as organization:
        asked_for = db.session.get_one(PaymentRequest, made["lago_id"])
        payment = Payment(
            organization_id=organization.id, customer=asked_for.customer, payment_request=asked_for,
            amount_cents=10000, amount_currency="EUR", status="paid", payment_status="succeeded",
            payment_type="provider",
        )
        db.session.add(payment)
        settle(asked_for, "succeeded", payment)
        create_receipt(payment)
    sandbox.at(NOON)
    (receipt,) = receipts(sandbox, invoice_id=invoice["lago_id"])
    assert receipt["payment"]["invoice_numbers"] == [invoice["number"]]
    assert receipts(sandbox, invoice_id=NOBODY) == []


def test_an_id_that_is_none_is_refused(owner):
    answer = owner.call("GET", "/payment_receipts", invoice_id="nonsense", expect=422)
    assert answer["error_details"] == {"invoice_id": ["is in invalid format"]}


def test_an_unknown_receipt_is_an_unknown_invoice(owner):
    assert owner.call("GET", f"/payment_receipts/{NOBODY}", expect=404)["code"] == "invoice_not_found"
    path = f"/payment_receipts/{NOBODY}/resend_email"
    assert owner.call("POST", path, {}, expect=404)["code"] == "invoice_not_found"


def test_the_customer_gets_receipt_and_invoice_by_mail_where_the_entity_sends_them(invoice, sandbox):
    send_receipts(sandbox, "payment_receipt.created")
    with mailbox() as box:
        pay(sandbox, invoice, 3000)
        sandbox.at(NOON)
    (mail,) = box.mails
    (receipt,) = receipts(sandbox)
    assert mail.receivers == ["ada@example.com"]
    assert list(mail.files) == [f"receipt-{receipt['number']}.pdf", f"invoice-{invoice['number']}.pdf"]
    assert all(content.startswith(b"%PDF") for content in mail.files.values())
    for kind in ("plain", "html"):
        assert "€30.00" in mail.part(kind) and receipt["number"] in mail.part(kind)


def test_nobody_gets_mail_where_the_entity_sends_none(invoice, sandbox):
    send_receipts(sandbox, "invoice.finalized")
    with mailbox() as box:
        pay(sandbox, invoice, 3000)
        sandbox.at(NOON)
    assert box.mails == []


def test_the_entity_is_the_sender_where_the_organization_has_that(invoice, sandbox):
    send_receipts(sandbox, "payment_receipt.created")
    with as_of(sandbox) as organization:
        organization.premium_integrations = ["from_email"]
    with mailbox() as box:
        pay(sandbox, invoice, 3000)
        sandbox.at(NOON)
    assert box.mails[0].sender == "sandbox@example.com"


@pytest.fixture
def receipt(invoice, sandbox):
    """One that was made, with its file, of an entity that sends them."""
    pay(sandbox, invoice, 3000)
    sandbox.at(NOON)
    send_receipts(sandbox, "payment_receipt.created")
    return receipts(sandbox)[0]


def test_a_receipt_is_sent_again_to_the_customer(receipt, sandbox):
    with mailbox() as box:
        assert resend(sandbox, receipt) is None
        sandbox.at(NOON)
    assert [mail.receivers for mail in box.mails] == [["ada@example.com"]]


def test_or_to_whom_someone_names(receipt, sandbox):
    with mailbox() as box:
        resend(sandbox, receipt, to=["x@example.com"], cc=["y@example.com"], bcc=["z@example.com"])
        sandbox.at(NOON)
    assert [mail.receivers for mail in box.mails] == [["x@example.com", "y@example.com", "z@example.com"]]


def test_it_is_refused_where_the_entity_sends_none(receipt, sandbox):
    send_receipts(sandbox)
    assert resend(sandbox, receipt, expect=405, to=["nobody"])["code"] == "email_settings_disabled"


def test_what_is_no_address_is_refused_in_words(receipt, sandbox):
    refused = resend(sandbox, receipt, expect=422, to=["nobody"], cc=["a@example.com"], bcc=["@"])
    sentence = ["contains an invalid email address"]
    assert refused["error_details"] == {"to": sentence, "bcc": sentence}


def test_missing_addresses_are_refused_in_words(receipt, sandbox):
    sandbox.put("/organizations", {"organization": {"email": None}})
    sandbox.post("/customers", {"customer": {"external_id": "acme", "email": None}})
    assert set(resend(sandbox, receipt, expect=422)["error_details"]) == {"billing_entity", "to"}


def test_payments_at_once_leave_no_gap_in_the_numbers(committing):
    owner = account(committing.test_client(), "Many", sandbox=True)
    invoice = an_invoice_of_100(owner)

    def pay_once():
        with committing.app_context():
            pay(type(owner)(owner.organization, owner.api_key, committing.test_client()), invoice, 1000)

    threads = [threading.Thread(target=pay_once) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one["number"][-6:] for one in receipts(owner)] == [f"{rank:06}" for rank in range(1, 7)]
