"""The items of a credit note as a client asks for them (04 §9.2)."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lago.core.db import db, lock
from lago.core.errors import Invalid, NotAllowed, NotFound
from lago.core.fields import exact
from lago.core.ids import as_uuid
from lago.invoicing.credit_notes.amounts import Credited, creditable_by_fee
from lago.invoicing.credit_notes.purchases import PURCHASE
from lago.invoicing.models import Fee, Invoice
from lago.invoicing.queries import visible_invoice

_OPEN_STATUSES = ("failed", "pending")


def requested_invoice(organization_id: uuid.UUID, data: Mapping[str, Any]) -> Invoice:
    """The invoice that `invoice_id` names, as it is once its customer is locked.

    Raises NotFound; NotAllowed for invoices that are not finished.
    """
    invoice = visible_invoice(organization_id, as_uuid(data.get("invoice_id")))
    if invoice is None:
        raise NotFound("invoice")
    lock(invoice.customer_id)
    db.session.refresh(invoice)  # it may have been finalized before the lock was given
    if invoice.status in _OPEN_STATUSES:
        raise NotAllowed("invalid_type_or_status")
    return invoice


def requested_items(invoice: Invoice, sent: object) -> list[Credited]:
    """What is to be credited of which fees. Raises for the first bad one: NotFound, or Invalid by `amount_cents`."""
    if not isinstance(sent, list) or not all(isinstance(row, Mapping) for row in sent):
        raise Invalid({"items": ["must_be_an_array"]})
    left = creditable_by_fee(invoice)
    fees = {fee.id: fee for fee in invoice.fees}
    too_much = "higher_than_wallet_balance" if invoice.invoice_type == PURCHASE else "higher_than_remaining_fee_amount"
    return [_item(row, fees, left, too_much) for row in sent]


def _item(
    row: Mapping[str, Any], fees: Mapping[uuid.UUID, Fee], left: dict[uuid.UUID, int], too_much: str
) -> Credited:
    fee = fees.get(as_uuid(row.get("fee_id")) or uuid.UUID(int=0))
    if fee is None:
        raise NotFound("fee")
    cents = _cents(row.get("amount_cents"))
    if cents > left[fee.id]:
        raise Invalid({"amount_cents": [too_much]})
    left[fee.id] -= cents
    return Credited(fee, Decimal(cents))


def _cents(sent: object) -> int:
    number = exact(sent)
    if number is None or number < 0 or number != number.to_integral_value():
        raise Invalid({"amount_cents": ["invalid_value"]})
    return int(number)
