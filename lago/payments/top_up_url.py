"""A page on which a customer may pay for credits that he buys (05 §1.9)."""

from lago.core.db import db
from lago.core.errors import Invalid
from lago.invoicing.models import Invoice
from lago.payments.payment_url import payment_url
from lago.wallets.models import WalletTransaction


def top_up_url(transaction: WalletTransaction) -> str:
    """The page for the invoice of a purchase. Raises Invalid where there is none, or nothing to be paid."""
    problem = _problem(transaction)
    if problem:
        raise Invalid({"base": [f"wallet_transaction_{problem}"]})
    return payment_url(db.session.get_one(Invoice, transaction.invoice_id))


def _problem(transaction: WalletTransaction) -> str | None:
    if transaction.transaction_status != "purchased":
        return "not_purchased"
    if transaction.status == "settled":
        return "already_settled"
    return None if transaction.invoice_id else "has_no_attached_invoice"
