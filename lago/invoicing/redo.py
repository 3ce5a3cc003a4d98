"""What a draft covers, read back from its lines, so that it can be made anew (04 §2.3)."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from sqlalchemy import select

from lago.core.db import db
from lago.invoicing.billed_subscription import BilledSubscription
from lago.invoicing.history import History, histories
from lago.invoicing.models import AdjustedFee, Invoice, InvoiceSubscription
from lago.pricing.values import Windows
from lago.pricing.windows import Situation, windows, windows_of_closed_period
from lago.subscriptions.terms import terms_of

_BOUNDS = tuple(f"{part}{end}_datetime" for part in ("", "charges_", "fixed_charges_") for end in ("from", "to"))

_TELLING = ("from_datetime", "to_datetime", "charges_to_datetime", "fixed_charges_to_datetime")
"""The bounds that a change of the customer's zone does not move (03 §9)."""


def billed_again(invoices: Sequence[Invoice]) -> list[list[BilledSubscription]]:
    """What each draft covers, by its original moment, reasons and windows; no subscription is on two of them.

    What was billed after a draft was made is not part of its history.
    """
    before = {line.subscription_id: invoice.seq for invoice in invoices for line in invoice.invoice_subscriptions}
    known = histories(before.keys(), before)
    wanted = _wanted(invoices)
    return [
        [_billed(invoice, line, known, wanted) for line in invoice.invoice_subscriptions] for invoice in invoices
    ]


def _wanted(invoices: Sequence[Invoice]) -> Mapping[uuid.UUID, list[AdjustedFee]]:
    """What is wanted of the fees of the drafts, by subscription."""
    found: dict[uuid.UUID, list[AdjustedFee]] = defaultdict(list)
    query = select(AdjustedFee).where(AdjustedFee.invoice_id.in_([invoice.id for invoice in invoices]))
    for one in db.session.scalars(query.order_by(AdjustedFee.seq)):
        found[one.subscription_id].append(one)
    return found


def _billed(
    invoice: Invoice, line: InvoiceSubscription, known: Mapping[uuid.UUID, History],
    wanted: Mapping[uuid.UUID, list[AdjustedFee]],
) -> BilledSubscription:
    return BilledSubscription(
        line.subscription, windows_of(invoice, line), line.invoicing_reason, known[line.subscription_id],
        with_usage=line.invoicing_reason != "subscription_starting", draft=invoice,
        adjustments=wanted.get(line.subscription_id, ()),
    )


def windows_of(invoice: Invoice, line: InvoiceSubscription) -> Windows:
    """The windows that the line has, with the periods behind them in the time zone that the invoice was made in."""
    kept = {name: getattr(line, name) for name in _BOUNDS}
    return replace(_computed(line, ZoneInfo(invoice.timezone)), **kept)


def _computed(line: InvoiceSubscription, zone: ZoneInfo) -> Windows:
    """The windows of the situation in which the line was made."""
    if line.invoicing_reason == "subscription_terminating":
        possible = list(_of_an_end(line, zone))
        return next((one for one in possible if _is_that_of(line, one)), possible[0])
    subscription = line.subscription
    return windows(terms_of(subscription, zone), zone, Situation.ACTIVE, line.timestamp, subscription.started_at)


def _of_an_end(line: InvoiceSubscription, zone: ZoneInfo) -> Iterator[Windows]:
    """An end within a period, one after which a downgrade follows, one on the day after a period has closed."""
    subscription, terms = line.subscription, terms_of(line.subscription, zone)
    started_at, ended_at = subscription.started_at, subscription.terminated_at
    for situation in (Situation.TERMINATED, Situation.DOWNGRADED):
        yield windows(terms, zone, situation, line.timestamp, started_at, ended_at)
    if started_at and (closed := windows_of_closed_period(terms, zone, line.timestamp, started_at)):
        yield closed


def _is_that_of(line: InvoiceSubscription, possible: Windows) -> bool:
    return all(getattr(possible, name) == getattr(line, name) for name in _TELLING)
