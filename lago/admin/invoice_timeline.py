"""What happened to an invoice, in order of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lago.invoicing.models import Invoice
from lago.webhooks.models import WebhookDelivery

TONES = {"succeeded": "good", "failed": "bad"}


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `tone`: good, bad, or neither."""

    at: datetime
    text: str
    tone: str = ""


def timeline_of(invoice: Invoice, pdf_at: datetime | None, messages: Sequence[WebhookDelivery]) -> list[Entry]:
    """Creation, finalization, PDF, voiding and the webhooks about the invoice."""
    stamps = (
        (invoice.created_at, "Created", ""),
        (invoice.finalized_at, f"Finalized as {invoice.number}", "good"),
        (pdf_at, "PDF made", ""),
        (invoice.voided_at, "Voided", "bad"),
        (invoice.payment_dispute_lost_at, "Payment dispute lost", "bad"),
    )
    entries = [Entry(at, text, tone) for at, text, tone in stamps if at]
    sent = [Entry(message.created_at, _told(message), TONES.get(message.status, "")) for message in messages]
    return sorted([*entries, *sent], key=lambda entry: entry.at)


def _told(message: WebhookDelivery) -> str:
    return f"Webhook {message.webhook_type} {message.status}"
