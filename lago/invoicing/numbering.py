"""Invoice numbers: without gap, by customer or by billing entity (04 §3)."""

import uuid
from collections.abc import Collection, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from lago.core import clock
from lago.core.db import db, lock
from lago.invoicing.models import Invoice


def draft_number(prefix: str) -> str:
    """What stands in for a number until there is one."""
    return f"{prefix}-DRAFT"


def assign_numbers(invoices: Sequence[Invoice]) -> None:
    """Gives each invoice, in this order, the next number of its sequence; sequences stay locked to the commit."""
    if not invoices:
        return
    together = [invoice for invoice in invoices if _counts_by_entity(invoice)]
    lock(*{f"invoice numbers {invoice.customer_id}" for invoice in invoices})
    lock(*{f"invoice numbers {invoice.billing_entity_id}" for invoice in together})
    by_customer = _highest_of_customers({invoice.customer_id for invoice in invoices})
    by_entity = {entity_id: _highest_of_entity(entity_id) for entity_id in {one.billing_entity_id for one in together}}
    for invoice in invoices:
        key = (invoice.customer_id, invoice.billing_entity_id)
        invoice.sequential_id = by_customer[key] = by_customer.get(key, 0) + 1
        if _counts_by_entity(invoice):
            by_entity[invoice.billing_entity_id] += 1
            invoice.billing_entity_sequential_id = by_entity[invoice.billing_entity_id]
        invoice.number = f"{invoice.billing_entity.document_number_prefix}-{_rank(invoice)}"


def _counts_by_entity(invoice: Invoice) -> bool:
    return invoice.billing_entity.document_numbering != "per_customer" and not invoice.self_billed


def _rank(invoice: Invoice) -> str:
    """`012-003`: the customer's rank and the invoice's; or `202506-041`: the month at the entity, its sequence."""
    if invoice.billing_entity_sequential_id is None:
        return f"{invoice.customer.sequential_id:03}-{invoice.sequential_id:03}"
    month = clock.now().astimezone(ZoneInfo(invoice.billing_entity.timezone))
    return f"{month:%Y%m}-{invoice.billing_entity_sequential_id:03}"


def _highest_of_customers(customer_ids: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, uuid.UUID], int]:
    """The highest number so far by customer and billing entity."""
    key = (Invoice.customer_id, Invoice.billing_entity_id)
    query = select(*key, func.max(Invoice.sequential_id)).where(
        Invoice.customer_id.in_(customer_ids), Invoice.sequential_id.is_not(None)
    )
    return {(row[0], row[1]): row[2] for row in db.session.execute(query.group_by(*key))}


def _highest_of_entity(entity_id: uuid.UUID) -> int:
    """The entity's highest number; where its latest invoice is numbered otherwise, at least the count of them all."""
    numbered = (
        Invoice.billing_entity_id == entity_id, Invoice.sequential_id.is_not(None), Invoice.self_billed.is_(False)
    )
    latest = select(Invoice.billing_entity_sequential_id).where(*numbered)
    latest = latest.order_by(Invoice.finalized_at.desc(), Invoice.seq.desc()).limit(1)
    highest = db.session.scalar(select(func.max(Invoice.billing_entity_sequential_id)).where(*numbered)) or 0
    if db.session.scalar(latest) is not None:
        return highest
    return max(highest, db.session.scalar(select(func.count()).where(*numbered)) or 0)
