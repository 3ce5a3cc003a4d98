"""A voided one-off invoice is made again (04 §14)."""

from collections.abc import Mapping
from typing import Any

from lago.core.db import db
from lago.core.errors import NotAllowed
from lago.core.outbox import announce
from lago.customers.hold import hold
from lago.invoicing.create_one_off import create_one_off
from lago.invoicing.models import ONE_OFF, Invoice
from lago.invoicing.regenerate import check_regenerable
from lago.organizations.models import Organization


def regenerate_one_off(voided: Invoice, organization: Organization, data: Mapping[str, Any]) -> Invoice:
    """A new one-off invoice for a voided one, of the same customer and in the same currency; `data` as of any other.

    Raises NotAllowed as `check_regenerable` does, and what `create_one_off` does.
    """
    hold(voided.customer_id, organization)
    db.session.refresh(voided)
    check_regenerable(voided)
    if voided.invoice_type != ONE_OFF:
        raise NotAllowed("invalid_invoice_type")
    same = {"external_customer_id": voided.customer.external_id, "currency": voided.currency}
    invoice = create_one_off(organization, {**data, **same})
    invoice.voided_invoice_id = voided.id
    db.session.flush()
    announce("invoice.regenerated", voided)
    return invoice
