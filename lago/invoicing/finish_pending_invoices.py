"""Invoices that waited until the taxes of their customer were known (04 §5, §7)."""

import uuid

from sqlalchemy import select

from lago.core.db import db, lock
from lago.invoicing.models import Invoice


def finish_pending_invoices(customer_id: uuid.UUID) -> None:
    """Gives them their taxes, and finalizes them, the oldest first."""
    lock(customer_id)
    query = select(Invoice).where(Invoice.customer_id == customer_id, Invoice.status == "pending")
    for _invoice in db.session.scalars(query.order_by(Invoice.seq)):
        raise NotImplementedError
