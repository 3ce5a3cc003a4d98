"""Sending a receipt once more, to whom someone names (04 §12, 06 §6)."""

from collections.abc import Mapping
from typing import Any

from lago.core.ids import new_id
from lago.core.outbox import enqueue
from lago.invoicing.letters.receivers import named_receivers
from lago.payments.models import PaymentReceipt
from lago.payments.receipts.email import SETTING, entity_of


def resend_receipt(receipt: PaymentReceipt, data: Mapping[str, Any]) -> None:
    """Sends it after the commit, to the customer unless `to` names others. Raises as `named_receivers`."""
    receivers = named_receivers(data, SETTING, entity_of(receipt), receipt.payment.customer)
    enqueue(
        "payments.email_receipt", organization_id=receipt.organization_id, receipt_id=receipt.id, cause_id=new_id(),
        **receivers.args,
    )
