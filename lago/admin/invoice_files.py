"""The files of invoices: one PDF, or those of several in an archive."""

import uuid
from collections import Counter
from collections.abc import Iterable
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

from flask import Response, request

from lago.admin.pages import current_organization, found, page, show
from lago.core.ids import as_uuid
from lago.invoicing.browse import pdf_of
from lago.invoicing.browse_files import made_pdfs

MOST = 100
"""PDFs in an archive: two pages of a list."""


@page("GET", "/invoices/<uuid:invoice_id>.pdf", needs="invoices:view")
def invoice_pdf(invoice_id: uuid.UUID) -> Response:
    content = found(pdf_of(current_organization().id, invoice_id), "invoice")
    return Response(content, mimetype="application/pdf", headers={"Content-Disposition": "inline"})


@page("GET", "/invoices/pdfs.zip", needs="invoices:view")
def invoice_pdfs() -> Response | str:
    """Those of the invoices that the address names; those that were not made yet are not in it. A page that says so
    where there is none."""
    chosen = [one for text in request.args.getlist("invoice")[:MOST] if (one := as_uuid(text))]
    content = archive_of(made_pdfs(current_organization().id, chosen))
    if content is None:
        return show("invoices/no_files.html")
    headers = {"Content-Disposition": "attachment; filename=invoices.zip"}
    return Response(content, mimetype="application/zip", headers=headers)


def archive_of(files: Iterable[tuple[str, bytes]]) -> bytes | None:
    """A ZIP of PDFs, each under its number; of one number a second time with a count. None without any."""
    content, seen = BytesIO(), Counter[str]()
    with ZipFile(content, "w", ZIP_STORED) as archive:
        for number, pdf in files:
            name = number.replace("/", "-").replace("\\", "-")
            seen[name] += 1
            archive.writestr(f"{name}{f' ({seen[name]})' if seen[name] > 1 else ''}.pdf", pdf)
    return content.getvalue() if seen else None
