"""What is left of a credit note is given up (04 §9.6)."""

from lago.core import clock
from lago.core.errors import NotAllowed
from lago.invoicing.credit_notes.update import lock_note
from lago.invoicing.models import CreditNote


def void(note: CreditNote) -> None:
    """Leaves nothing to use; what was used stays used, and the fees stay credited. Raises NotAllowed if there is no
    balance (any more)."""
    lock_note(note)
    if note.credit_status == "voided" or not note.balance_amount_cents:
        raise NotAllowed("no_voidable_amount")
    note.credit_status, note.voided_at, note.balance_amount_cents = "voided", clock.now(), 0
