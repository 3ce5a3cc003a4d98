"""The credit note for what a progressive invoice has billed too much (04 §5 S2.3, §9.7)."""

from decimal import Decimal

from lago.core.errors import NotAllowed
from lago.invoicing.credit_notes.add import add_credit_note
from lago.invoicing.credit_notes.amounts import Credited, amounts_of, creditable_by_fee, priced
from lago.invoicing.models import CreditNote, Invoice
from lago.pricing.credit_notes import Parts, excess_credit_cents, take_excess


def credit_progressive_excess(invoice: Invoice, amount_cents: int) -> CreditNote | None:
    """Credits so many cents, before tax, of the invoice's fees, the largest first; its customer is locked.

    None where no cent is left after coupons. Raises NotAllowed if the fees do not reach.
    """
    creditable = creditable_by_fee(invoice)
    fees = sorted(invoice.fees, key=lambda fee: -fee.amount_cents)
    taken = take_excess(amount_cents, [creditable[fee.id] for fee in fees])
    if taken is None:
        raise NotAllowed("creditable_amount_is_less_than_requested")
    items = [Credited(fee, Decimal(cents)) for fee, cents in zip(fees, taken, strict=True) if cents]
    credit = excess_credit_cents(amount_cents, priced(invoice, items))
    if not credit:
        return None
    return add_credit_note(invoice, items, amounts_of(invoice, items), Parts(credit=credit), automatic=True)
