"""Taxes on fees and invoices, as rows (04 §6.3, §6.4)."""

from collections.abc import Sequence
from typing import Any

from lago.catalog.models import Charge, Commitment, FixedCharge, Tax
from lago.invoicing.commitment import commitment_of
from lago.invoicing.models import Fee, FeeTax, Invoice, InvoiceTax
from lago.pricing.taxes import tax_line
from lago.pricing.totals import totals
from lago.pricing.values import Line, TaxedLine, Totals
from lago.subscriptions.taxes import TaxChoice, for_pricing

_TOTALS = (
    "fees_amount_cents", "progressive_billing_credit_amount_cents", "coupons_amount_cents",
    "sub_total_excluding_taxes_amount_cents", "taxes_amount_cents", "sub_total_including_taxes_amount_cents",
    "credit_notes_amount_cents", "prepaid_credit_amount_cents", "total_amount_cents",
)


def put_taxes(invoice: Invoice, fees: Sequence[Fee], chosen: Sequence[Sequence[Tax]]) -> None:
    """Gives the fees of an invoice the taxes that were chosen for each, and the invoice its taxes and totals (04 §5:
    S1, S4, S5, S8), after the credits before taxes."""
    lines, known = _tax_with(fees, chosen)
    progressive = sum(credit.amount_cents for credit in invoice.credits if credit.progressive_invoice)
    coupons = sum(credit.amount_cents for credit in invoice.credits if credit.applied_coupon)
    result = totals(lines, progressive_billing_credit_amount_cents=progressive, coupons_amount_cents=coupons)
    for name in _TOTALS:
        setattr(invoice, name, getattr(result, name))
    invoice.applied_taxes = _invoice_taxes(invoice, result, known)


def tax_fees(fees: Sequence[Fee], choice: TaxChoice) -> None:
    """Gives fees of subscriptions that stand on no invoice their taxes (04 §6.3)."""
    _tax_with(fees, chosen_for(fees, choice))


def chosen_for(fees: Sequence[Fee], choice: TaxChoice) -> list[Sequence[Tax]]:
    """The taxes of each fee of a subscription (04 §6.2)."""
    return [
        choice.of(fee.subscription.customer, fee.subscription.plan, _taxed_part(fee)) if fee.subscription else []
        for fee in fees
    ]


def _tax_with(fees: Sequence[Fee], chosen: Sequence[Sequence[Tax]]) -> tuple[list[TaxedLine], dict[str, Tax]]:
    """Returns the fees as lines, and the taxes by their codes."""
    known = {tax.code: tax for taxes in chosen for tax in taxes}
    lines = [
        tax_line(
            Line(fee.amount_cents, fee.precise_amount_cents, for_pricing(taxes), fee.precise_coupons_amount_cents)
        )
        for fee, taxes in zip(fees, chosen, strict=True)
    ]
    for fee, line in zip(fees, lines, strict=True):
        _put_fee_taxes(fee, line, known)
    return lines, known


def _taxed_part(fee: Fee) -> Charge | FixedCharge | Commitment | None:
    """The part of the plan that the fee is for."""
    return fee.charge or fee.fixed_charge or commitment_of(fee)


def _put_fee_taxes(fee: Fee, line: TaxedLine, known: dict[str, Tax]) -> None:
    fee.taxes_amount_cents = line.taxes_amount_cents
    fee.taxes_precise_amount_cents = line.taxes_precise_amount_cents
    fee.taxes_rate = float(line.taxes_rate)
    fee.applied_taxes = [
        FeeTax(
            organization_id=fee.organization_id, **_copied(known[applied.tax.code]),
            amount_cents=applied.amount_cents, precise_amount_cents=applied.precise_amount_cents,
        )
        for applied in line.applied_taxes
    ]


def _invoice_taxes(invoice: Invoice, result: Totals, known: dict[str, Tax]) -> list[InvoiceTax]:
    """What the invoice keeps of its taxes."""
    return [
        InvoiceTax(
            organization_id=invoice.organization_id, **_copied(known[applied.tax.code]),
            amount_cents=applied.amount_cents, fees_amount_cents=applied.fees_amount_cents,
        )
        for applied in result.taxes.applied_taxes
    ]


def _copied(tax: Tax) -> dict[str, Any]:
    """What a document keeps of a tax."""
    names = ("name", "code", "rate", "description")
    return {"tax_id": tax.id, **{f"tax_{name}": getattr(tax, name) for name in names}}
