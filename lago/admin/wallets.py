"""Wallets of prepaid credits: the list, and a page for each with its ledger (05 §1)."""

import uuid
from collections.abc import Sequence
from typing import Any

from lago.admin.pages import asked_for, current_organization, found, one_of, page, paged, show, text
from lago.admin.wallet_chart import balance_chart
from lago.admin.wallet_words import FEE_TYPES, KINDS, LedgerRow, filled_by, what, when_of
from lago.core.ids import as_uuid
from lago.customers.browse import find_customer
from lago.invoicing.browse_wallets import credit_note_named, invoices_by_id
from lago.wallets.browse import (
    LedgerFilter,
    WalletFilter,
    alerts_on,
    browse_wallets,
    counterparts_of,
    currencies_of_wallets,
    find_wallet,
    find_wallet_transaction,
    ledger_of,
    pending_cents,
)
from lago.wallets.models import Wallet, WalletTransaction

STATUSES = ("active", "terminated")
TRANSACTION_STATUSES = ("settled", "pending", "failed")


@page("GET", "/wallets", needs="wallets:view")
def wallets() -> str:
    organization = current_organization()
    customer_id = as_uuid(text("customer"))
    customer = find_customer(organization.id, customer_id) if customer_id else None
    chosen = WalletFilter(
        search=text("search"), currency=text("currency"), status=one_of("status", STATUSES),
        customer_id=customer.id if customer else None,
    )
    listed = paged(browse_wallets(organization.id, chosen))
    return show(
        "wallets/list.html", "wallets/_list.html", page=listed, wallets=listed.items, chosen=chosen,
        customer=customer, filtered=chosen != WalletFilter(), statuses=STATUSES,
        currencies=currencies_of_wallets(organization.id),
    )


@page("GET", "/wallets/<uuid:wallet_id>", needs="wallets:view")
def wallet(wallet_id: uuid.UUID) -> str:
    record = own_wallet(wallet_id)
    chosen = LedgerFilter(one_of("kind", tuple(KINDS)), one_of("status", TRANSACTION_STATUSES))
    ledger = paged(ledger_of(record, chosen))
    told = {"wallet": record, "page": ledger, "rows": ledger_rows(record, ledger.items), "chosen": chosen}
    told |= {"filtered": chosen != LedgerFilter(), "kinds": KINDS, "statuses": TRANSACTION_STATUSES}
    if asked_for("ledger"):
        return show("wallets/show.html", "wallets/_ledger.html", **told)
    return show(
        "wallets/show.html", **told, chart=balance_chart(record), pending=pending_cents(record),
        fee_types=FEE_TYPES, alerts=alerts_on(record), when_of=when_of, filled_by=filled_by,
    )


@page("GET", "/wallets/<uuid:wallet_id>/transactions/<uuid:transaction_id>", needs="wallets:view")
def wallet_transaction(wallet_id: uuid.UUID, transaction_id: uuid.UUID) -> str:
    record = own_wallet(wallet_id)
    transaction = found(find_wallet_transaction(record, transaction_id), "wallet_transaction")
    listed = paged(counterparts_of(transaction))
    others = [one.outbound if transaction.transaction_type == "inbound" else one.inbound for one in listed.items]
    (row,) = ledger_rows(record, [transaction])
    return show(
        "wallets/transaction.html", "wallets/_counterparts.html" if asked_for("counterparts") else None,
        wallet=record, row=row, page=listed, what=what,
        parts=list(zip(listed.items, ledger_rows(record, others), strict=True)),
        credit_note=credit_note_named(record.organization_id, transaction.credit_note_id),
    )


def ledger_rows(wallet: Wallet, transactions: Sequence[WalletTransaction]) -> list[LedgerRow]:
    """The transactions with the invoices that they are about."""
    ids = [one.invoice_id or one.voided_invoice_id for one in transactions]
    known: dict[Any, Any] = {**invoices_by_id(wallet.organization_id, ids)}
    return [LedgerRow(one, known.get(invoice_id)) for one, invoice_id in zip(transactions, ids, strict=True)]


def own_wallet(wallet_id: uuid.UUID) -> Wallet:
    return found(find_wallet(current_organization().id, wallet_id), "wallet")
