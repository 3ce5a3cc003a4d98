"""What a client reports of a credit note: its refund, and what is kept on it (04 §9.6)."""

from collections.abc import Mapping
from typing import Any

from lago.core import clock
from lago.core.db import db, lock
from lago.core.errors import Invalid
from lago.core.fields import INVALID
from lago.core.json_metadata import merged_metadata
from lago.invoicing.credit_notes.values import REFUND_STATUSES
from lago.invoicing.models import CreditNote


def update_credit_note(note: CreditNote, data: Mapping[str, Any]) -> None:
    """Sets `refund_status`, and merges `metadata` into what is kept. Raises Invalid and changes nothing."""
    lock_note(note)
    notes = merged_metadata(note.notes, data.get("metadata"))
    status = data.get("refund_status")
    if status is not None:
        _report_refund(note, status)
    note.notes = notes


def lock_note(note: CreditNote) -> None:
    """Waits for whoever else is at the customer's notes, and sees what they did."""
    lock(note.customer_id)
    db.session.refresh(note)


def _report_refund(note: CreditNote, status: object) -> None:
    if status not in REFUND_STATUSES:
        raise Invalid({"refund_status": [INVALID]})
    note.refund_status = str(status)
    if status == "succeeded":
        note.refunded_at = clock.now()
