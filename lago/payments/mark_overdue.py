"""Invoices that were not paid in time become overdue (05 §2.4)."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce
from lago.invoicing.models import Invoice
from lago.payments.dunning.look import look_again


def mark_overdue(customer_ids: Sequence[uuid.UUID]) -> None:
    """Marks what is due to be overdue by now of these customers, who are locked, tells of each, and has their dunning
    looked at."""
    due = select(Invoice).where(Invoice.customer_id.in_(customer_ids), Invoice.overdue_due_at <= clock.now())
    overdue = db.session.scalars(due.order_by(Invoice.seq).options(lazyload("*"))).all()
    for invoice in overdue:
        invoice.payment_overdue, invoice.overdue_due_at = True, None
        announce("invoice.payment_overdue", invoice)
    db.session.flush()
    look_again(list({invoice.customer_id for invoice in overdue}))
