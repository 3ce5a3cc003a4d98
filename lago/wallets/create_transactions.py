"""Credits are bought, given and voided (05 §1.8)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from lago.core.errors import Invalid
from lago.core.outbox import enqueue
from lago.organizations.choose_sections import decide
from lago.pricing.wallet_amounts import Worth, limit_problem, of_cents, of_sold, of_voided
from lago.wallets.balance import hold_wallet, note_increase, rate_of
from lago.wallets.credits import MOST_CENTS
from lago.wallets.enter import inbound, outbound, tell_created, withdraw
from lago.wallets.models import Wallet, WalletTransaction
from lago.wallets.orders import TransactionOrder

__all__ = ["TransactionOrder", "create_transactions"]


def create_transactions(wallet: Wallet, order: TransactionOrder) -> list[WalletTransaction]:
    """Does what is ordered of a wallet, and locks its customer: what was bought, given and voided, in this order.

    A purchase is pending until the invoice is paid that a job makes for it. Raises Invalid, so that all is to be
    rolled back: for what is outside of the wallet's limits (`paid_credits`), or more than can be voided.
    """
    hold_wallet(wallet)
    made = list(_entered(wallet, order))
    for one in made:  # three at most
        decide(one, order.sections)
    tell_created(made)
    return made


def _entered(wallet: Wallet, order: TransactionOrder) -> Iterator[WalletTransaction]:
    bought, given = _sold(wallet, "paid_credits", order.paid), _sold(wallet, "granted_credits", order.granted)
    if bought.amount_cents:
        yield _buy(wallet, order, bought)
    if given.amount_cents:
        yield _grant(wallet, order, given)
    if voided := _to_void(wallet, order):
        yield _void(wallet, order, voided)


def _sold(wallet: Wallet, name: str, credits: Decimal) -> Worth:
    worth = of_sold(credits, rate_of(wallet))
    if worth.amount_cents > MOST_CENTS:
        raise Invalid({name: [f"invalid_{name}", "invalid_amount"]})
    return worth


def _buy(wallet: Wallet, order: TransactionOrder, bought: Worth) -> WalletTransaction:
    least, most = wallet.paid_top_up_min_amount_cents, wallet.paid_top_up_max_amount_cents
    problem = None if order.ignore_limits else limit_problem(bought.amount_cents, least, most)
    if problem:
        raise Invalid({"paid_credits": [problem]})
    made = inbound(wallet, bought, transaction_status="purchased", status="pending", **_common(wallet, order))
    enqueue("invoicing.buy_credits", organization_id=wallet.organization_id, wallet_transaction_id=made.id)
    return made


def _grant(wallet: Wallet, order: TransactionOrder, given: Worth) -> WalletTransaction:
    made = inbound(wallet, given, transaction_status="granted", status="settled", **_common(wallet, order))
    note_increase(wallet)
    return made


def _void(wallet: Wallet, order: TransactionOrder, voided: Worth) -> WalletTransaction:
    made = outbound(wallet, voided, transaction_status="voided", **_common(wallet, order))
    withdraw([made], only=order.voided_transaction)
    return made


def _to_void(wallet: Wallet, order: TransactionOrder) -> Worth | None:
    """What is to be voided: nothing, the credits that are named, or all that a transaction has left."""
    if order.voided is not None:
        return of_voided(order.voided, rate_of(wallet)) if order.voided else None
    only = order.voided_transaction
    return of_cents(only.remaining_amount_cents, rate_of(wallet)) if only and only.remaining_amount_cents else None


def _common(wallet: Wallet, order: TransactionOrder) -> dict[str, Any]:
    """What all transactions of an order have in common."""
    asked = order.invoice_requires_successful_payment
    return {
        "source": order.source, "name": order.name, "priority": order.priority,
        "metadata_pairs": list(order.metadata), "purchase_order_number": order.purchase_order_number,
        "invoice_requires_successful_payment": (
            wallet.invoice_requires_successful_payment if asked is None else asked
        ),
        "rule_id": order.rule_id, "rule_date": order.rule_date,
        "payment_method_type": order.payment_method_type, "payment_method_id": order.payment_method_id,
    }
