"""The amounts of an invoice: fees, credits before taxes, taxes, credits after taxes (04 §5). Amounts in cents."""

from collections.abc import Sequence

from lago.pricing.taxes import invoice_taxes
from lago.pricing.values import TaxedLine, Totals


def totals(
    lines: Sequence[TaxedLine],
    *,
    progressive_billing_credit_amount_cents: int = 0,
    coupons_amount_cents: int = 0,
    credit_notes_amount_cents: int = 0,
    prepaid_credit_amount_cents: int = 0,
) -> Totals:
    """Steps S1, S5 and S8 of 04 §5 over lines that have gone through S2 to S4.

    Credit notes and wallets depend on the total before them: take that from a first call without them.
    """
    fees = sum(taxed.line.amount_cents for taxed in lines)
    excluding = fees - progressive_billing_credit_amount_cents - coupons_amount_cents
    taxes = invoice_taxes([taxed.line for taxed in lines], excluding)
    return Totals(
        fees,
        progressive_billing_credit_amount_cents,
        coupons_amount_cents,
        taxes,
        credit_notes_amount_cents,
        prepaid_credit_amount_cents,
    )
