"""`/documents/:token`: files behind signed links, which need no key (00 §5); and the logos of billing entities."""

from uuid import UUID

from flask import Blueprint, Response

from lago.api.kit import found
from lago.core.db import Base, db, transaction
from lago.invoicing.credit_notes.file import linked_credit_note
from lago.invoicing.einvoicing.links import linked_xml
from lago.invoicing.file import linked_file
from lago.invoicing.models import CreditNoteFile, InvoiceFile
from lago.organizations.models import BillingEntity
from lago.payments.models import PaymentReceiptFile
from lago.payments.receipts.file import linked_receipt

blueprint = Blueprint("documents", __name__)


@blueprint.get("/documents/<token>")
def show_document(token: str) -> Response:
    with transaction():
        if xml := linked_xml(token):
            return _shown(xml, xml.content, "xml")
        file = found(linked_file(token) or linked_credit_note(token) or linked_receipt(token), "document")
        return _shown(file, file.content, "pdf")


@blueprint.get("/logos/<uuid:entity_id>")
def show_logo(entity_id: UUID) -> Response:
    with transaction():
        entity = found(db.session.get(BillingEntity, entity_id), "logo")
        picture = found(entity.logo, "logo")
        headers = {"Cache-Control": "public, max-age=604800", "X-Content-Type-Options": "nosniff"}
        return Response(picture, mimetype=entity.logo_type, headers=headers)


def _shown(file: Base, content: bytes, kind: str) -> Response:
    headers = {**_HEADERS, "Content-Disposition": f"inline; filename={_NAMES[type(file)]}.{kind}"}
    return Response(content, mimetype=f"application/{kind}", headers=headers)


_NAMES: dict[type[Base], str] = {
    InvoiceFile: "invoice", CreditNoteFile: "credit-note", PaymentReceiptFile: "receipt",
}

_HEADERS = {
    "Cache-Control": "private, max-age=604800",
    "Referrer-Policy": "no-referrer",  # whoever knows the address can read the file
    "X-Content-Type-Options": "nosniff",
}
