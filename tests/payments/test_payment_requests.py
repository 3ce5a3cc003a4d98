"""Payment requests: what is refused and in which order, what is asked for, and what comes of it (05 §2.5)."""

import threading

import pytest
from sqlalchemy import select

from lago.core.db import db, transaction
from lago.invoicing.models import Invoice
from lago.payments.models import Payment, PaymentRequest
from lago.payments.requests.settle import settle
from tests.builders.contract import webhook_violations
from tests.builders.dunning import a_campaign, as_of, asked, attempts, for_one
from tests.builders.mailbox import mailbox
from tests.builders.organizations import account
from tests.builders.outbox import waiting
from tests.builders.payments import again, an_invoice_of_100, offset, pay
from tests.builders.stories import customer, invoices, subscribe
from tests.builders.webhooks import endpoint_at, let_retries_come, receiver

NOBODY = "0199a1b2-0000-7000-8000-000000000000"


@pytest.fixture
def hook(sandbox):
    with receiver() as told:
        endpoint_at(sandbox, told.url, event_types=[
            "payment_request.created", "payment_request.payment_status_updated", "payment_request.payment_failure",
            "invoice.payment_status_updated",
        ])
        yield told


@pytest.fixture
def invoice(sandbox):
    """100.00, due on 1 January 2025 and overdue since the 2nd."""
    made = an_invoice_of_100(sandbox, email="ada@example.com")
    sandbox.at("2025-01-02T10:00:00Z")
    return made


def request_for(*bills, external_id="acme", **fields):
    """The body of a request."""
    ids = [one if isinstance(one, str) else one["lago_id"] for one in bills]
    return {"payment_request": {"external_customer_id": external_id, "lago_invoice_ids": ids, **fields}}


def ask_for(owner, *bills, **fields):
    return owner.post("/payment_requests", request_for(*bills, **fields))["payment_request"]


def another(owner, name, **of_customer):
    """An overdue invoice of 100.00 of another customer, or of the same one with another subscription."""
    subscribe(owner, "acme", external_id=name)
    return next(one for one in invoices(owner) if one["subscriptions"][0]["external_id"] == name)


def settled(owner, asked_for, status, payment=None):
    """What a provider's answer will do."""
    with as_of(owner):
        settle(db.session.get_one(PaymentRequest, asked_for["lago_id"]), status, payment)
    owner.at(owner.get("/test_clock")["test_clock"]["now"])


def put(invoice, **values):
    """Sets what no request could."""
    with transaction():
        row = db.session.get_one(Invoice, invoice["lago_id"])
        for name, value in values.items():
            setattr(row, name, value)


def test_a_request_says_what_is_asked_for_and_of_whom(invoice, sandbox):
    made = ask_for(sandbox, invoice)
    assert made["customer"]["external_id"] == "acme"
    assert [one["lago_id"] for one in made["invoices"]] == [invoice["lago_id"]]
    assert {name: made[name] for name in made if name not in ("lago_id", "customer", "invoices")} == {
        "amount_cents": 10000, "amount_currency": "EUR", "email": "ada@example.com", "payment_status": "pending",
        "created_at": "2025-01-02T10:00:00Z",
    }
    assert sandbox.get(f"/payment_requests/{made['lago_id']}")["payment_request"] == made


def test_what_is_asked_for_is_what_was_due_when_it_was_made(invoice, sandbox):
    """12000 with 2000 paid and 500 offset, and 4000: 13500 (the example of 05 §2.5); here 10000, 2000, 500."""
    pay(sandbox, invoice, 2000)
    offset(sandbox, again(sandbox, invoice), 500)
    second = another(sandbox, "second")
    sandbox.at("2025-01-03T10:00:00Z")
    made = ask_for(sandbox, invoice, second)
    assert made["amount_cents"] == 10000 - 2000 - 500 + second["total_amount_cents"]
    pay(sandbox, invoice, 1000)
    assert sandbox.get(f"/payment_requests/{made['lago_id']}")["payment_request"]["amount_cents"] == \
        made["amount_cents"]


def test_another_address_may_be_given(invoice, sandbox):
    assert ask_for(sandbox, invoice, email="bob@example.com,cy@example.com")["email"] == \
        "bob@example.com,cy@example.com"


def test_ids_that_are_not_his_are_left_out_as_long_as_one_is(invoice, sandbox):
    assert len(ask_for(sandbox, NOBODY, "nonsense", invoice)["invoices"]) == 1


def refusal(owner, body, expect):
    return owner.call("POST", "/payment_requests", body, expect=expect)["code"]


def test_an_unknown_customer_comes_first(invoice, sandbox):
    assert refusal(sandbox, request_for(NOBODY, external_id="nobody"), 404) == "customer_not_found"


@pytest.mark.parametrize("ids", [[], [NOBODY], ["nonsense"]], ids=["none", "unknown", "nonsense"])
def test_no_invoice_of_his_comes_second(invoice, sandbox, ids):
    assert refusal(sandbox, request_for(*ids), 404) == "invoice_not_found"


def test_an_invoice_of_somebody_else_is_not_his(invoice, sandbox):
    customer(sandbox, "other")
    assert refusal(sandbox, request_for(invoice, external_id="other"), 404) == "invoice_not_found"


def test_all_must_be_overdue_then_agree_then_be_ready(invoice, sandbox):
    second = another(sandbox, "second")
    both = request_for(invoice, second)
    assert refusal(sandbox, both, 405) == "invoices_not_overdue"
    sandbox.at("2025-01-03T10:00:00Z")
    put(second, currency="USD", ready_for_payment_processing=False)
    assert refusal(sandbox, both, 405) == "invoices_have_different_currencies"
    put(second, currency="EUR")
    sandbox.post("/billing_entities", {"billing_entity": {"code": "second", "name": "Second"}})
    entity = sandbox.get("/billing_entities/second")["billing_entity"]
    first_entity = db.session.get_one(Invoice, second["lago_id"]).billing_entity_id
    put(second, billing_entity_id=entity["lago_id"])
    db.session.expire_all()
    assert refusal(sandbox, both, 405) == "invoices_have_different_billing_entities"
    put(second, billing_entity_id=first_entity)
    db.session.expire_all()
    assert refusal(sandbox, both, 405) == "invoices_not_ready_for_payment_processing"
    assert asked(sandbox) == []


def test_what_is_no_address_is_refused(invoice, sandbox):
    assert sandbox.refused("POST", "/payment_requests", request_for(invoice, email="nobody")) == \
        {"email": ["invalid_email_format"]}
    assert asked(sandbox) == []


def test_lists_are_filtered(invoice, sandbox):
    made = ask_for(sandbox, invoice)
    entity = sandbox.get("/billing_entities")["billing_entities"][0]["code"]
    shown = [{}, {"currency": "EUR"}, {"payment_status": "pending"}, {"external_customer_id": "acme"},
             {"billing_entity_codes[]": entity}]
    hidden = [{"currency": "USD"}, {"payment_status": "failed"}, {"external_customer_id": "other"}]
    for found, cases in ((1, shown), (0, hidden)):
        for case in cases:
            assert sandbox.get("/payment_requests", **case)["meta"]["total_count"] == found, case
    assert sandbox.get("/customers/acme/payment_requests")["payment_requests"][0]["lago_id"] == made["lago_id"]


def test_a_list_of_many_costs_as_much_as_one_of_few(invoice, sandbox, count_queries):
    numbers = []
    for _ in range(2):
        for _ in range(2):
            ask_for(sandbox, invoice)
        with count_queries() as statements:
            sandbox.get("/payment_requests")
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]


def test_unknown_filters_are_refused(invoice, sandbox):
    assert sandbox.call("GET", "/payment_requests", payment_status="paid", expect=422)["error_details"] == \
        {"payment_status": ["must be one of: pending, succeeded, failed"]}
    assert sandbox.call("GET", "/payment_requests", **{"billing_entity_codes[]": "none"}, expect=404)["code"] == \
        "billing_entity_not_found"
    assert sandbox.call("GET", "/customers/none/payment_requests", expect=404)["code"] == "customer_not_found"
    assert sandbox.call("GET", f"/payment_requests/{NOBODY}", expect=404)["code"] == "payment_request_not_found"


def test_a_new_request_is_told(hook, invoice, sandbox):
    made = ask_for(sandbox, invoice)
    sandbox.at("2025-01-02T10:00:00Z")
    (told,) = [one.json for one in hook.requests if one.json["webhook_type"] == "payment_request.created"]
    assert told["payment_request"]["lago_id"] == made["lago_id"]
    assert webhook_violations(told) == []


def test_success_pays_each_invoice_by_what_is_due_of_it_then(hook, invoice, sandbox):
    second = another(sandbox, "second")
    sandbox.at("2025-01-03T10:00:00Z")
    made = ask_for(sandbox, invoice, second)
    pay(sandbox, invoice, 2500)
    settled(sandbox, made, "succeeded")
    for bill in (invoice, second):
        shown = again(sandbox, bill)
        total = shown["total_amount_cents"]
        assert (shown["payment_status"], shown["total_paid_amount_cents"], shown["total_due_amount_cents"]) == \
            ("succeeded", total, 0)
        assert shown["payment_overdue"] is False
    assert sandbox.get(f"/payment_requests/{made['lago_id']}")["payment_request"]["payment_status"] == "succeeded"
    assert hook.types.count("payment_request.payment_status_updated") == 1
    assert hook.types.count("invoice.payment_status_updated") == 2


def test_failure_fails_what_is_not_paid_and_makes_it_ready_again(hook, invoice, sandbox):
    second = another(sandbox, "second")
    sandbox.at("2025-01-03T10:00:00Z")
    made = ask_for(sandbox, invoice, second)
    pay(sandbox, invoice, 10000)
    put(second, ready_for_payment_processing=False)
    settled(sandbox, made, "failed")
    assert [again(sandbox, one)["payment_status"] for one in (invoice, second)] == ["succeeded", "failed"]
    assert db.session.get_one(Invoice, second["lago_id"], populate_existing=True).ready_for_payment_processing
    assert again(sandbox, second)["payment_overdue"] is True
    assert hook.types.count("payment_request.payment_status_updated") == 1


def test_an_attempt_that_was_refused_is_told(hook, invoice, sandbox):
    made = ask_for(sandbox, invoice)
    with as_of(sandbox) as organization:
        asked_for = db.session.get_one(PaymentRequest, made["lago_id"])
        payment = Payment(
            organization_id=organization.id, customer=asked_for.customer, payment_request=asked_for,
            amount_cents=10000, amount_currency="EUR", status="declined", payment_status="failed",
            payment_type="provider", provider="stripe", provider_code="s", provider_customer_id="cus_1",
            error_code="card_declined",
        )
        db.session.add(payment)
        settle(asked_for, "failed", payment)
    sandbox.at("2025-01-02T10:00:00Z")
    (told,) = [one.json for one in hook.requests if one.json["webhook_type"] == "payment_request.payment_failure"]
    assert told["object_type"] == "payment_provider_payment_request_payment_error"
    assert told[told["object_type"]] == {
        "lago_payment_request_id": made["lago_id"], "lago_invoice_ids": [invoice["lago_id"]],
        "lago_customer_id": made["customer"]["lago_id"], "external_customer_id": "acme",
        "provider_customer_id": "cus_1", "payment_provider": "stripe", "payment_provider_code": "s",
        "provider_error": {"message": "card_declined", "error_code": "card_declined"},
    }


def test_what_has_succeeded_stays_so(invoice, sandbox):
    made = ask_for(sandbox, invoice)
    settled(sandbox, made, "succeeded")
    settled(sandbox, made, "failed")
    assert again(sandbox, invoice)["payment_status"] == "succeeded"
    assert sandbox.get(f"/payment_requests/{made['lago_id']}")["payment_request"]["payment_status"] == "succeeded"


def test_a_paid_request_of_a_campaign_sets_the_attempts_back(invoice, sandbox):
    for_one(sandbox, a_campaign(sandbox))
    sandbox.at("2025-01-02T10:00:00Z")
    assert attempts(sandbox) == {"EUR": 1}
    settled(sandbox, sandbox.get("/payment_requests")["payment_requests"][0], "succeeded")
    assert attempts(sandbox) == {"EUR": 0}


@pytest.fixture
def with_address(sandbox):
    """The billing entity has an address."""
    sandbox.put("/organizations", {"organization": {"email": "acme@example.com", "legal_name": "Acme Ltd"}})


def test_a_customer_without_a_provider_is_written_to_at_once(with_address, invoice, sandbox):
    with mailbox() as box:
        ask_for(sandbox, invoice)
        sandbox.at("2025-01-02T10:00:00Z")
    (mail,) = box.mails
    assert (mail.sender, mail.receivers) == ("billing@lago.example", ["ada@example.com"])
    assert mail.message["Reply-To"] == "acme@example.com"
    assert mail.message["Subject"] == "Your overdue balance from Acme Ltd"
    for kind in ("plain", "html"):
        assert "€100.00" in mail.part(kind) and invoice["number"] in mail.part(kind)


def test_he_is_written_to_again_after_an_attempt_that_failed(with_address, invoice, sandbox):
    with mailbox() as box:
        made = ask_for(sandbox, invoice)
        settled(sandbox, made, "failed")
    assert len({mail.message["Message-ID"] for mail in box.mails}) == 2


def test_copies_of_a_campaign_go_out_too(with_address, invoice, sandbox):
    with mailbox() as box:
        for_one(sandbox, a_campaign(sandbox, bcc_emails=["boss@example.com"]))
        sandbox.at("2025-01-02T10:00:00Z")
    (mail,) = box.mails
    assert mail.receivers == ["ada@example.com", "boss@example.com"]
    assert "boss@example.com" not in mail.message.as_string()


def test_nothing_is_sent_where_the_entity_has_no_address(invoice, sandbox):
    sandbox.put("/organizations", {"organization": {"email": None}})
    with mailbox() as box:
        ask_for(sandbox, invoice)
        sandbox.at("2025-01-02T10:00:00Z")
    assert box.mails == []


def test_nothing_is_sent_about_what_was_paid_before_the_mail_went_out(with_address, invoice, sandbox):
    with mailbox() as box:
        with as_of(sandbox):
            made = db.session.get_one(PaymentRequest, ask_for(sandbox, invoice)["lago_id"])
            settle(made, "succeeded")
        sandbox.at("2025-01-02T10:00:00Z")
    assert box.mails == []


def test_two_requests_at_once_are_two_requests(committing):
    """They wait for each other, and each sees the invoice as it is."""
    owner = account(committing.test_client(), "Two", sandbox=True)
    invoice = an_invoice_of_100(owner)
    owner.at("2025-01-02T10:00:00Z")

    def ask_once():
        with committing.app_context():
            other = type(owner)(owner.organization, owner.api_key, committing.test_client())
            ask_for(other, invoice)

    threads = [threading.Thread(target=ask_once) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [cents for _, cents, _ in asked(owner)] == [10000, 10000]


def test_a_letter_that_the_server_does_not_take_goes_out_later_and_once(with_address, invoice, sandbox):
    with mailbox() as box:
        box.refusals.append("451 try later")
        ask_for(sandbox, invoice)
        sandbox.at("2025-01-02T10:00:00Z")
        assert box.mails == []
        let_retries_come()
        let_retries_come()
    assert [mail.receivers for mail in box.mails] == [["ada@example.com"]]


def test_without_a_mail_server_nothing_else_changes(with_address, invoice, sandbox):
    ask_for(sandbox, invoice)
    sandbox.at("2025-01-02T10:00:00Z")
    assert waiting(sandbox, "payments.email_request") == []
    assert db.session.scalar(select(PaymentRequest.email_sent_at)) is None
