"""Payments as the API and webhooks show them (05 §2.1)."""

from collections.abc import Sequence

from marshmallow import Schema, fields

from lago.core.fields import Moment
from lago.invoicing.models import Invoice
from lago.payments.models import Payment
from lago.payments.providers import PROVIDERS


class PaymentSchema(Schema):
    """A payment, with the invoices that it is for: one, or those of a payment request."""

    lago_id = fields.UUID(attribute="id")
    lago_customer_id = fields.UUID(attribute="customer_id")
    external_customer_id = fields.Raw(attribute="customer.external_id")
    invoice_ids = fields.Function(lambda payment: [str(invoice.id) for invoice in invoices_of(payment)])
    invoice_numbers = fields.Function(lambda payment: [invoice.number for invoice in invoices_of(payment)])
    lago_payable_id = fields.Function(lambda payment: str(payment.invoice_id or payment.payment_request_id))
    payable_type = fields.Function(lambda payment: "Invoice" if payment.invoice_id else "PaymentRequest")
    amount_cents = fields.Raw()
    amount_currency = fields.Raw()
    status = fields.Raw()
    payment_status = fields.Raw()
    type = fields.Raw(attribute="payment_type")
    reference = fields.Raw()
    payment_provider_code = fields.Raw(attribute="provider_code")
    payment_provider_type = fields.Method("dump_provider_type")
    external_payment_id = fields.Function(lambda payment: payment.provider_payment_id)
    provider_payment_id = fields.Raw()
    provider_customer_id = fields.Raw()
    next_action = fields.Raw()
    created_at = Moment()

    def dump_provider_type(self, payment: Payment) -> str | None:
        return PROVIDERS[payment.provider].api_type if payment.provider else None


def invoices_of(payment: Payment) -> Sequence[Invoice]:
    """What the money is for."""
    if payment.invoice is not None:
        return [payment.invoice]
    request = payment.payment_request
    return [applied.invoice for applied in request.applied_invoices] if request else []
