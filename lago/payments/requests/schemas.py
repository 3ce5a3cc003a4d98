"""Payment requests as the API and webhooks show them (05 §2.5)."""

import uuid
from collections.abc import Collection
from typing import Any

from marshmallow import Schema, fields

from lago.core.fields import Moment
from lago.customers.schemas import CustomerSchema
from lago.invoicing.schemas import InvoiceSchema
from lago.payments.models import Payment, PaymentRequest


class PaymentRequestSchema(Schema):
    """The request with its customer and invoices. `with_pdf`: the invoices whose PDF has been made."""

    lago_id = fields.UUID(attribute="id")
    amount_cents = fields.Raw()
    amount_currency = fields.Raw()
    email = fields.Raw()
    payment_status = fields.Raw()
    created_at = Moment()
    customer = fields.Nested(CustomerSchema())
    invoices = fields.Method("dump_invoices")

    def __init__(self, *, with_pdf: Collection[uuid.UUID] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.with_pdf = with_pdf

    def dump_invoices(self, request: PaymentRequest) -> Any:
        rows = [applied.invoice for applied in request.applied_invoices]
        return InvoiceSchema(with_pdf=self.with_pdf).dump(rows, many=True)


def payment_failure_object(payment: Payment) -> dict[str, Any]:
    """What endpoints are told of an attempt at a payment request that was refused (06 §4.4)."""
    request = payment.payment_request
    return {
        "lago_payment_request_id": str(payment.payment_request_id),
        "lago_invoice_ids": [str(one.invoice_id) for one in request.applied_invoices] if request else [],
        "lago_customer_id": str(payment.customer_id),
        "external_customer_id": payment.customer.external_id,
        "provider_customer_id": payment.provider_customer_id,
        "payment_provider": payment.provider,
        "payment_provider_code": payment.provider_code,
        "provider_error": {"message": payment.error_code, "error_code": payment.error_code},
    }
