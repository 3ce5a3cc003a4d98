"""Taxes on fees and invoices, as rows (04 §6.3, §6.4)."""

from collections.abc import Sequence
from typing import Any

from lago.catalog.models import Charge, Commitment, FixedCharge, Tax
from lago.invoicing.commitment import commitment_of
from lago.invoicing.models import Fee, FeeTax, Invoice, InvoiceTax
from lago.pricing.taxes import tax_line
from lago.pricing.values import Line, TaxedLine, Totals
from lago.subscriptions.taxes import TaxChoice, for_pricing


def tax_fees(fees: Sequence[Fee], choice: TaxChoice) -> tuple[list[TaxedLine], dict[str, Tax]]:
    """Gives fees their taxes (04 §6.3). Returns them as lines, and the taxes by their codes."""
    chosen = [
        choice.of(fee.subscription.customer, fee.subscription.plan, _taxed_part(fee)) if fee.subscription else []
        for fee in fees
    ]
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


def invoice_taxes(invoice: Invoice, result: Totals, known: dict[str, Tax]) -> list[InvoiceTax]:
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
