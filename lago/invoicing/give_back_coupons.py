"""Coupons of an invoice that is voided are there again (04 §8.6, §14-3)."""

from lago.invoicing.models import Invoice
from lago.pricing.coupons import given_back


def give_back_coupons(invoice: Invoice) -> None:
    """Lets the customer, who is locked, use again what the invoice has used of his coupons; called once, when it is
    voided, or closed because its payment failed. Its credits stay on it, and no longer count."""
    for credit in invoice.credits:
        applied = credit.applied_coupon
        if applied is None:
            continue
        is_over = applied.coupon.status == "terminated"
        left = given_back(applied.frequency, applied.frequency_duration_remaining or 0, is_over=is_over)
        if applied.frequency == "recurring":
            applied.frequency_duration_remaining = left.invoices_left
        if not left.is_used_up:
            applied.status, applied.terminated_at = "active", None
