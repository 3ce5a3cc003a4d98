"""Links to the XML of invoices and credit notes (04 §13, §9.6)."""

import uuid
from typing import Any

from lago.core.db import db
from lago.core.links import link_to, linked
from lago.invoicing.models import CreditNote, CreditNoteFile, Invoice, InvoiceFile

_INVOICES, _CREDIT_NOTES = "invoice xml", "credit note xml"


def xml_url(document: Invoice | CreditNote) -> str | None:
    """A link to the UBL that needs no key and is good for seven days; None until it is made."""
    files = _INVOICES if isinstance(document, Invoice) else _CREDIT_NOTES
    return link_to(files, document.id) if document.has_xml else None


def linked_xml(token: str) -> InvoiceFile | CreditNoteFile | None:
    """The file that a link leads to; None if the link is false or too old."""
    return _found(InvoiceFile, linked(_INVOICES, token)) or _found(CreditNoteFile, linked(_CREDIT_NOTES, token))


def _found(table: type[Any], record_id: uuid.UUID | None) -> Any:
    return db.session.get(table, (record_id, "xml")) if record_id else None
