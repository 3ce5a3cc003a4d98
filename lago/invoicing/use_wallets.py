"""Wallets pay invoices (05 §1.11, 04 §5 S7)."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, lazyload

from lago.core.db import db
from lago.invoicing.models import Fee, Invoice
from lago.metering.usage import TARGET_WALLET
from lago.pricing.wallet_allocation import FeeKey, PayingFee, allocate
from lago.wallets.models import Wallet, WalletConsumption, WalletTransaction
from lago.wallets.scope import scope_of
from lago.wallets.take import Take, take_all

_PAID_BY_WALLETS = ("subscription", "progressive_billing")
"""Types of invoices that wallets pay (the table of 04 §5)."""


def use_wallets(invoices: Sequence[Invoice]) -> None:
    """Pays invoices that are being finalized, whose customers are locked, as far as the customers' wallets reach.

    A few queries for all. An invoice that wallets have paid of already is left alone; a unique index of the ledger is
    the last word (05 §1.11: `already_applied`).
    """
    unpaid = [one for one in invoices if _is_paid_by_wallets(one)]
    wallets = _filled_wallets({invoice.customer_id for invoice in unpaid}) if unpaid else {}
    paid = list(_pay(unpaid, wallets))
    if paid:
        db.session.add_all(unpaid)
        db.session.flush()  # the ledger refers to them
        _record_origins(unpaid, take_all([Take(wallet, cents, invoice.id) for invoice, wallet, cents in paid]))


def _is_paid_by_wallets(invoice: Invoice) -> bool:
    paid = invoice.invoice_type in _PAID_BY_WALLETS
    return paid and invoice.total_amount_cents > 0 and not invoice.prepaid_credit_amount_cents


def _filled_wallets(customer_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, list[Wallet]]:
    """The wallets of customers that have something, in the order in which they pay, as they are under the lock."""
    query = select(Wallet).where(
        Wallet.customer_id.in_(customer_ids), Wallet.status == "active", Wallet.balance_cents > 0
    )
    query = query.order_by(Wallet.priority, Wallet.created_at, Wallet.seq)
    query = query.options(lazyload(Wallet.customer), lazyload(Wallet.rules))
    found: dict[uuid.UUID, list[Wallet]] = defaultdict(list)
    for wallet in db.session.scalars(query.execution_options(populate_existing=True)):
        found[wallet.customer_id].append(wallet)
    return found


def _pay(
    invoices: Iterable[Invoice], wallets: Mapping[uuid.UUID, Sequence[Wallet]]
) -> Iterator[tuple[Invoice, Wallet, int]]:
    """What wallets pay of the invoices, one after the other; these owe that much less."""
    left = {wallet.id: wallet.balance_cents for some in wallets.values() for wallet in some}
    for invoice in invoices:
        for wallet, cents in paid_by(invoice, wallets.get(invoice.customer_id, ()), left):
            left[wallet.id] -= cents
            invoice.prepaid_credit_amount_cents += cents
            invoice.total_amount_cents -= cents
            yield invoice, wallet, cents


def paid_by(
    invoice: Invoice, wallets: Iterable[Wallet], balances: Mapping[uuid.UUID, int]
) -> list[tuple[Wallet, int]]:
    """How many cents of an invoice's total each of its customer's active wallets pays, of those that pay; `balances` by
    the ids of the wallets."""
    able = [one for one in wallets if one.currency == invoice.currency]
    parts = allocate(
        invoice.total_amount_cents, [_paying_fee(fee) for fee in invoice.fees],
        [(scope_of(wallet), balances[wallet.id]) for wallet in able],
    )
    return [(wallet, cents) for wallet, cents in zip(able, parts, strict=True) if cents]


def key_of(fee: Fee) -> FeeKey:
    """What decides which wallets may pay a fee."""
    if fee.charge is None:
        return FeeKey(fee.fee_type)
    target = fee.grouped_by.get(TARGET_WALLET) if fee.charge.accepts_target_wallet else None
    return FeeKey(fee.fee_type, fee.charge.billable_metric_id, target, fee.charge.accepts_target_wallet)


def _paying_fee(fee: Fee) -> PayingFee:
    return PayingFee(
        key_of(fee), fee.amount_cents - fee.precise_coupons_amount_cents, fee.taxes_precise_amount_cents,
        fee.precise_credit_notes_amount_cents,
    )


def _record_origins(invoices: Iterable[Invoice], outbounds: Sequence[WalletTransaction]) -> None:
    """How much of the prepaid credits was granted and how much purchased: where all wallets of the customer, ended ones
    too, keep track of it (05 §1.11.8)."""
    cents = _origins([outbound.id for outbound in outbounds])
    untraceable = _with_untraceable_wallets({invoice.customer_id for invoice in invoices})
    for invoice in invoices:
        if invoice.customer_id not in untraceable:
            invoice.prepaid_granted_credit_amount_cents = cents.get((invoice.id, "granted"))
            invoice.prepaid_purchased_credit_amount_cents = cents.get((invoice.id, "purchased"))


def _origins(outbound_ids: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID | None, str], int]:
    """The cents of these transactions by their invoice and where they come from."""
    inbound, outbound = aliased(WalletTransaction), aliased(WalletTransaction)
    columns = outbound.invoice_id, inbound.transaction_status
    query = (
        select(*columns, func.sum(WalletConsumption.amount_cents))
        .join(inbound, inbound.id == WalletConsumption.inbound_id)
        .join(outbound, outbound.id == WalletConsumption.outbound_id)
        .where(WalletConsumption.outbound_id.in_(outbound_ids))
        .group_by(*columns)
    )
    return {(invoice_id, origin): int(cents) for invoice_id, origin, cents in db.session.execute(query)}


def _with_untraceable_wallets(customer_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    query = select(Wallet.customer_id).where(Wallet.customer_id.in_(customer_ids), Wallet.traceable.is_(False))
    return set(db.session.scalars(query))
