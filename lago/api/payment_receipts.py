"""`/payment_receipts`. Their permission is that of invoices, and so is the code of an unknown one (05 §2.7)."""

import uuid
from typing import Any

from lago.api.kit import argument, current_organization, found, payload
from lago.api.routes import endpoint
from lago.core.errors import Invalid
from lago.core.ids import as_uuid
from lago.core.pagination import paginate
from lago.payments.models import PaymentReceipt
from lago.payments.receipts.file import receipts_with_pdf
from lago.payments.receipts.queries import list_receipts, receipt_by_id
from lago.payments.receipts.resend import resend_receipt
from lago.payments.receipts.schemas import PaymentReceiptSchema


@endpoint("GET", "/payment_receipts", permission="invoice")
def list_payment_receipts() -> dict[str, Any]:
    query = list_receipts(current_organization().id, _invoice_id(argument("invoice_id")))
    page = paginate(query, argument("page"), argument("per_page"))
    schema = PaymentReceiptSchema(with_pdf=receipts_with_pdf([receipt.id for receipt in page.items]))
    return {"payment_receipts": schema.dump(page.items, many=True), "meta": page.meta}


@endpoint("GET", "/payment_receipts/<segment:lago_id>", permission="invoice")
def show_payment_receipt(lago_id: str) -> dict[str, Any]:
    receipt = _found(lago_id)
    return {"payment_receipt": PaymentReceiptSchema(with_pdf=receipts_with_pdf([receipt.id])).dump(receipt)}


@endpoint("POST", "/payment_receipts/<segment:lago_id>/resend_email", permission="invoice")
def resend_payment_receipt(lago_id: str) -> None:
    resend_receipt(_found(lago_id), payload())


def _found(lago_id: str) -> PaymentReceipt:
    return found(receipt_by_id(current_organization().id, as_uuid(lago_id)), "invoice")


def _invoice_id(text: str | None) -> uuid.UUID | None:
    """An id of the URL. Raises Invalid for what is none (06 §2.2)."""
    if not text:
        return None
    if (invoice_id := as_uuid(text)) is None:
        raise Invalid({"invoice_id": ["is in invalid format"]})
    return invoice_id
