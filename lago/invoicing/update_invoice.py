"""What a client reports of an invoice: its payment status, and notes of its own (04 §12, 05 §2.3)."""

from collections.abc import Mapping
from typing import Any

from lago.core.db import db
from lago.core.errors import Invalid, NotAllowed
from lago.core.fields import INVALID
from lago.customers.hold import hold
from lago.invoicing.filters import PAYMENT_STATUSES
from lago.invoicing.models import Invoice
from lago.invoicing.replace_metadata import MOST, replace_metadata
from lago.invoicing.set_payment_status import set_payment_status
from lago.organizations.models import Organization


def update_invoice(invoice: Invoice, organization: Organization, data: Mapping[str, Any]) -> None:
    """Sets `payment_status`, which records no payment, and replaces `metadata`, where they are sent.

    Raises NotAllowed or Invalid, and changes nothing.
    """
    hold(invoice.customer_id, organization)
    db.session.refresh(invoice)
    notes = data.get("metadata") if isinstance(data.get("metadata"), list) else None
    _check(invoice, data, notes)
    if "payment_status" in data:
        set_payment_status(invoice, data["payment_status"])
    if notes is not None:
        replace_metadata(invoice, notes)


def _check(invoice: Invoice, data: Mapping[str, Any], notes: list[Any] | None) -> None:
    """In the order of 04 §12."""
    if invoice.status == "voided":
        raise NotAllowed("update_on_voided_invoice")
    if invoice.status == "draft" and notes is not None:
        raise NotAllowed("metadata_on_draft_invoice")
    if "payment_status" in data and data["payment_status"] not in PAYMENT_STATUSES:
        raise Invalid({"payment_status": [INVALID]})
    if len(notes or ()) > MOST:
        raise Invalid({"metadata": ["invalid_count"]})
