"""A client asks for the money of an invoice once more (05 §2.3)."""

from collections.abc import Mapping
from typing import Any

from lago.core.errors import NotAllowed
from lago.core.outbox import announce
from lago.invoicing.models import Invoice
from lago.payments.providers import provider_of
from lago.subscriptions.payment_method import payment_method_type

SETTLED_STATUSES = ("draft", "voided")


def retry_payment(invoice: Invoice, data: Mapping[str, Any]) -> None:
    """Asks the customer's provider; where there is none, that is told.

    Raises NotAllowed for an invoice that has nothing to be paid or for which a payment is under way, Invalid for a
    payment method that nobody knows.
    """
    if invoice.status in SETTLED_STATUSES or invoice.payment_status == "succeeded":
        raise NotAllowed("invalid_status")
    if not invoice.ready_for_payment_processing:
        raise NotAllowed("payment_processor_is_currently_handling_payment")
    payment_method_type(data.get("payment_method"))
    if provider_of(invoice.customer) is None:
        announce("invoice.payment_failure", invoice)
