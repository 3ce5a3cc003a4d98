"""What the payment of a top-up invoice brings about (05 §1.9)."""

from sqlalchemy import select

from lago.core.db import db
from lago.invoicing.buy_credits import issue_paid
from lago.invoicing.models import Fee, Invoice
from lago.wallets.fail import fail
from lago.wallets.models import WalletTransaction
from lago.wallets.settle import settle


def settle_top_up(invoice: Invoice) -> None:
    """Has the purchase of an invoice of type `credit`, whose customer is locked, follow the payment status that has
    just been set; nothing for other invoices. To do it again is to do nothing.

    An invoice that a credit note has settled gives no credits. One that was `open` until its payment is finalized.
    """
    if invoice.invoice_type != "credit":
        return
    purchase = purchase_of(invoice)
    if invoice.payment_status == "failed" or invoice.offset_amount_cents:
        fail(purchase)
    elif invoice.payment_status == "succeeded":
        settle(purchase)
        if invoice.status == "open":
            issue_paid(invoice)


def purchase_of(invoice: Invoice) -> WalletTransaction:
    """The transaction that an invoice of type `credit` sells; of a voided one too, which another was made for."""
    query = (
        select(WalletTransaction)
        .join(Fee, Fee.wallet_transaction_id == WalletTransaction.id)
        .where(Fee.invoice_id == invoice.id, Fee.deleted_at.is_(None))
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).one()
