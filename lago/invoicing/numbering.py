"""Invoice numbers: without gap, by customer or by billing entity (04 §3)."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from lago.core import clock
from lago.core.db import db, lock
from lago.invoicing.models import Invoice


def draft_number(prefix: str) -> str:
    """What stands in for a number until there is one."""
    return f"{prefix}-DRAFT"


def assign_number(invoice: Invoice) -> None:
    """Gives the invoice the next number of its sequence, which stays locked to the end of the transaction."""
    entity = invoice.billing_entity
    lock(f"invoice numbers {invoice.customer_id} {entity.id}")
    invoice.sequential_id = _next_of_customer(invoice)
    if entity.document_numbering == "per_customer" or invoice.self_billed:
        rank = f"{invoice.customer.sequential_id:03}-{invoice.sequential_id:03}"
    else:
        lock(f"invoice numbers {entity.id}")
        invoice.billing_entity_sequential_id = _next_of_entity(invoice)
        month = clock.now().astimezone(ZoneInfo(entity.timezone))
        rank = f"{month:%Y%m}-{invoice.billing_entity_sequential_id:03}"
    invoice.number = f"{entity.document_number_prefix}-{rank}"


def _next_of_customer(invoice: Invoice) -> int:
    same = (Invoice.customer_id == invoice.customer_id, Invoice.billing_entity_id == invoice.billing_entity_id)
    return (_scalar(select(func.max(Invoice.sequential_id)).where(*same)) or 0) + 1


def _next_of_entity(invoice: Invoice) -> int:
    """One after the entity's highest; where its latest number is of another kind, one after the count of them all."""
    numbered = (
        Invoice.billing_entity_id == invoice.billing_entity_id,
        Invoice.sequential_id.is_not(None),
        Invoice.self_billed.is_(False),
    )
    latest = select(Invoice.billing_entity_sequential_id).where(*numbered)
    latest = latest.order_by(Invoice.finalized_at.desc(), Invoice.seq.desc()).limit(1)
    highest = _scalar(select(func.max(Invoice.billing_entity_sequential_id)).where(*numbered)) or 0
    if _scalar(latest) is not None:
        return highest + 1
    return max(highest, _scalar(select(func.count()).where(*numbered)) or 0) + 1


def _scalar(query: Any) -> int | None:
    value: int | None = db.session.scalar(query)
    return value
