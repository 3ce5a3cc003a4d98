"""Invoices of customers whose VAT number is being asked for: their taxes are not known yet (04 §5, §7)."""

from collections.abc import Iterable, Sequence

from lago.core.db import db
from lago.customers.queries import awaited_checks
from lago.invoicing.models import ONE_OFF, PROGRESSIVE_BILLING, Invoice
from lago.invoicing.tax_fees import put_taxes

_TAXED = ("subscription", PROGRESSIVE_BILLING, ONE_OFF)


def wait_for_taxes(invoices: Sequence[Invoice]) -> list[Invoice]:
    """Puts off those that are to be finalized while a check goes on: pending, without number and taxes, with the
    coupons that were used on them. Returns those that can go on, the others are stored."""
    waiting = awaiting_taxes(invoices)
    for invoice in waiting:
        leave_untaxed(invoice)
        invoice.status = "pending"
        invoice.payment_status = "pending"
    if waiting:
        db.session.add_all(waiting)
        db.session.flush()
    return [invoice for invoice in invoices if invoice not in waiting]


def awaiting_taxes(invoices: Iterable[Invoice]) -> list[Invoice]:
    """Those whose customers are asked about, if their billing entities manage the EU's taxes. One query, if any."""
    managed = [
        one for one in invoices if one.invoice_type in _TAXED and one.customer.billing_entity.eu_tax_management
    ]
    awaited = awaited_checks({one.customer_id for one in managed}) if managed else set()
    return [one for one in managed if one.customer_id in awaited]


def leave_untaxed(invoice: Invoice) -> None:
    """Takes the taxes off an invoice that waits for them."""
    invoice.tax_status = "pending"
    put_taxes(invoice, invoice.fees, [[] for _ in invoice.fees])
