"""Finding invoices by their number, for the search over everything."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Row, select

from lago.core.db import db
from lago.core.search import begins_with, in_order
from lago.customers.models import Customer
from lago.invoicing.models import VISIBLE_STATUSES, Invoice

COLUMNS = (
    Invoice.id, Invoice.number, Invoice.status, Invoice.currency, Invoice.total_amount_cents, Customer.name,
    Customer.firstname, Customer.lastname, Customer.legal_name, Customer.external_id,
)


def search_invoices(organization_id: uuid.UUID, wanted: str, most: int) -> Sequence[Row]:
    """Up to `most` visible invoices whose number begins with `wanted`, in the order of numbers, with the customer's
    names."""
    query = select(*COLUMNS).join(Customer, Customer.id == Invoice.customer_id).where(
        Invoice.organization_id == organization_id, Invoice.status.in_(VISIBLE_STATUSES),
        begins_with(Invoice.number, wanted),
    )
    return db.session.execute(query.order_by(in_order(Invoice.number)).limit(most)).all()
