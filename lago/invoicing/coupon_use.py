"""What invoices have taken of the coupons of customers."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import func, select

from lago.core.db import db
from lago.coupons.models import AppliedCoupon
from lago.invoicing.models import Invoice, InvoiceCredit
from lago.pricing.coupons import remaining_cents

_GIVEN_BACK = ("voided", "closed", "deleted")
"""Statuses of invoices whose coupons were given back (04 §8.2)."""


def is_used_by_amount(applied: AppliedCoupon) -> bool:
    """Whether an invoice leaves the rest of its amount for the next one: a fixed one that is used once."""
    return applied.frequency == "once" and applied.coupon.coupon_type == "fixed_amount"


def remaining_of(some: Collection[AppliedCoupon]) -> dict[uuid.UUID, int]:
    """What is left of those that are used by amount, in cents, by their ids."""
    ones = [applied for applied in some if is_used_by_amount(applied)]
    credited = _credited([applied.id for applied in ones]) if ones else {}
    return {
        applied.id: remaining_cents(applied.amount_cents or 0, credited.get(applied.id, 0)) for applied in ones
    }


def _credited(applied_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    credit = InvoiceCredit
    query = (
        select(credit.applied_coupon_id, func.sum(credit.amount_cents))
        .join(Invoice, Invoice.id == credit.invoice_id)
        .where(credit.applied_coupon_id.in_(applied_ids), Invoice.status.not_in(_GIVEN_BACK))
        .group_by(credit.applied_coupon_id)
    )
    return {applied_id: int(cents) for applied_id, cents in db.session.execute(query) if applied_id}


def credits_of_coupons(applied_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, list[tuple[InvoiceCredit, Any]]]:
    """The credits on invoices by applied coupon, in the order in which they were given; with the id, currency, status,
    payment status and number of each invoice."""
    on = (Invoice.id, Invoice.currency, Invoice.status, Invoice.payment_status, Invoice.number)
    query = (
        select(InvoiceCredit, *on)
        .join(Invoice, Invoice.id == InvoiceCredit.invoice_id)
        .where(InvoiceCredit.applied_coupon_id.in_(applied_ids))
        .order_by(InvoiceCredit.seq)
    )
    found: dict[uuid.UUID, list[tuple[InvoiceCredit, Any]]] = defaultdict(list)
    for row in db.session.execute(query) if applied_ids else ():
        found[row[0].applied_coupon_id].append((row[0], row))
    return found
