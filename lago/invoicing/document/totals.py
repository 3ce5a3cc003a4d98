"""The block between the lines of an invoice and its total (04 §17)."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from lago.invoicing.document.values import Cents, Percent, Phrase, TotalRow
from lago.invoicing.models import Invoice
from lago.invoicing.models.applied_taxes import AppliedTax
from lago.pricing.rounding import double_to_decimal


def total_rows_of(invoice: Invoice) -> tuple[TotalRow, ...]:
    """Discounts, subtotal, taxes, subtotal with them, credits used; only the total for a purchase of credits."""
    if invoice.invoice_type == "credit":
        return ()
    return (
        *_deducted("total_progressive", invoice.progressive_billing_credit_amount_cents),
        *_coupons(invoice),
        _subtotal("total_without_tax", invoice.sub_total_excluding_taxes_amount_cents),
        *tax_rows([(tax, tax.fees_amount_cents) for tax in invoice.applied_taxes]),
        _subtotal("total_with_tax", invoice.sub_total_including_taxes_amount_cents),
        *_deducted("total_credit_notes", invoice.credit_notes_amount_cents),
        *_prepaid(invoice),
    )


def _coupons(invoice: Invoice) -> Iterator[TotalRow]:
    """One row per coupon in the order of use, with its rate, or with its amount where that is fixed."""
    for credit in invoice.credits:
        applied = credit.applied_coupon
        if applied:
            is_percentage = applied.coupon.coupon_type == "percentage"
            worth = Percent(applied.percentage_rate or Decimal(0), places=2) if is_percentage else Cents(
                applied.amount_cents or 0
            )
            label = Phrase("total_coupon", {"name": applied.coupon.name, "worth": worth})
            yield TotalRow(label, Cents(-credit.amount_cents))


def tax_rows(taxes: Iterable[tuple[AppliedTax, int]]) -> Iterator[TotalRow]:
    """One row per tax with its base in cents, the highest rate first; a row of zero where nothing is taxed."""
    found = sorted(taxes, key=lambda pair: -pair[0].tax_rate)
    for tax, base in found:
        rate = Percent(double_to_decimal(tax.tax_rate))
        label = Phrase("total_tax", {"name": tax.tax_name, "rate": rate, "base": Cents(base)})
        yield TotalRow(label, Cents(tax.amount_cents))
    if not found:
        yield TotalRow(Phrase("total_no_tax", {"rate": Percent(Decimal(0))}), Cents(0))


def _prepaid(invoice: Invoice) -> Iterator[TotalRow]:
    """Wallet credits: free and purchased ones apart where that is known."""
    granted, purchased = invoice.prepaid_granted_credit_amount_cents, invoice.prepaid_purchased_credit_amount_cents
    if granted is None and purchased is None:
        yield from _deducted("total_prepaid", invoice.prepaid_credit_amount_cents)
        return
    yield from _deducted("total_prepaid_granted", granted or 0)
    yield from _deducted("total_prepaid_purchased", purchased or 0)


def _subtotal(key: str, cents: int) -> TotalRow:
    return TotalRow(Phrase(key), Cents(cents), subtotal=True)


def _deducted(key: str, cents: int) -> Iterator[TotalRow]:
    if cents:
        yield TotalRow(Phrase(key), Cents(-cents))
