"""What happened to an invoice, in order of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from lago.admin.access import address
from lago.admin.formats import amount
from lago.invoicing.models import CreditNote, Invoice
from lago.payments.models import Payment
from lago.webhooks.models import WebhookDelivery

TONES = {"succeeded": "good", "failed": "bad"}


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `tone`: good, bad, or neither; `url`: the page that tells more."""

    at: datetime
    text: str
    tone: str = ""
    url: str = ""


def timeline_of(
    invoice: Invoice, pdf_at: datetime | None, messages: Sequence[WebhookDelivery], payments: Sequence[Payment],
    notes: Sequence[CreditNote], again: Invoice | None,
) -> list[Entry]:
    """Its statuses, its PDF, payments, credit notes, what was made in its place, and the webhooks about it."""
    told = [*_statuses(invoice, pdf_at), *map(_paid, payments), *map(_noted, notes), *map(_sent, messages)]
    if again:
        url = address("invoice", invoice_id=again.id)
        told.append(Entry(again.created_at, f"Made again as {again.number}", "good", url))
    return sorted(told, key=lambda entry: entry.at)


def _statuses(invoice: Invoice, pdf_at: datetime | None) -> list[Entry]:
    stamps = (
        (invoice.created_at, "Created", ""),
        (invoice.finalized_at, f"Finalized as {invoice.number}", "good"),
        (pdf_at, "PDF made", ""),
        (_overdue_since(invoice), "Overdue", "bad"),
        (invoice.voided_at, "Voided", "bad"),
        (invoice.payment_dispute_lost_at, "Payment dispute lost", "bad"),
    )
    return [Entry(at, text, tone) for at, text, tone in stamps if at]


def _overdue_since(invoice: Invoice) -> datetime | None:
    """The day after it was due, in UTC, while it is overdue (05 §2.4)."""
    if not invoice.payment_overdue or invoice.payment_due_date is None:
        return None
    return datetime.combine(invoice.payment_due_date + timedelta(days=1), time(tzinfo=UTC))


def _paid(payment: Payment) -> Entry:
    status = payment.payment_status or payment.status
    text = f"Payment of {amount(payment.amount_cents, payment.amount_currency)} {payment.amount_currency} {status}"
    url = address("payment", payment_id=payment.id)
    return Entry(payment.created_at, text, TONES.get(status, ""), url)


def _noted(note: CreditNote) -> Entry:
    text = f"Credit note {note.number} of {amount(note.total_amount_cents, note.currency)} {note.currency}"
    return Entry(note.created_at, text, "", address("credit_note", note_id=note.id))


def _sent(message: WebhookDelivery) -> Entry:
    return Entry(message.created_at, f"Webhook {message.webhook_type} {message.status}", TONES.get(message.status, ""))
