"""Sending a credit note once more, to whom someone names (04 §9.6, 06 §6)."""

from collections.abc import Mapping
from typing import Any

from lago.core.errors import NotAllowed
from lago.invoicing.letters.email_credit_note import SETTING, ask_for_mail
from lago.invoicing.letters.receivers import named_receivers
from lago.invoicing.models import CreditNote


def resend_credit_note(note: CreditNote, data: Mapping[str, Any]) -> None:
    """Sends it after the commit, to the customer unless `to` names others. Raises NotAllowed unless it is finalized,
    and as `named_receivers`."""
    if note.status != "finalized":
        raise NotAllowed("credit_note_not_finalized")
    ask_for_mail(note, named_receivers(data, SETTING, note.invoice.billing_entity, note.customer))
