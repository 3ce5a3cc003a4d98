"""What happened to a subscription and to those it took over from."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from lago.admin.formats import amount, span
from lago.core import clock
from lago.invoicing.browse_subscriptions import BilledLine, CreditedNote
from lago.invoicing.models import CreditNote, Invoice, InvoiceSubscription
from lago.pricing.billing_periods import DAY, period_containing
from lago.pricing.local_time import dawn, local_date
from lago.pricing.plan_changes import is_upgrade
from lago.subscriptions.models import Subscription
from lago.subscriptions.successors import price_of
from lago.subscriptions.terms import terms_of, zone_of

BILLS = {
    "subscription_starting": "First bill",
    "subscription_periodic": "Billed",
    "subscription_terminating": "Last bill",
    "in_advance_charge": "Billed at once",
    "in_advance_charge_periodic": "Paid fees collected on an invoice",
    "progressive_billing": "Billed at a usage threshold",
}

OF_ONE_PLAN = ("subscription_starting", "subscription_terminating")


@dataclass(frozen=True)
class Entry:
    """One thing that happened, or will. `tone`: good, warn, bad, next, or none. `cents` are those of the subscription,
    before tax; of a credit note what it gives back, with taxes. `order`: among what happens at the same time."""

    at: datetime
    text: str
    tone: str = ""
    details: Sequence[str] = field(default=())
    order: int = 0
    invoice: Invoice | None = None
    number: str = ""
    cents: int | None = None
    currency: str = ""


def plan_name(subscription: Subscription) -> str:
    """The plan's name, marked where its prices are the subscription's own."""
    return f"{subscription.plan.name} (own prices)" if subscription.plan.parent_id else subscription.plan.name


def change_day(subscription: Subscription) -> datetime:
    """When a plan change waits for: the first instant after the running period of the plan (03 §3.4)."""
    zone = zone_of(subscription)
    return dawn(period_containing(terms_of(subscription), local_date(clock.now(), zone)).last + DAY, zone)


def history_of(
    lineage: Sequence[Subscription], lines: Sequence[BilledLine], notes: Sequence[CreditedNote]
) -> list[Entry]:
    """What happened under one external id of a customer, the newest first."""
    by_id = {one.id: one for one in lineage}
    entries = [
        *(entry for one in lineage for entry in _events_of(one, _named(by_id, one.previous_subscription_id), lineage)),
        *(_bill(list(of_invoice), by_id) for of_invoice in _by_invoice(lines)),
        *(_credit(one) for one in notes),
    ]
    return sorted(entries, key=lambda entry: (entry.at, entry.order), reverse=True)


def _events_of(one: Subscription, previous: Subscription | None, lineage: Sequence[Subscription]) -> Iterator[Entry]:
    if one.started_at:
        yield _beginning(one, previous, one.started_at)
    if one.trial_ended_at:
        yield Entry(one.trial_ended_at, "Trial ended", order=1)
    if one.terminated_at and not any(next_.previous_subscription_id == one.id for next_ in lineage if next_.started_at):
        yield Entry(one.terminated_at, "Ended", "bad", _ending(one), order=2)
    if one.canceled_at:
        yield Entry(one.canceled_at, _canceled(one, previous), order=2)


def _named(by_id: Mapping[uuid.UUID, Subscription], identifier: uuid.UUID | None) -> Subscription | None:
    return by_id.get(identifier) if identifier else None


def _beginning(one: Subscription, previous: Subscription | None, started_at: datetime) -> Entry:
    if previous is None:
        return Entry(started_at, f"Began on {plan_name(one)}", "good")
    verb = "Upgraded" if is_upgrade(price_of(previous.plan), price_of(one.plan)) else "Downgraded"
    return Entry(started_at, f"{verb} from {plan_name(previous)} to {plan_name(one)}", "good")


def _ending(one: Subscription) -> tuple[str, ...]:
    return ("Without a last invoice.",) if one.on_termination_invoice == "skip" else ()


def _canceled(one: Subscription, previous: Subscription | None) -> str:
    if one.cancellation_reason:
        return f"Canceled: {one.cancellation_reason.replace('_', ' ')}"
    return f"Change to {plan_name(one)} taken back" if previous else "Canceled before it began"


def _by_invoice(lines: Sequence[BilledLine]) -> Iterator[Iterator[BilledLine]]:
    for _, of_invoice in groupby(lines, key=lambda line: line.invoice.id):
        yield of_invoice


def _bill(lines: Sequence[BilledLine], by_id: Mapping[uuid.UUID, Subscription]) -> Entry:
    """The lines of one invoice: both sides of a plan change may be on it."""
    reasons = {one.line.invoicing_reason for one in lines}
    first, invoice = lines[0], lines[0].invoice
    text = "Bill of the plan change" if len(lines) > 1 else _bill_name(first, by_id)
    zone = ZoneInfo(invoice.timezone)
    names = [plan_name(by_id[one.line.subscription_id]) + ": " if len(lines) > 1 else "" for one in lines]
    details = [name + words for name, one in zip(names, lines, strict=True) if (words := _covered(one, zone))]
    tone = "warn" if reasons == {"progressive_billing"} else ""
    return Entry(
        first.line.timestamp, text, tone, details[::-1], order=4, invoice=invoice, number=invoice.number,
        cents=sum(one.cents for one in lines), currency=invoice.currency,
    )


def _bill_name(one: BilledLine, by_id: Mapping[uuid.UUID, Subscription]) -> str:
    """Where there were several plans, a first and a last bill say of which."""
    reason = one.line.invoicing_reason
    of_plan = f" of {plan_name(by_id[one.line.subscription_id])}" if len(by_id) > 1 and reason in OF_ONE_PLAN else ""
    return BILLS.get(reason, "Billed") + of_plan


def _covered(one: BilledLine, zone: ZoneInfo) -> str:
    """The days that the line is about: "Fee of 1–31 Mar 2025, usage of 1–28 Feb 2025"."""
    line, parts = one.line, []
    if one.fee_cents is not None and line.from_datetime and line.to_datetime:
        parts.append(f"fee of {_days(line.from_datetime, line.to_datetime, zone)}")
    if _has_usage(line):
        parts.append(f"usage of {_days(line.charges_from_datetime, line.charges_to_datetime, zone)}")
    words = ", ".join(parts)
    return words[:1].upper() + words[1:] + "." if words else ""


def _has_usage(line: InvoiceSubscription) -> bool:
    starts, ends = line.charges_from_datetime, line.charges_to_datetime
    is_start = line.invoicing_reason == "subscription_starting"
    return not is_start and starts is not None and ends is not None and starts < ends


def _days(first: datetime | None, last: datetime | None, zone: ZoneInfo) -> str:
    assert first and last
    return span(local_date(first, zone), local_date(last, zone))


def _credit(one: CreditedNote) -> Entry:
    note = one.note
    uses = (
        ("for the next invoices", note.credit_amount_cents), ("paid back", note.refund_amount_cents),
        (f"off what is due of {one.invoice.number}", note.offset_amount_cents),
    )
    details = [f"{amount(cents, note.currency)} {words}" for words, cents in uses if cents]
    if note.credit_amount_cents:
        details.append(_left(note))
    words = f"On {one.invoice.number}: {', '.join(details)}. With taxes."
    return Entry(
        note.created_at, "Credit note", "good", (words,), order=3, invoice=one.invoice, number=note.number,
        cents=-note.total_amount_cents, currency=note.currency,
    )


def _left(note: CreditNote) -> str:
    """How much of the credit is there for later invoices."""
    if note.balance_amount_cents in (0, note.credit_amount_cents):
        return "not used yet" if note.balance_amount_cents else "all of it used"
    return f"{amount(note.balance_amount_cents, note.currency)} of it left"
