"""Prepaid credits as the domain makes them, without the API."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lago.catalog.models import BillableMetric
from lago.core import clock
from lago.core.db import db, transaction
from lago.customers.models import Customer
from lago.wallets.create_transactions import TransactionOrder, create_transactions
from lago.wallets.models import Wallet, WalletTarget, WalletTransaction
from lago.wallets.settle import settle
from tests.builders.organizations import Account


def a_wallet(
    caller: Account, granted: str = "0", *, customer: str = "acme", metrics: Sequence[str] = (), **columns: Any
) -> Wallet:
    """A wallet of a customer, of a EUR for each credit unless said otherwise, with credits that were given to it.

    `metrics`: codes of those that it is for.
    """
    organization_id = caller.organization.id
    with transaction(), clock.of(db.session.merge(caller.organization).clock_now):
        owner = db.session.scalars(
            select(Customer).where(Customer.organization_id == organization_id, Customer.external_id == customer)
        ).one()
        query = select(BillableMetric.id).where(
            BillableMetric.organization_id == organization_id, BillableMetric.code.in_(metrics)
        )
        wallet = Wallet(**{
            "organization_id": organization_id, "customer": owner, "currency": "EUR", "code": "default",
            "rate_amount": Decimal(1), **columns,
        })
        wallet.targets = [
            WalletTarget(organization_id=organization_id, billable_metric_id=metric_id)
            for metric_id in db.session.scalars(query)
        ]
        db.session.add(wallet)
        db.session.flush()
        create_transactions(wallet, TransactionOrder(granted=Decimal(granted)))
    return wallet


def grant(wallet: Wallet, credits: str) -> None:
    """Gives it that many credits."""
    _order(wallet, TransactionOrder(granted=Decimal(credits)))


def buy(wallet: Wallet, credits: str) -> None:
    """It has bought that many credits, and they are paid."""
    (purchase,) = _order(wallet, TransactionOrder(paid=Decimal(credits)))
    with transaction():
        settle(db.session.merge(purchase))


def void(wallet: Wallet, credits: str) -> None:
    """Takes that many credits away."""
    _order(wallet, TransactionOrder(voided=Decimal(credits)))


def _order(wallet: Wallet, order: TransactionOrder) -> list[WalletTransaction]:
    with transaction():
        return create_transactions(db.session.get_one(Wallet, wallet.id), order)


def taken(wallet: Wallet) -> list[int]:
    """The cents that invoices have taken of it, in order."""
    query = select(WalletTransaction.amount_cents).where(
        WalletTransaction.wallet_id == wallet.id, WalletTransaction.transaction_status == "invoiced"
    )
    return list(db.session.scalars(query.order_by(WalletTransaction.seq)))


def balance(wallet: Wallet) -> int:
    """Its cents as the database has them."""
    return db.session.scalar(select(Wallet.balance_cents).where(Wallet.id == wallet.id)) or 0
