"""The notes on an invoice (04 §12)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from lago.core.errors import Invalid
from lago.core.fields import ALREADY_EXISTS, Filled
from lago.core.ids import as_uuid
from lago.core.schemas import InputSchema
from lago.invoicing.models import Invoice, InvoiceMetadata

MOST = 5
LONGEST_KEY = 20
LONGEST_VALUE = 140


class InvoiceMetadataInput(InputSchema):
    """One element of `metadata`."""

    key = Filled(required=True, most=LONGEST_KEY)
    value = Filled(required=True, most=LONGEST_VALUE)


def replace_metadata(invoice: Invoice, rows: Sequence[Any]) -> None:
    """Changes the notes whose ids are among `rows`, adds the other rows, drops the notes not mentioned.

    Raises Invalid.
    """
    known = {note.id: note for note in invoice.metadata_rows}
    notes = []
    for row in rows:
        given = row if isinstance(row, Mapping) else {}
        note = known.pop(as_uuid(given.get("id")), None)  # type: ignore[arg-type]
        values = InvoiceMetadataInput().read(given, partial=note is not None)
        notes.append(_written(note or InvoiceMetadata(organization_id=invoice.organization_id), values))
    if any(count > 1 for count in Counter(note.key for note in notes).values()):
        raise Invalid({"key": [ALREADY_EXISTS]})
    invoice.metadata_rows = notes


def _written(note: InvoiceMetadata, values: Mapping[str, Any]) -> InvoiceMetadata:
    for name, value in values.items():
        setattr(note, name, value)
    return note
