"""A voided invoice gives wallets back what they paid of it (05 §1.15)."""

from sqlalchemy import Select, select

from lago.core.db import db
from lago.invoicing.models import Invoice
from lago.pricing.wallet_amounts import Worth
from lago.wallets.balance import note_return
from lago.wallets.enter import inbound, tell_created
from lago.wallets.models import Wallet, WalletTransaction


def recredit(invoice: Invoice) -> None:
    """Grants each active wallet, for an invoice whose customer is locked, the credits that it has paid, whatever their
    origin. Once: what was given back already is not given again."""
    for paid in db.session.scalars(_to_return(invoice)).all():
        wallet = paid.wallet
        worth = Worth(paid.credit_amount, paid.amount, paid.amount_cents)
        given = inbound(
            wallet, worth, transaction_status="granted", status="settled", voided_invoice_id=invoice.id,
        )
        tell_created([given])
        note_return(wallet, paid.credit_amount)


def _to_return(invoice: Invoice) -> Select[WalletTransaction]:
    row = WalletTransaction
    wallets = select(row.wallet_id).where(row.invoice_id == invoice.id, row.transaction_status == "invoiced")
    done = select(row.wallet_id).where(row.wallet_id.in_(wallets), row.voided_invoice_id == invoice.id)
    return (
        select(row)
        .join(row.wallet)
        .where(
            row.invoice_id == invoice.id, row.transaction_status == "invoiced", Wallet.status == "active",
            row.wallet_id.not_in(done),
        )
        .order_by(row.seq)
        .execution_options(populate_existing=True)
    )
