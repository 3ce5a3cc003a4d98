"""Where an event was invoiced: the invoices of its periods, and the fees that it is a part of."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import lazyload, selectinload

from lago.catalog.charge_filters import identity
from lago.core.db import db
from lago.invoicing.models import Fee, Invoice, InvoiceSubscription
from lago.metering.buckets import Bucket
from lago.metering.counted_for import CountedFor, OnCharge, OnSubscription, Share, Standing

WITH_USAGE = ("subscription_periodic", "subscription_terminating")
"""Why a line is made that bills the usage of a whole window."""


@dataclass(frozen=True)
class InvoicedPeriod:
    """The invoice of the first period that counts the event. `late`: the event came after it was made."""

    invoice: Invoice
    late: bool
    fees: tuple[Fee, ...]

    def fee_of(self, on: OnCharge, share: Share) -> Fee | None:
        """The fee of the event's filter and group."""
        alike = (fee for fee in self.fees if fee.grouped_by == share.grouped_by)
        return next((fee for fee in alike if _is_for(fee, share.bucket)), None)


def _is_for(fee: Fee, bucket: Bucket) -> bool:
    """Whether the fee is for the bucket, or for that of the charge that its charge was copied from (03 §1.5)."""
    wanted = bucket.charge_filter
    if fee.charge_id == bucket.charge.id:
        return fee.charge_filter_id == (wanted and wanted.id)
    values = [one and identity(one.values) for one in (fee.charge_filter, wanted)]
    return fee.charge_id == bucket.charge.parent_id and values[0] == values[1]


@dataclass(frozen=True)
class FeeOfEvent:
    """A fee that was made for the event alone; `invoice` is None while it waits for one."""

    fee: Fee
    invoice: Invoice | None


@dataclass(frozen=True)
class EventFees:
    """By subscription: the invoiced period, if it was invoiced; by subscription and charge: the event's own fee."""

    periods: dict[uuid.UUID, InvoicedPeriod]
    own: dict[tuple[uuid.UUID | None, uuid.UUID | None], FeeOfEvent]

    def own_of(self, on: OnSubscription, charged: OnCharge) -> FeeOfEvent | None:
        """The event's own fee on a charge, or on the one that this was copied from (03 §1.5)."""
        ids = (charged.charge.id, charged.charge.parent_id)
        return next((self.own[key] for key in ((on.subscription.id, one) for one in ids) if key in self.own), None)


def event_fees(counted: CountedFor) -> EventFees:
    """Where the event was invoiced, if it was. Three queries, or none if nothing counts it."""
    counting = {one.subscription.id: one for one in counted.subscriptions if one.charges}
    if not counting:
        return EventFees({}, {})
    lines = _lines(counted, counting)
    fees = _fees([invoice.id for _, invoice in lines], counting.values())
    return EventFees(
        {
            line.subscription_id: InvoicedPeriod(
                invoice, counted.event.created_at >= (invoice.finalized_at or invoice.created_at),
                tuple(fee for fee in fees if fee.subscription_id == line.subscription_id),
            )
            for line, invoice in lines if _covers(line, counting[line.subscription_id])
        },
        _own_fees(counted, counting),
    )


def _lines(
    counted: CountedFor, subscriptions: Collection[uuid.UUID]
) -> list[tuple[InvoiceSubscription, Invoice]]:
    """Of each subscription the first line whose usage reaches to the event; of several for one window the last made."""
    query = (
        select(InvoiceSubscription, Invoice)
        .join(Invoice, Invoice.id == InvoiceSubscription.invoice_id)
        .where(
            InvoiceSubscription.subscription_id.in_(subscriptions),
            InvoiceSubscription.invoicing_reason.in_(WITH_USAGE),
            InvoiceSubscription.charges_to_datetime >= counted.event.timestamp,
            Invoice.status != "generating",
        )
        .ext(distinct_on(InvoiceSubscription.subscription_id))
        .order_by(
            InvoiceSubscription.subscription_id, InvoiceSubscription.charges_from_datetime,
            InvoiceSubscription.seq.desc(),
        )
        .options(lazyload("*"))
    )
    return [(line, invoice) for line, invoice in db.session.execute(query)]


def _covers(line: InvoiceSubscription, on: OnSubscription) -> bool:
    """Whether the line is of the window that counts the event; what came before the start has no lower bound."""
    starts = line.charges_from_datetime
    return on.standing is Standing.BEFORE_START or (
        starts is not None and on.window is not None and starts <= on.window.ends
    )


def _fees(invoice_ids: Collection[uuid.UUID], counting: Iterable[OnSubscription]) -> list[Fee]:
    """The fees for the event's charges and groups, of which there are few, whatever else is on the invoices."""
    charges = [on for one in counting for on in one.charges]
    groups = [share.grouped_by for on in charges for share in on.shares]
    query = select(Fee).where(
        Fee.invoice_id.in_(invoice_ids), Fee.charge_id.in_(_charge_ids(charges)),
        Fee.grouped_by.in_(groups), Fee.event_transaction_id.is_(None), Fee.deleted_at.is_(None),
        Fee.true_up_parent_fee_id.is_(None),
    )
    return list(db.session.scalars(query.options(lazyload("*"), selectinload(Fee.charge_filter))))


def _charge_ids(charges: Iterable[OnCharge]) -> set[uuid.UUID]:
    """The charges, and those that they were copied from: the event may have been billed before."""
    return {key for on in charges for key in (on.charge.id, on.charge.parent_id) if key}


def _own_fees(
    counted: CountedFor, subscriptions: Collection[uuid.UUID]
) -> dict[tuple[uuid.UUID | None, uuid.UUID | None], FeeOfEvent]:
    query = (
        select(Fee, Invoice)
        .outerjoin(Invoice, Invoice.id == Fee.invoice_id)
        .where(
            Fee.event_transaction_id == counted.event.transaction_id, Fee.subscription_id.in_(subscriptions),
            Fee.deleted_at.is_(None),
        )
        .options(lazyload("*"))
    )
    found = db.session.execute(query)
    return {(fee.subscription_id, fee.charge_id): FeeOfEvent(fee, invoice) for fee, invoice in found}
