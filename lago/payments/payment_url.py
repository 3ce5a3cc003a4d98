"""A page on which a customer may pay an invoice (05 §2.9)."""

from lago.core.errors import Invalid
from lago.invoicing.models import Invoice
from lago.payments.providers import provider_of


def payment_url(invoice: Invoice) -> str:
    """The page of the customer's provider. Raises Invalid where there is none, or nothing to be paid."""
    provider = provider_of(invoice.customer)
    if provider is None:
        raise Invalid({"base": ["no_linked_payment_provider"]})
    if invoice.status in ("draft", "voided") or invoice.payment_status == "succeeded":
        raise Invalid({"base": ["invalid_invoice_status_or_payment_status"]})
    return provider.payment_url(invoice)
