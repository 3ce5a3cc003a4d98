"""`/documents/:token`: files behind signed links, which need no key (00 §5)."""

from flask import Blueprint, Response

from lago.api.kit import found
from lago.core.db import transaction
from lago.invoicing.file import linked_file

blueprint = Blueprint("documents", __name__)


@blueprint.get("/documents/<token>")
def show_document(token: str) -> Response:
    with transaction():
        file = found(linked_file(token), "document")
        return Response(file.content, mimetype="application/pdf", headers=_HEADERS)


_HEADERS = {
    "Content-Disposition": "inline; filename=invoice.pdf",
    "Cache-Control": "private, max-age=604800",
    "Referrer-Policy": "no-referrer",  # whoever knows the address can read the file
    "X-Content-Type-Options": "nosniff",
}
