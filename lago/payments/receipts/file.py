"""The PDF of a receipt: made once, kept in PostgreSQL, reached by a signed link (05 §2.7, 00 §5)."""

import uuid
from collections.abc import Collection

from sqlalchemy import select

from lago.core import config
from lago.core.db import db
from lago.core.ids import new_id
from lago.core.links import link_to, linked
from lago.core.outbox import announce, enqueue
from lago.invoicing.keep_file import keep_file
from lago.invoicing.letters.receivers import is_wanted
from lago.payments.models import PaymentReceipt, PaymentReceiptFile
from lago.payments.receipts.document import document_of
from lago.payments.receipts.email import SETTING, entity_of

_FILES = "payment receipt"


def make_receipt_pdf(receipt: PaymentReceipt) -> None:
    """Renders and keeps the PDF, unless there is one already or nobody wants any; tells of it once, and has it sent to
    the customer where the billing entity does that."""
    if config.settings().disable_pdf_generation:
        return
    from lago.invoicing.pdf import render_receipt  # slow to import: only a process that makes files pays for it

    pdf = render_receipt(document_of(receipt))
    if not keep_file(PaymentReceiptFile, {"payment_receipt_id": receipt.id}, receipt, "pdf", pdf):
        return
    announce("payment_receipt.generated", receipt)
    if is_wanted(SETTING, entity_of(receipt), receipt.payment.customer):
        enqueue(
            "payments.email_receipt", organization_id=receipt.organization_id, receipt_id=receipt.id,
            cause_id=new_id(),
        )


def receipt_url(receipt_id: uuid.UUID) -> str:
    """A link to the PDF that needs no key and is good for seven days."""
    return link_to(_FILES, receipt_id)


def linked_receipt(token: str) -> PaymentReceiptFile | None:
    """The file that a link leads to; None if the link is false or too old."""
    receipt_id = linked(_FILES, token)
    return db.session.get(PaymentReceiptFile, (receipt_id, "pdf")) if receipt_id else None


def receipts_with_pdf(receipt_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the receipts whose PDF has been made."""
    row = PaymentReceiptFile
    query = select(row.payment_receipt_id).where(row.payment_receipt_id.in_(receipt_ids), row.kind == "pdf")
    return set(db.session.scalars(query))
