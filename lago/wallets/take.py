"""Wallets pay invoices (05 §1.11.7)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from lago.pricing.wallet_amounts import of_cents
from lago.wallets.balance import rate_of
from lago.wallets.enter import outbound, tell_created, withdraw
from lago.wallets.models import Wallet, WalletTransaction


@dataclass(frozen=True)
class Take:
    """So many cents of a wallet for an invoice."""

    wallet: Wallet
    amount_cents: int
    invoice_id: uuid.UUID


def take(wallet: Wallet, amount_cents: int, *, invoice_id: uuid.UUID) -> WalletTransaction:
    """Pays so many cents of a stored invoice, whose customer is locked, from the wallet.

    Raises Invalid, so that all is to be rolled back, if the wallet has less.
    """
    return take_all([Take(wallet, amount_cents, invoice_id)])[0]


def take_all(takes: Sequence[Take]) -> list[WalletTransaction]:
    """The same for many wallets: as many queries as for one."""
    outbounds = [
        outbound(
            one.wallet, of_cents(one.amount_cents, rate_of(one.wallet)), transaction_status="invoiced",
            invoice_id=one.invoice_id,
        )
        for one in takes
    ]
    withdraw(outbounds)
    tell_created(outbounds)
    return outbounds
