"""Twenty writers at the same wallet: what it holds is always the sum of its ledger (05 §1.8–1.15)."""

import random
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import select

from lago.core import clock
from lago.core.db import db, lock, transaction
from lago.core.errors import Invalid
from lago.core.ids import new_id
from lago.customers.models import Customer
from lago.invoicing.buy_credits import buy_credits
from lago.invoicing.models import Invoice
from lago.invoicing.recredit import recredit
from lago.invoicing.set_payment_status import set_payment_status
from lago.wallets.create_transactions import TransactionOrder, create_transactions
from lago.wallets.models import Wallet, WalletTransaction
from lago.wallets.take import take
from tests.builders.at_once import all_at_once, at_once
from tests.builders.ledgers import books, check_books
from tests.builders.organizations import account
from tests.builders.prepaid import a_wallet
from tests.builders.stories import customer

WRITERS = 20
TURNS = 6


@pytest.fixture
def owner(committing):
    return account(committing.test_client(), f"Owner {uuid.uuid4()}")


@pytest.fixture
def wallet(owner) -> Iterator[Wallet]:
    """Of 0.07 EUR a credit: credits and cents are rounded differently all the time."""
    customer(owner)
    yield a_wallet(owner, "1000", rate_amount=Decimal("0.07"))
    db.session.remove()


def an_invoice(wallet: Wallet) -> Invoice:
    """A finalized one, that the wallet may pay."""
    owner = db.session.get_one(Customer, wallet.customer_id)
    invoice = Invoice(
        id=new_id(), organization_id=wallet.organization_id, customer=owner, billing_entity=owner.billing_entity,
        invoice_type="subscription", status="finalized", number="X", net_payment_term=0, timezone="UTC",
        currency="EUR", issuing_date=clock.now().date(),
    )
    db.session.add(invoice)
    db.session.flush()
    return invoice


def grant(wallet: Wallet, dice: random.Random) -> None:
    credits = Decimal(dice.randint(1, 10**6)) / 10**4
    create_transactions(wallet, TransactionOrder(granted=credits, priority=dice.choice([1, 25, 50])))


def void(wallet: Wallet, dice: random.Random) -> None:
    create_transactions(wallet, TransactionOrder(voided=Decimal(dice.randint(1, 10**7)) / 10**5))


def void_one(wallet: Wallet, dice: random.Random) -> None:
    lock(wallet.customer_id)
    rows = db.session.scalars(
        select(WalletTransaction).where(
            WalletTransaction.wallet_id == wallet.id, WalletTransaction.remaining_amount_cents > 0
        )
    ).all()
    if rows:
        create_transactions(wallet, TransactionOrder(voided_transaction=dice.choice(rows)))


def consume(wallet: Wallet, dice: random.Random) -> None:
    lock(wallet.customer_id)
    take(wallet, dice.randint(1, 2000), invoice_id=an_invoice(wallet).id)


def consume_and_give_back(wallet: Wallet, dice: random.Random) -> None:
    lock(wallet.customer_id)
    invoice = an_invoice(wallet)
    take(wallet, dice.randint(1, 500), invoice_id=invoice.id)
    for _ in range(2):
        recredit(invoice)


def buy(wallet: Wallet, dice: random.Random) -> None:
    """Bought, and paid twice."""
    (bought,) = create_transactions(wallet, TransactionOrder(paid=Decimal(dice.randint(10, 3000))))
    buy_credits(bought.id)
    invoice = db.session.get_one(Invoice, bought.invoice_id)
    for status in dice.choice([("failed", "succeeded"), ("succeeded", "succeeded", "failed"), ("failed",)]):
        set_payment_status(invoice, status)


VERBS = (grant, void, void_one, consume, consume_and_give_back, buy)


def try_once(wallet_id: uuid.UUID, dice: random.Random) -> bool:
    """One thing is done to the wallet; False if it has too little for it, so that nothing was."""
    verb = dice.choice(VERBS)
    try:
        with transaction():
            verb(db.session.get_one(Wallet, wallet_id), dice)
    except Invalid:
        return False
    finally:
        db.session.remove()
    return True


def test_twenty_writers(committing, owner, wallet):
    """Someone who looks while they write sees books that agree, too."""
    wallet_id, start, running = wallet.id, Barrier(WRITERS), [True]

    def write(number: int) -> int:
        dice = random.Random(number)
        with committing.app_context():
            start.wait()
            return sum(try_once(wallet_id, dice) for _ in range(TURNS))

    def look() -> int:
        looks = 0
        with committing.app_context():
            while running:
                check_books(wallet_id)
                looks += 1
        return looks

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        watcher = pool.submit(look)
        try:
            done = list(pool.map(write, range(WRITERS)))
        finally:
            running.clear()
    assert watcher.result() > 1
    check_books(wallet_id)
    assert sum(done) > WRITERS * TURNS // 2  # most of it could be done


def test_a_job_that_runs_twice_at_once_makes_one_invoice(committing, owner, wallet):
    with transaction():
        (bought,) = create_transactions(wallet, TransactionOrder(paid=Decimal(100)))
    start, bought_id = Barrier(4), bought.id

    def work(_: int) -> bool:
        with committing.app_context():
            start.wait()
            with transaction():
                return buy_credits(bought_id) is not None

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(work, range(4))) == [False, False, False, True]


def test_credits_are_voided_once(committing, owner, wallet):
    """Each request sees what those before it have left: 1,000 credits are three times 300."""
    body = {"wallet_transaction": {"wallet_id": str(wallet.id), "voided_credits": "300"}}
    answers = at_once(committing, owner.api_key, "/wallet_transactions", [body] * 5)
    assert sorted(status for status, _ in answers) == [200, 200, 200, 422, 422]
    assert {str(answer["error_details"]) for status, answer in answers if status == 422} == {
        str({"voided_credits": ["insufficient_credits"]})
    }
    check_books(wallet.id)


def test_a_purchase_is_paid_once(committing, owner, wallet):
    with transaction():
        (bought,) = create_transactions(wallet, TransactionOrder(paid=Decimal(100)))
        invoice = buy_credits(bought.id)
    body = {"invoice": {"payment_status": "succeeded"}}
    answers = all_at_once(committing, owner.api_key, [("PUT", f"/invoices/{invoice.id}", body)] * 4)
    assert [status for status, _ in answers] == [200] * 4
    found = books(wallet.id)
    assert found["balance"] == (7700, Decimal(1100))
