"""Whether all that there is of a customer's prepaid credits agrees: wallets, ledger, consumptions, invoices."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from lago.core.db import db
from lago.invoicing.models import CreditNote, Invoice, InvoiceMetadata
from lago.wallets.models import Wallet, WalletConsumption, WalletTransaction
from tests.builders.organizations import Account
from tests.builders.wallet_deeds import WITH_NOTE

SIGNS = {"inbound": 1, "outbound": -1}


@dataclass
class Books:
    """All rows of an organization, oldest first. `noted`: invoices whose void was to give a credit note. `offsets`:
    when a credit note has settled an invoice."""

    wallets: Sequence[Wallet]
    rows: dict[UUID, list[WalletTransaction]] = field(default_factory=lambda: defaultdict(list))
    consumptions: Sequence[WalletConsumption] = ()
    invoices: dict[UUID, Invoice] = field(default_factory=dict)
    noted: set[UUID] = field(default_factory=set)
    offsets: dict[UUID, datetime] = field(default_factory=dict)

    @property
    def all_rows(self) -> list[WalletTransaction]:
        return [row for rows in self.rows.values() for row in rows]


def books(account: Account) -> Books:
    db.session.expunge_all()  # what was read before may be out of date
    found = Books(_all(account, Wallet), consumptions=_all(account, WalletConsumption))
    for row in _all(account, WalletTransaction):
        found.rows[row.wallet_id].append(row)
    found.invoices = {invoice.id: invoice for invoice in _all(account, Invoice)}
    found.noted = {one.invoice_id for one in _all(account, InvoiceMetadata) if one.key == WITH_NOTE}
    found.offsets = {one.invoice_id: one.created_at for one in _all(account, CreditNote) if one.offset_amount_cents}
    return found


def _all(account: Account, model: Any) -> Sequence[Any]:
    """Its bare columns: of what refers to them nothing is read."""
    table = model.__table__
    query = select(table).where(table.c.organization_id == account.organization.id).order_by(table.c.seq)
    return db.session.execute(query).all()


def wrong_books(account: Account) -> list[str]:
    """What does not agree; of an account with one customer, whose wallets are all traceable."""
    found = books(account)
    wrong = [f"{wallet.code} {text}" for wallet in found.wallets for text in _wrong_wallet(found, wallet)]
    parts = (_wrong_consumptions, _wrong_purchases, _wrong_invoices, _wrong_returns)
    return [*wrong, *(text for part in parts for text in part(found))]


def _wrong_wallet(found: Books, wallet: Wallet) -> Iterator[str]:
    """The balance is the sum of the ledger, and of what remains of incoming credits."""
    rows = found.rows[wallet.id]
    settled = [row for row in rows if row.status == "settled"]
    cents = sum(SIGNS[row.transaction_type] * row.amount_cents for row in settled)
    credits = sum((SIGNS[row.transaction_type] * row.credit_amount for row in settled), Decimal(0))
    remaining = sum(row.remaining_amount_cents or 0 for row in settled if row.transaction_type == "inbound")
    if not (wallet.traceable and wallet.balance_cents == cents == remaining >= 0):
        yield f"has {wallet.balance_cents}, by its ledger {cents}, remaining {remaining}"
    if wallet.credits_balance != credits:
        yield f"has {wallet.credits_balance} credits, by its ledger {credits}"
    if (wallet.consumed_credits, wallet.consumed_amount_cents) != (used := _consumed(wallet, rows)):
        yield f"has consumed {wallet.consumed_credits} {wallet.consumed_amount_cents}, by its ledger {used}"
    if any(row.remaining_amount_cents is not None for row in rows if row not in settled):
        yield "has something left of what is not settled"


def _consumed(wallet: Wallet, rows: Sequence[WalletTransaction]) -> tuple[Decimal, int]:
    """What went out, less what came back with voided invoices, in order (05 §1.10)."""
    credits, cents = Decimal(0), 0
    for row in rows:
        if row.transaction_type == "outbound":
            credits, cents = credits + row.credit_amount, cents + row.amount_cents
        elif row.voided_invoice_id:
            left = credits - row.credit_amount
            exact = (left * wallet.rate_amount * 100).to_integral_value(ROUND_FLOOR)
            credits, cents = max(Decimal(0), left), max(0, int(exact))
    return credits, cents


def _wrong_consumptions(found: Books) -> Iterator[str]:
    """Nothing is spent that was not there, and nothing twice: what was used of each incoming row is what it has not
    left, and each outgoing row has used up just what it is worth, of its own wallet."""
    used, using = Counter[UUID](), Counter[UUID]()
    rows = {row.id: row for row in found.all_rows}
    for one in found.consumptions:
        used[one.inbound_id] += one.amount_cents
        using[one.outbound_id] += one.amount_cents
        if rows[one.inbound_id].wallet_id != rows[one.outbound_id].wallet_id:
            yield f"{one.id} is of two wallets"
    for row in rows.values():
        if row.transaction_type == "outbound" and using[row.id] != row.amount_cents:
            yield f"{row.amount_cents} went out of {using[row.id]}"
        if row.transaction_type == "inbound" and used[row.id] != row.amount_cents - _left(row):
            yield f"of {row.amount_cents} {row.status} {used[row.id]} were used and {_left(row)} are left"


def _left(row: WalletTransaction) -> int:
    return row.remaining_amount_cents or 0 if row.status == "settled" else row.amount_cents


def _wrong_purchases(found: Books) -> Iterator[str]:
    """Credits are there once their invoice is paid, and not before; each has one invoice, of its amount."""
    bought = [row for row in found.all_rows if row.transaction_status == "purchased"]
    sold = Counter(row.invoice_id for row in bought)
    for row in bought:
        invoice = found.invoices.get(row.invoice_id) if row.invoice_id else None
        if invoice is None or sold[row.invoice_id] != 1 or invoice.total_amount_cents != row.amount_cents:
            yield f"{row.amount_cents} were bought with {invoice}"
        elif (invoice.payment_status, row.status) not in _AS_PAID[_is_offset(found, row)]:
            yield f"{row.amount_cents} are {row.status} of an invoice that is {invoice.payment_status}"
    for invoice in found.invoices.values():
        if invoice.invoice_type == "credit" and not sold[invoice.id]:
            yield f"{invoice.number} has sold nothing"


def _is_offset(found: Books, row: WalletTransaction) -> bool:
    """Whether a credit note took the place of its payment. One that was settled before stays so (05 §1.9)."""
    noted_at = found.offsets.get(row.invoice_id)
    return noted_at is not None and (row.settled_at is None or row.settled_at >= noted_at)


_AS_PAID = {
    False: {("pending", "pending"), ("failed", "failed"), ("failed", "settled"), ("succeeded", "settled")},
    True: {("succeeded", "failed"), ("failed", "failed")},
}
"""Payment status of an invoice and status of its credits; True: a credit note has settled it."""


def _wrong_invoices(found: Books) -> Iterator[str]:
    """What wallets have paid of an invoice is in their ledgers, split by where it came from."""
    paid, origins = Counter[Any](), Counter[Any]()
    rows = {row.id: row for row in found.all_rows}
    for row in rows.values():
        if row.transaction_status == "invoiced":
            paid[row.invoice_id] += row.amount_cents
    for one in found.consumptions:
        if rows[one.outbound_id].transaction_status == "invoiced":
            origins[rows[one.outbound_id].invoice_id, rows[one.inbound_id].transaction_status] += one.amount_cents
    for invoice in found.invoices.values():
        told = (
            invoice.prepaid_credit_amount_cents, invoice.prepaid_granted_credit_amount_cents,
            invoice.prepaid_purchased_credit_amount_cents,
        )
        due = (paid[invoice.id], origins[invoice.id, "granted"] or None, origins[invoice.id, "purchased"] or None)
        if told != due:
            yield f"{invoice.number} was paid {told}, by the ledger {due}"
        before = invoice.sub_total_including_taxes_amount_cents - invoice.credit_notes_amount_cents
        if invoice.total_amount_cents != before - paid[invoice.id] or invoice.total_amount_cents < 0:
            yield f"{invoice.number} is {invoice.total_amount_cents} of {before} after {paid[invoice.id]}"


def _wrong_returns(found: Books) -> Iterator[str]:
    """A voided invoice has given back, once, what each wallet that was active then had paid of it; no other has."""
    ends = {wallet.id: wallet.terminated_at for wallet in found.wallets}
    given = Counter((row.wallet_id, row.voided_invoice_id) for row in found.all_rows if row.voided_invoice_id)
    back = {(row.wallet_id, row.voided_invoice_id): row.amount_cents for row in found.all_rows if row.voided_invoice_id}
    due = {}
    for row in found.all_rows:
        invoice = found.invoices[row.invoice_id] if row.invoice_id else None
        if invoice and row.transaction_status == "invoiced" and invoice.voided_at:
            end = ends[row.wallet_id]
            if invoice.id not in found.noted and (end is None or end > invoice.voided_at):
                due[row.wallet_id, invoice.id] = row.amount_cents
    if back != due or set(given.values()) > {1}:
        yield f"given back {back}, due {due}"


def ledger(account: Account) -> list[Any]:
    """All wallets with their rows, as they are to be whichever way they came about; ids and numbers aside."""
    found = books(account)
    kinds = {invoice.id: invoice.invoice_type for invoice in found.invoices.values()}
    return [
        (
            wallet.code, wallet.status, wallet.terminated_at, wallet.balance_cents, wallet.credits_balance,
            wallet.ongoing_usage_balance_cents, wallet.consumed_credits,
            [
                (
                    row.created_at, row.transaction_status, row.status, row.source, row.amount_cents, row.credit_amount,
                    row.remaining_amount_cents, row.settled_at, row.rule_date, row.invoice_id and kinds[row.invoice_id],
                )
                for row in found.rows[wallet.id]
            ],
        )
        for wallet in found.wallets
    ]
