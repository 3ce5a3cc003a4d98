"""Which invoice was made for which voided one (04 §14)."""

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from lago.core.db import db
from lago.invoicing.models import Invoice


def made_for(voided: Invoice) -> Invoice | None:
    """The invoice that was made for a voided one, without what lies in it."""
    query = select(Invoice).where(Invoice.voided_invoice_id == voided.id).options(lazyload("*"))
    return db.session.scalar(query) if voided.status == "voided" else None


def made_from(invoice: Invoice) -> Invoice | None:
    """The voided invoice that this one was made for, without what lies in it."""
    if invoice.voided_invoice_id is None:
        return None
    return db.session.scalar(select(Invoice).where(Invoice.id == invoice.voided_invoice_id).options(lazyload("*")))
