"""What wallets paid of an invoice comes back as granted credits when it is voided (05 §1.10, §1.15)."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from lago.core.db import db, transaction
from lago.invoicing.models import Invoice
from lago.invoicing.recredit import recredit
from tests.builders.outbox import announced
from tests.builders.prepaid import a_wallet, balance, taken
from tests.builders.stories import customer, plan, subscribe
from tests.builders.top_ups import background, fundings, ledger


@pytest.fixture
def paid_by_two(sandbox):
    """An invoice of 49.00 that two wallets have paid, of 0.07 and of 1 EUR a credit; these, and its id."""
    sandbox.at("2025-01-01T00:00:00Z")
    customer(sandbox)
    first = a_wallet(sandbox, "300", code="first", rate_amount=Decimal("0.07"), priority=1)
    second = a_wallet(sandbox, "40", code="second")
    plan(sandbox, pay_in_advance=True)
    subscribe(sandbox)
    invoice_id = db.session.scalars(select(Invoice.id)).one()
    assert (taken(first), taken(second)) == ([2100], [2800])
    return first, second, invoice_id


def give_back(invoice_id):
    with transaction():
        recredit(db.session.get_one(Invoice, invoice_id))


def test_each_wallet_gets_back_what_it_paid(sandbox, paid_by_two):
    first, second, invoice_id = paid_by_two
    sandbox.at("2025-01-02T00:00:00Z")
    give_back(invoice_id)
    assert (balance(first), balance(second)) == (2100, 4000)
    for wallet, credits, cents in ((first, "300.0", 2100), (second, "28.0", 2800)):
        granted, payment, back = ledger(sandbox, wallet)
        assert (back["transaction_status"], back["status"], back["credit_amount"]) == ("granted", "settled", credits)
        assert (back["lago_voided_invoice_id"], back["lago_invoice_id"]) == (str(invoice_id), None)
        assert (back["remaining_amount_cents"], back["priority"], back["name"]) == (cents, 50, None)
        assert fundings(sandbox, payment) == {granted["lago_id"]: cents}  # what it was paid from stays as it is


def test_what_was_consumed_is_less(sandbox, paid_by_two):
    first, second, invoice_id = paid_by_two
    give_back(invoice_id)
    for wallet in (first, second):
        db.session.refresh(wallet)
        assert (wallet.consumed_credits, wallet.consumed_amount_cents) == (0, 0)


def test_it_comes_back_once(paid_by_two):
    first, second, invoice_id = paid_by_two
    for _ in range(2):
        give_back(invoice_id)
    assert (balance(first), balance(second)) == (2100, 4000)


def test_a_terminated_wallet_gets_nothing(sandbox, paid_by_two):
    first, second, invoice_id = paid_by_two
    sandbox.delete(f"/wallets/{first.id}")
    give_back(invoice_id)
    assert (balance(first), balance(second)) == (0, 4000)


def test_what_is_told(sandbox, paid_by_two):
    background(sandbox)
    give_back(paid_by_two[2])
    told = announced(sandbox)
    assert sorted(told) == ["wallet.updated"] * 2 + ["wallet_transaction.created"] * 2
