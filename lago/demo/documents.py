"""The PDFs of the story: they take longer than all of it, so they are made after it."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from lago.core import config
from lago.core.db import db, transaction
from lago.core.outbox import enqueue
from lago.invoicing.models import CreditNote, Invoice
from lago.payments.models import PaymentReceipt

SOON = timedelta(seconds=1)
"""No sandbox clock waits for what was put off."""


@contextmanager
def without_documents() -> Iterator[None]:
    """This process makes no PDFs inside."""
    settings = config.settings()
    config.use(replace(settings, disable_pdf_generation=True))
    try:
        yield
    finally:
        config.use(settings)


def ask_for_documents(organization_id: uuid.UUID) -> None:
    """Has the workers make the PDFs of all invoices, credit notes and receipts: those that run, or the next."""
    with transaction():
        for invoice_id in _ids(Invoice, organization_id):
            enqueue("invoicing.make_pdf", organization_id=organization_id, delay=SOON, invoice_id=invoice_id)
        for note_id in _ids(CreditNote, organization_id):
            enqueue(
                "invoicing.make_credit_note_pdf", organization_id=organization_id, delay=SOON, credit_note_id=note_id
            )
        for receipt_id in _ids(PaymentReceipt, organization_id):
            enqueue("payments.make_receipt_pdf", organization_id=organization_id, delay=SOON, receipt_id=receipt_id)


def _ids(model: Any, organization_id: uuid.UUID) -> Sequence[uuid.UUID]:
    return db.session.scalars(select(model.id).where(model.organization_id == organization_id)).all()
