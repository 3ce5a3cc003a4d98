"""Receipts as the API and webhooks show them (05 §2.7)."""

import uuid
from collections.abc import Collection
from typing import Any

from marshmallow import Schema, fields

from lago.core.fields import Moment
from lago.payments.models import PaymentReceipt
from lago.payments.receipts.file import receipt_url
from lago.payments.schemas import PaymentSchema


class PaymentReceiptSchema(Schema):
    """The receipt with its payment. `with_pdf`: the receipts whose PDF has been made."""

    lago_id = fields.UUID(attribute="id")
    number = fields.Raw()
    file_url = fields.Method("dump_file_url")
    xml_url = fields.Constant(None)
    payment = fields.Nested(PaymentSchema)
    created_at = Moment()

    def __init__(self, *, with_pdf: Collection[uuid.UUID] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.with_pdf = with_pdf

    def dump_file_url(self, receipt: PaymentReceipt) -> str | None:
        return receipt_url(receipt.id) if receipt.id in self.with_pdf else None
