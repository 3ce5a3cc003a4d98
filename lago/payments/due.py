"""The kinds of due work of payments, in the order of one moment (06 §7)."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from lago.core.due import DueQuery, due_kind
from lago.invoicing.models import Invoice
from lago.payments.dunning.attempt import attempt
from lago.payments.mark_overdue import mark_overdue
from lago.payments.models import CustomerDunning


def _overdue() -> DueQuery:
    due = Invoice.overdue_due_at
    return select(Invoice.organization_id, Invoice.customer_id, due.label("due_at"))


@due_kind("payments.mark_overdue", rank=50, query=_overdue)
def mark_overdue_due(customer_ids: Sequence[uuid.UUID]) -> None:
    mark_overdue(customer_ids)


def _attempts() -> DueQuery:
    due = CustomerDunning.due_at
    return select(CustomerDunning.organization_id, CustomerDunning.customer_id, due.label("due_at"))


@due_kind("payments.dun", rank=85, query=_attempts)
def dun(customer_ids: Sequence[uuid.UUID]) -> None:
    attempt(customer_ids)
