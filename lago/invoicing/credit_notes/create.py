"""A credit note is made by a client (04 §9.2)."""

import uuid
from collections.abc import Mapping
from typing import Any

from lago.core.errors import Invalid
from lago.core.fields import INVALID, OUT_OF_RANGE, Choice, Text, Whole
from lago.core.json_metadata import read_metadata
from lago.core.schemas import InputSchema
from lago.invoicing.credit_notes.add import add_credit_note
from lago.invoicing.credit_notes.amounts import amounts_of
from lago.invoicing.credit_notes.purchases import PURCHASE, check_purchase
from lago.invoicing.credit_notes.requested import requested_invoice, requested_items
from lago.invoicing.credit_notes.values import REASONS
from lago.invoicing.models import CreditNote
from lago.pricing.credit_notes import Parts


class CreditNoteInput(InputSchema):
    """The fields beside the items."""

    reason = Choice(REASONS, allow_none=True, code=INVALID)
    description = Text(allow_none=True)
    credit_amount_cents = Whole(least=0, allow_none=True)
    refund_amount_cents = Whole(least=0, allow_none=True)
    offset_amount_cents = Whole(least=0, allow_none=True)


def create_credit_note(organization_id: uuid.UUID, data: Mapping[str, Any]) -> CreditNote:
    """Makes a note on the invoice that is named. Raises NotFound, NotAllowed or Invalid, and makes nothing."""
    invoice = requested_invoice(organization_id, data)
    if invoice.invoice_type == PURCHASE:
        check_purchase(invoice, _parts(CreditNoteInput().read(data)))
    items = requested_items(invoice, data.get("items"))
    values = CreditNoteInput().read(data)
    sent = data.get("metadata")
    notes = None if sent is None else read_metadata(sent)
    return add_credit_note(
        invoice, items, amounts_of(invoice, items), _parts(values), notes=notes, automatic=False,
        reason=values.get("reason") or "other", description=values.get("description"),
    )


def _parts(values: Mapping[str, Any]) -> Parts:
    credit, refund, offset = (values.get(f"{part}_amount_cents") or 0 for part in ("credit", "refund", "offset"))
    if credit + refund + offset >= 2**63:
        raise Invalid({"base": [OUT_OF_RANGE]})
    return Parts(credit, refund, offset)
