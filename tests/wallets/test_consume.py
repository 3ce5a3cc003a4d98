"""Outgoing credits use incoming ones up, and read no more of them than they need (05 §1.14)."""

from decimal import Decimal

import pytest
from sqlalchemy import event, select

from lago.core.db import db, transaction
from lago.core.errors import Invalid
from lago.invoicing.models import Invoice
from lago.wallets.create_transactions import TransactionOrder, create_transactions
from lago.wallets.models import WalletTransaction
from lago.wallets.take import Take, take, take_all
from tests.builders.outbox import announced
from tests.builders.prepaid import a_wallet, balance
from tests.builders.stories import customer, plan, subscribe


@pytest.fixture
def wallet(owner):
    customer(owner)
    return a_wallet(owner)


@pytest.fixture
def invoice(owner, wallet):
    """One without any use of the wallet yet."""
    plan(owner, pay_in_advance=True)
    subscribe(owner)
    return db.session.scalars(select(Invoice)).one()


def grant(wallet, *amounts):
    with transaction():
        for amount in amounts:
            create_transactions(wallet, TransactionOrder(granted=Decimal(amount)))


def left(wallet):
    query = select(WalletTransaction.remaining_amount_cents).where(
        WalletTransaction.wallet_id == wallet.id, WalletTransaction.transaction_type == "inbound"
    )
    return list(db.session.scalars(query.order_by(WalletTransaction.seq)))


def test_an_invoice_takes_exactly_what_it_needs(owner, wallet, invoice):
    grant(wallet, 1, 2, 3)
    with transaction():
        row = take(wallet, 300, invoice_id=invoice.id)
    assert (row.amount_cents, row.credit_amount, row.invoice_id, row.status) == (300, 3, invoice.id, "settled")
    assert (left(wallet), balance(wallet)) == ([0, 0, 300], 300)
    assert (wallet.balance_cents, wallet.consumed_credits, wallet.consumed_amount_cents) == (300, 3, 300)
    assert sorted(announced(owner)[-2:]) == ["wallet.updated", "wallet_transaction.created"]


def test_a_wallet_that_has_less_pays_nothing(wallet, invoice):
    grant(wallet, 1)
    with pytest.raises(Invalid) as error, transaction():
        take(wallet, 101, invoice_id=invoice.id)
    assert error.value.details == {"amount_cents": ["exceeds_available_amount"]}
    assert (left(wallet), balance(wallet)) == ([100], 100)


def test_an_invoice_is_paid_once_by_a_wallet(wallet, invoice):
    """The last word is the database's."""
    grant(wallet, 5)
    with transaction():
        take(wallet, 100, invoice_id=invoice.id)
    with pytest.raises(Exception, match="uq_wallet_transactions_invoiced"), transaction():
        take(wallet, 100, invoice_id=invoice.id)
    assert balance(wallet) == 400


def test_only_what_is_used_is_read(wallet, invoice):
    grant(wallet, *[1] * 10)
    db.session.expunge_all()
    wallet = db.session.merge(wallet)
    loaded = []

    def note(row, _):
        loaded.append(row)

    event.listen(WalletTransaction, "load", note)
    with transaction():
        take(wallet, 150, invoice_id=invoice.id)
    event.remove(WalletTransaction, "load", note)
    assert len(loaded) == 2
    assert left(wallet) == [0, 50, *[100] * 8]


def test_several_wallets_are_asked_at_once(owner, wallet, invoice, count_queries):
    others = [a_wallet(owner, "10", code=str(number)) for number in range(3)]
    grant(wallet, 10)
    statements = []
    for wallets in (others[:1], [wallet, *others[1:]]):
        with count_queries() as found, transaction():
            take_all([Take(one, 100, invoice.id) for one in wallets])
        statements.append(len([text for text in found if text.startswith("SELECT")]))
    assert statements[0] == statements[1]
    assert [balance(one) for one in (wallet, *others)] == [900] * 4
