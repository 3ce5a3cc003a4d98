"""Credit notes on purchases of prepaid credits: what the wallet has left of them goes back, or they fail (04 §9.2)."""

from lago.core.errors import NotAllowed
from lago.invoicing.models import CreditNote, Invoice
from lago.invoicing.settle_top_up import purchase_of
from lago.pricing.credit_notes import Parts
from lago.pricing.wallet_amounts import of_cents
from lago.wallets.balance import rate_of
from lago.wallets.enter import outbound, tell_created, withdraw

PURCHASE = "credit"
_REFUSED = "invalid_type_or_status"


def check_purchase(invoice: Invoice, parts: Parts) -> None:
    """Raises NotAllowed for a purchase of credits, unless its wallet is active and it is paid, or it is an offset alone
    that is wanted. Other invoices pass."""
    if invoice.invoice_type != PURCHASE:
        return
    is_offset = parts.offset > 0 and not parts.credit and not parts.refund
    if not _has_active_wallet(invoice) or not (invoice.payment_status == "succeeded" or is_offset):
        raise NotAllowed(_REFUSED)


def check_paid_purchase(invoice: Invoice) -> None:
    """The same where an offset cannot be wanted: it must be paid."""
    check_purchase(invoice, Parts())


def left_of_purchase(invoice: Invoice) -> int | None:
    """The cents that the wallet still has of a paid purchase of credits; None if that limits nothing."""
    if invoice.invoice_type != PURCHASE:
        return None
    purchase = purchase_of(invoice)
    if purchase.status != "settled":
        return None
    traced, balance = purchase.remaining_amount_cents, purchase.wallet.balance_cents
    return max(0, balance) if traced is None else traced


def void_refunded(note: CreditNote) -> None:
    """Takes what a stored note pays back of a purchase out of the wallet, whose customer is locked: of that purchase
    alone, where the wallet is traceable (05 §1.15)."""
    purchase = purchase_of(note.invoice)
    worth = of_cents(note.refund_amount_cents, rate_of(purchase.wallet))
    row = outbound(purchase.wallet, worth, transaction_status="voided", credit_note_id=note.id)
    withdraw([row], only=purchase)
    tell_created([row])


def _has_active_wallet(invoice: Invoice) -> bool:
    return purchase_of(invoice).wallet.status == "active"
