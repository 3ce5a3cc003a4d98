"""Sending an invoice once more, to whom someone names (04 §12, 06 §6)."""

from collections.abc import Mapping
from typing import Any

from lago.core.errors import NotAllowed
from lago.invoicing.letters.email_invoice import SETTING, ask_for_mail
from lago.invoicing.letters.receivers import named_receivers
from lago.invoicing.models import Invoice


def resend_invoice(invoice: Invoice, data: Mapping[str, Any]) -> None:
    """Sends it after the commit, to the customer unless `to` names others. Raises NotAllowed unless it is finalized,
    and as `named_receivers`."""
    if invoice.status != "finalized":
        raise NotAllowed("invoice_not_finalized")
    ask_for_mail(invoice, named_receivers(data, SETTING, invoice.billing_entity, invoice.customer))
