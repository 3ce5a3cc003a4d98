"""The record of a payment request, and what follows it (05 §2.5)."""

from collections.abc import Sequence

from lago.core.db import db
from lago.core.outbox import announce
from lago.customers.models import Customer
from lago.invoicing.models import Invoice
from lago.payments.models import DunningCampaign, PaymentRequest, PaymentRequestInvoice
from lago.payments.requests.ask import ask


def add_request(
    customer: Customer, invoices: Sequence[Invoice], *, email: str | None, campaign: DunningCampaign | None = None
) -> PaymentRequest:
    """A request for what is now due of these invoices, of one currency; after the commit the customer is asked."""
    request = PaymentRequest(
        organization_id=customer.organization_id, customer=customer, dunning_campaign=campaign, email=email,
        amount_cents=sum(invoice.total_due_amount_cents for invoice in invoices),
        amount_currency=invoices[0].currency,
        applied_invoices=[_asked_for(invoice) for invoice in invoices],
    )
    db.session.add(request)
    db.session.flush()
    announce("payment_request.created", request)
    ask(request)
    return request


def _asked_for(invoice: Invoice) -> PaymentRequestInvoice:
    return PaymentRequestInvoice(organization_id=invoice.organization_id, invoice=invoice)
