"""The messages about prepaid credits, payments, and invoices that are corrected (06 §4.4)."""

from dataclasses import replace

import pytest

from lago.core import config
from lago.core.db import db
from lago.payments.models import PaymentRequest
from lago.payments.requests.settle import settle
from lago.webhooks.catalog import MESSAGES
from tests.builders.catalog import a_plan, an_add_on
from tests.builders.contract import webhook_violations
from tests.builders.customers import a_customer
from tests.builders.dunning import a_campaign, as_of, for_all
from tests.builders.webhooks import endpoint_at, receiver
from tests.webhooks.test_catalog import OF_USAGE

INVOICE = {"customer", "subscriptions", "billing_periods", "fees", "credits", "applied_taxes"}
PARTS = {
    "customer.vies_check": {"vies_check"},
    "dunning_campaign.finished": {"overdue_balances"},
    "invoice.deleted": INVOICE,
    "invoice.one_off_created": {"customer", "fees", "applied_taxes", "applied_invoice_custom_sections"},
    "invoice.payment_dispute_lost": set(),
    "invoice.payment_overdue": {"customer", "fees", "applied_taxes"},
    "invoice.voided": INVOICE,
    "payment_receipt.created": {"payment"},
    "payment_receipt.generated": {"payment"},
    "payment_request.created": {"customer", "invoices"},
    "payment_request.payment_status_updated": {"customer", "invoices"},
    "wallet.created": {"recurring_transaction_rules"},
    "wallet.depleted_ongoing_balance": set(),
    "wallet.terminated": {"recurring_transaction_rules"},
}
ELSEWHERE = {
    "credit_note.generated", "invoice.paid_credit_added", "invoice.payment_failure",
    "payment_request.payment_failure", "wallet.updated", "wallet_transaction.created", "wallet_transaction.updated",
}
"""What `test_wallet_transactions.py` and the tests of documents, retries and payment requests look at."""


@pytest.fixture
def story(with_pdfs, sandbox, hook):
    """Each type's last message of a bad month: credits that are used up, a sale that is paid and one that is not, one
    that is voided, a draft that is deleted."""
    sandbox.at("2025-01-01T00:00:00Z")
    endpoint_at(sandbox, hook.url)
    for_all(sandbox, a_campaign(sandbox, eur=1, max_attempts=1))
    a_customer(sandbox, currency="EUR", email="acme@example.com")
    an_add_on(sandbox, "setup", amount_cents=1000)
    prepay(sandbox)
    paid, voided, lost, _unpaid = (sell(sandbox) for _ in range(4))
    pay = {"invoice_id": paid["lago_id"], "amount_cents": 1000, "reference": "by hand"}
    sandbox.post("/payments", {"payment": pay})
    sandbox.post(f"/invoices/{voided['lago_id']}/void")
    sandbox.post(f"/invoices/{lost['lago_id']}/lose_dispute")
    delete_a_draft(sandbox)
    ask_vies(sandbox)
    sandbox.at("2025-01-20T00:00:00Z")  # overdue, and asked for
    with as_of(sandbox):
        settle(db.session.query(PaymentRequest).one(), "succeeded")
    sandbox.at("2025-01-20T00:00:00Z")
    return {request.json["webhook_type"]: request.json for request in hook.requests}


def prepay(account):
    body = {"external_customer_id": "acme", "rate_amount": "1", "currency": "EUR", "granted_credits": "1",
            "recurring_transaction_rules": [{"trigger": "interval", "interval": "yearly", "granted_credits": "1"}]}
    wallet = account.post("/wallets", {"wallet": body})["wallet"]
    account.at("2025-01-01T00:00:00Z")
    empty = {"wallet_id": wallet["lago_id"], "voided_credits": "1"}
    account.post("/wallet_transactions", {"wallet_transaction": empty})
    account.at("2025-01-01T00:00:00Z")
    account.delete(f"/wallets/{wallet['lago_id']}")


def sell(account):
    body = {"external_customer_id": "acme", "fees": [{"add_on_code": "setup"}]}
    return account.post("/invoices", {"invoice": body})["invoice"]


def delete_a_draft(account):
    a_plan(account, "early", amount_cents=1, pay_in_advance=True)
    a_customer(account, "graced", billing_configuration={"invoice_grace_period": 30})
    body = {"external_customer_id": "graced", "external_id": "graced", "plan_code": "early"}
    account.post("/subscriptions", {"subscription": body})
    account.at("2025-01-01T00:00:00Z")
    [draft] = account.get("/invoices", external_customer_id="graced")["invoices"]
    account.delete(f"/invoices/{draft['lago_id']}")


def ask_vies(account):
    [entity] = account.get("/billing_entities")["billing_entities"]
    change = {"country": "FR", "eu_tax_management": True}
    account.put(f"/billing_entities/{entity['code']}", {"billing_entity": change})
    others = config.settings()
    with receiver() as register:
        register.answer(200, b'{"valid": true}')
        config.use(replace(others, vies_url=register.url))
        a_customer(account, "german", country="DE", tax_identification_number="DE123456789")
        account.at("2025-01-01T00:00:00Z")
    config.use(others)


def test_each_message_follows_the_contract_and_has_its_parts(story):
    told = {name: story[name] for name in PARTS}
    assert {name: webhook_violations(message) for name, message in told.items()} == dict.fromkeys(PARTS, [])
    shown = {name: set(message[message["object_type"]]) for name, message in told.items()}
    assert {name: PARTS[name] - shown[name] for name in PARTS} == dict.fromkeys(PARTS, set())


def test_there_is_a_test_of_each_type_in_one_of_two_files():
    assert OF_USAGE.isdisjoint({*PARTS, *ELSEWHERE})
    assert {*OF_USAGE, *PARTS, *ELSEWHERE} == set(MESSAGES)
