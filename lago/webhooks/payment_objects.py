"""Objects of webhooks about payments that are shown nowhere else (06 §4.4)."""

from typing import Any

from lago.customers.schemas import CustomerSchema
from lago.invoicing.models import Invoice
from lago.invoicing.queries import with_pdf
from lago.invoicing.schemas import InvoiceSchema

NO_PROVIDER = {"code": "customer_must_have_payment_provider"}


def lost_dispute(invoice: Invoice) -> dict[str, Any]:
    """The invoice whose dispute was lost: under `invoice`, as the server sends it (06 §4.4), and by itself, as the
    contract describes it. `provider_error`, the reason, is known to no one."""
    shown = InvoiceSchema(with_pdf=with_pdf([invoice.id])).dump(invoice)
    shown["customer"] = CustomerSchema().dump(invoice.customer)
    return {**shown, "invoice": shown}


def refused_payment(invoice: Invoice) -> dict[str, Any]:
    """Why an invoice could not be charged: there is nobody to charge it (05 §2.3, §3.3)."""
    customer = invoice.customer
    return {
        "lago_invoice_id": str(invoice.id),
        "lago_customer_id": str(customer.id),
        "external_customer_id": customer.external_id,
        "provider_customer_id": None,
        "payment_provider": customer.payment_provider,
        "payment_provider_code": customer.payment_provider_code,
        "provider_error": None,
        "error_details": NO_PROVIDER,
    }
