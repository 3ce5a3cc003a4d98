"""The notes on a customer (06 §3.1)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from lago.core.errors import Invalid
from lago.core.fields import ALREADY_EXISTS
from lago.core.ids import as_uuid
from lago.customers.inputs import CustomerMetadataInput
from lago.customers.models import Customer, CustomerMetadata

MOST = 5


def replace_metadata(customer: Customer, rows: Sequence[Any]) -> None:
    """Changes the notes whose ids are among `rows`, adds the other rows, drops the notes not mentioned.

    Raises Invalid.
    """
    given = [row for row in rows if isinstance(row, Mapping)]
    if len(given) > MOST:
        raise Invalid({"metadata": ["invalid_count"]})
    known = {note.id: note for note in customer.metadata_rows}
    notes = []
    for row in given:
        note = known.get(as_uuid(row.get("id")))  # type: ignore[arg-type]
        values = CustomerMetadataInput().read(row, partial=note is not None)
        notes.append(_written(note or CustomerMetadata(organization_id=customer.organization_id), values))
    if any(count > 1 for count in Counter(note.key for note in notes).values()):
        raise Invalid({"key": [ALREADY_EXISTS]})
    customer.metadata_rows = notes


def _written(note: CustomerMetadata, values: Mapping[str, Any]) -> CustomerMetadata:
    for name, value in values.items():
        setattr(note, name, bool(value) if name == "display_in_invoice" else value)
    return note
