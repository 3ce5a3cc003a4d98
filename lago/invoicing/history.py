"""What subscriptions have been billed before: facts that decide the next lines."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, Uuid, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from lago.core.db import db
from lago.core.given_rows import given_rows
from lago.invoicing.models import AT_ONCE, Fee, Invoice, InvoiceSubscription
from lago.pricing.windows import PreviousEnds
from lago.subscriptions.models import Subscription
from lago.subscriptions.successors import ALONE, Neighbours, neighbours_of


@dataclass(frozen=True)
class History:
    """`last_fee_at`: when the latest subscription fee was made, `last_fee_to`: up to when it is for. `latest`: the line
    that reaches farthest, and the time zone of its invoice; not that of a single event, whose period is yet to be
    billed. `neighbours`: those of now.
    """

    last_fee_at: datetime | None = None
    last_fee_to: datetime | None = None
    latest: InvoiceSubscription | None = None
    timezone: str | None = None
    neighbours: Neighbours = ALONE


def previous_ends(subscription: Subscription, history: History) -> PreviousEnds | None:
    """Where the last line ended, if the customer's zone has changed since (03 §9)."""
    if history.latest is None or history.timezone == subscription.customer.applicable_timezone:
        return None
    return PreviousEnds(history.latest.charges_to_datetime, history.latest.fixed_charges_to_datetime)


def histories(
    subscription_ids: Collection[uuid.UUID], before: Mapping[uuid.UUID, int] | None = None
) -> dict[uuid.UUID, History]:
    """The history of each subscription, in three queries for all of them.

    `before`: up to the invoice with that `seq`, which is not part of it, by subscription.
    """
    last_fees: Any = _last_fees(subscription_ids)
    latest_lines: Any = _latest_lines(subscription_ids)
    if before:
        last_fees = _earlier(last_fees.join(Invoice, Invoice.id == Fee.invoice_id), Fee.subscription_id, before)
        latest_lines = _earlier(latest_lines, InvoiceSubscription.subscription_id, before)
    fees = {row[0]: (row[1], datetime.fromisoformat(row[2])) for row in db.session.execute(last_fees)}
    lines = {row[0].subscription_id: (row[0], row[1]) for row in db.session.execute(latest_lines)}
    around = neighbours_of(subscription_ids)
    return {
        key: History(*fees.get(key, (None, None)), *lines.get(key, (None, None)), around.get(key, ALONE))
        for key in subscription_ids
    }


def _earlier(query: Select[Any], subscription_id: Any, before: Mapping[uuid.UUID, int]) -> Select[Any]:
    """The query, which has invoices in it, without those from that `seq` on."""
    limit = given_rows("until", {"subscription_id": Uuid, "seq": BigInteger}, before.items())
    return query.join(limit, limit.c.subscription_id == subscription_id).where(Invoice.seq < limit.c.seq)


def _last_fees(subscription_ids: Collection[uuid.UUID]) -> Select[uuid.UUID | None, datetime | None, str | None]:
    return (
        select(Fee.subscription_id, func.max(Fee.created_at), func.max(Fee.properties["to_datetime"].astext))
        .where(Fee.subscription_id.in_(subscription_ids), Fee.fee_type == "subscription")
        .group_by(Fee.subscription_id)
    )


def _latest_lines(subscription_ids: Collection[uuid.UUID]) -> Select[InvoiceSubscription, str]:
    return (
        select(InvoiceSubscription, Invoice.timezone)
        .join(Invoice, Invoice.id == InvoiceSubscription.invoice_id)
        .where(
            InvoiceSubscription.subscription_id.in_(subscription_ids),
            InvoiceSubscription.invoicing_reason.not_in(AT_ONCE),
        )
        .ext(distinct_on(InvoiceSubscription.subscription_id))
        .order_by(
            InvoiceSubscription.subscription_id, InvoiceSubscription.to_datetime.desc(), InvoiceSubscription.seq.desc()
        )
    )
