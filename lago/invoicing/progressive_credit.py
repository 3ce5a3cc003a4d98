"""What progressive invoices have billed, credited on the invoices after them (04 §5 S2, 03 §7.5)."""

import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, Uuid, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import selectinload
from sqlalchemy.sql.base import ExecutableOption

from lago.core.db import db
from lago.core.given_rows import given_rows
from lago.invoicing.billed_subscription import BilledSubscription
from lago.invoicing.credit_notes.amounts import creditable_by_fee
from lago.invoicing.credit_notes.credit_progressive_excess import credit_progressive_excess
from lago.invoicing.models import (
    PROGRESSIVE_BILLING,
    CreditNote,
    Fee,
    Invoice,
    InvoiceCredit,
    InvoiceSubscription,
)
from lago.pricing.progressive_credits import discount, progressive_credit

_LONGEST_WINDOW = timedelta(days=400)
"""No window of usage is longer: what began earlier needs not be looked at."""

_GIVES_NOTHING_BACK = ("voided", "closed", "deleted")
"""Statuses of invoices whose credits count as not drawn."""


@dataclass(frozen=True)
class Progressive:
    """A progressive invoice with its fees, and how much of it has been given back already."""

    invoice: Invoice
    given_back: int

    @property
    def creditable(self) -> int:
        return self.invoice.fees_amount_cents - self.invoice.coupons_amount_cents - self.given_back


@dataclass(frozen=True)
class ProgressiveInvoices:
    """The latest progressive invoice in the usage window of each subscription that is billed, by subscription."""

    found: Mapping[uuid.UUID, Progressive] = field(default_factory=dict)

    def credit_on(self, invoice: Invoice, fees: Sequence[Fee]) -> list[InvoiceCredit]:
        """Takes what was billed before off these fees of an invoice. Returns the credits, in the order of its lines.

        What the invoice bills less than before is given back by credit notes, at once.
        """
        lines = invoice.invoice_subscriptions if self.found else ()
        earlier = [(line, self.found[line.subscription_id]) for line in lines if line.subscription_id in self.found]
        credits = [_credit(invoice, line.subscription_id, one, fees) for line, one in earlier]
        return [one for one in credits if one]


NO_PROGRESSIVE = ProgressiveInvoices()


def progressive_invoices(billed: Iterable[BilledSubscription]) -> ProgressiveInvoices:
    """Those that matter for lines that bill usage: one query for all of them, where there is none.

    They are found by the beginning of the line's usage, which lies in the window that they were made for.
    """
    starts = {
        one.subscription.id: one.windows.charges_from_datetime
        for one in billed if one.with_usage and one.windows.charges_from_datetime
    }
    found = _latest(starts, selectinload(Invoice.fees)) if starts else {}
    given_back = _given_back([invoice.id for invoice in found.values()]) if found else {}
    return ProgressiveInvoices(
        {key: Progressive(invoice, given_back.get(invoice.id, 0)) for key, invoice in found.items()}
    )


def latest_progressive_invoice(subscription_id: uuid.UUID, moment: datetime) -> Invoice | None:
    """The latest progressive invoice of a subscription in whose usage window the moment lies."""
    return _latest({subscription_id: moment}).get(subscription_id)


def _latest(moments: Mapping[uuid.UUID, datetime], *options: ExecutableOption) -> dict[uuid.UUID, Invoice]:
    """The same for several, each with a moment of its own."""
    line = InvoiceSubscription
    asked = given_rows("asked", {"subscription_id": Uuid, "moment": DateTime(timezone=True)}, moments.items())
    query = (
        select(line.subscription_id, Invoice)
        .join(asked, asked.c.subscription_id == line.subscription_id)
        .join(Invoice, Invoice.id == line.invoice_id)
        .where(
            line.invoicing_reason == PROGRESSIVE_BILLING,
            line.charges_from_datetime > asked.c.moment - _LONGEST_WINDOW,
            line.charges_from_datetime <= asked.c.moment,
            line.charges_to_datetime > asked.c.moment,
            Invoice.status.in_(("finalized", "failed")),
        )
        .ext(distinct_on(line.subscription_id))
        .order_by(line.subscription_id, Invoice.issuing_date.desc(), Invoice.created_at.desc(), Invoice.seq.desc())
        .options(*options)
    )
    rows: Any = db.session.execute(query).all()
    return {subscription_id: invoice for subscription_id, invoice in rows}


def _given_back(invoice_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """What later invoices and credit notes have credited of each invoice: of notes the amount with tax (S2.3)."""
    drawn = (
        select(InvoiceCredit.progressive_invoice_id, func.sum(InvoiceCredit.amount_cents))
        .join(Invoice, Invoice.id == InvoiceCredit.invoice_id)
        .where(InvoiceCredit.progressive_invoice_id.in_(invoice_ids), Invoice.status.not_in(_GIVES_NOTHING_BACK))
        .group_by(InvoiceCredit.progressive_invoice_id)
    )
    notes = (
        select(CreditNote.invoice_id, func.sum(CreditNote.credit_amount_cents))
        .where(
            CreditNote.invoice_id.in_(invoice_ids), CreditNote.status == "finalized",
            CreditNote.credit_status.in_(("available", "consumed")),
        )
        .group_by(CreditNote.invoice_id)
    )
    sums: dict[uuid.UUID, int] = defaultdict(int)
    rows: Any = (*db.session.execute(drawn), *db.session.execute(notes))
    for invoice_id, amount_cents in rows:
        sums[invoice_id] += int(amount_cents)
    return sums


def _credit(
    invoice: Invoice, subscription_id: uuid.UUID, earlier: Progressive, fees: Sequence[Fee]
) -> InvoiceCredit | None:
    """The credit of one line, spread on the fees; None where nothing is left to credit."""
    own = [fee for fee in fees if fee.subscription_id == subscription_id]
    charges = {_origin(fee) for fee in earlier.invoice.fees}
    again = sum(fee.amount_cents for fee in own if fee.charge_id and _origin(fee) in charges)
    credit = progressive_credit(earlier.creditable, again)
    _give_back(earlier.invoice, credit.excess_cents)
    if not credit.credit_cents:
        return None
    _spread(earlier.invoice, fees, own)
    return InvoiceCredit(
        organization_id=invoice.organization_id, progressive_invoice_id=earlier.invoice.id,
        progressive_invoice=earlier.invoice, amount_cents=credit.credit_cents, before_taxes=True,
    )


def _give_back(earlier: Invoice, excess_cents: int) -> None:
    """By a credit note, as far as other notes have left something: what these refunded must not hold up billing."""
    left = sum(creditable_by_fee(earlier).values()) if excess_cents else 0
    if left > 0:
        credit_progressive_excess(earlier, min(excess_cents, left))


def _spread(earlier: Invoice, fees: Sequence[Fee], own: Sequence[Fee]) -> None:
    """Counts each of its fees against the first one for the same charge, filter and group, whosever it is
    (04 §20-15). If the subscription got a plan of its own meanwhile, that is the fee of the copied charge."""
    first = {_key(fee): fee for fee in reversed(fees)}
    copies = {_key_of_origin(fee): fee for fee in reversed(own)}
    for billed in earlier.fees:
        fee = first.get(_key(billed)) or copies.get(_key_of_origin(billed))
        if billed.charge_id and fee:
            fee.precise_coupons_amount_cents = discount(
                fee.amount_cents, fee.precise_coupons_amount_cents, billed.amount_cents
            )


def _key(fee: Fee) -> tuple[Any, ...]:
    return fee.charge_id, fee.charge_filter_id, tuple(sorted(fee.grouped_by.items()))


def _key_of_origin(fee: Fee) -> tuple[Any, ...]:
    """The same whether the charge, with its filters, is the plan's or the copy of it that one subscription has."""
    values = fee.charge_filter and json.dumps(fee.charge_filter.values, sort_keys=True)
    return _origin(fee), values, tuple(sorted(fee.grouped_by.items()))


def _origin(fee: Fee) -> uuid.UUID | None:
    """The charge that it is for, or that was copied for the subscription."""
    return (fee.charge and fee.charge.parent_id) or fee.charge_id
