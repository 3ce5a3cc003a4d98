"""What a client reports of the payment of a fee that stands on no invoice (02 §7.3)."""

from collections.abc import Mapping
from typing import Any

from lago.core import clock
from lago.core.db import db
from lago.core.errors import Invalid, NotAllowed, NotFound
from lago.core.fields import INVALID
from lago.invoicing.models import Fee

_STAMPS = {"succeeded": "succeeded_at", "failed": "failed_at", "refunded": "refunded_at"}

PAYMENT_STATUSES = ("pending", *_STAMPS)


def update_fee(fee: Fee, data: Mapping[str, Any]) -> None:
    """Sets the payment status, and when it became so; what other statuses were reached is forgotten.

    Raises NotAllowed("invoiced_fee"); Invalid for an unknown status or none.
    """
    check_not_invoiced(fee)
    status = data.get("payment_status")
    if status not in PAYMENT_STATUSES:
        raise Invalid({"payment_status": [INVALID]})
    fee.payment_status = status
    for name, stamp in _STAMPS.items():
        setattr(fee, stamp, clock.now() if name == status else None)


def check_not_invoiced(fee: Fee) -> None:
    """Locks the fee, so that nobody puts it on an invoice or deletes it meanwhile.

    Raises NotAllowed("invoiced_fee"), NotFound if it has just been deleted.
    """
    db.session.refresh(fee, ["invoice_id", "deleted_at"], with_for_update=True)
    if fee.deleted_at is not None:
        raise NotFound("fee")
    if fee.invoice_id is not None:
        raise NotAllowed("invoiced_fee")
