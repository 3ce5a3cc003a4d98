"""An invoice whose taxes could not be found out is tried again (04 §12)."""

from lago.core.db import db
from lago.core.errors import NotAllowed
from lago.core.outbox import enqueue
from lago.customers.hold import hold
from lago.invoicing.models import Invoice
from lago.organizations.models import Organization


def retry(invoice: Invoice, organization: Organization) -> None:
    """Has it wait for its taxes again, and made final once they are known. Raises NotAllowed unless it has failed."""
    hold(invoice.customer_id, organization)
    db.session.refresh(invoice)
    if invoice.status != "failed":
        raise NotAllowed("invalid_status")
    invoice.status = invoice.tax_status = "pending"
    enqueue(
        "invoicing.finish_pending_invoices", organization_id=invoice.organization_id, customer_id=invoice.customer_id
    )
