"""Adjustments of the fees of a draft, and their end (02 §11)."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields
from sqlalchemy.exc import DataError

from lago.catalog.fixed_charge_inputs import Units
from lago.catalog.models import Charge
from lago.core.db import all_or_nothing, db, lock
from lago.core.errors import Forbidden, Invalid, NotFound
from lago.core.fields import OUT_OF_RANGE, Text, exact
from lago.core.schemas import InputSchema
from lago.invoicing.adjusted_fees import key_of
from lago.invoicing.models import AdjustedFee, Fee, Invoice, InvoiceSubscription
from lago.invoicing.refresh import refresh_drafts
from lago.pricing.fees import MOST_CENTS

WITHOUT_PRICE_REFUSED = ("percentage", "graduated_percentage")
MOST_PRICE = 10**15


class UnitPrice(fields.Field[Decimal]):
    """The price of a unit, 0 or more, in currency units or those of the charge."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Decimal:
        price = exact(value)
        if price is None:
            raise ValidationError("is not a number")
        if not 0 <= price <= MOST_PRICE:
            raise ValidationError(OUT_OF_RANGE)
        return price


class AdjustmentInput(InputSchema):
    """What is wanted: units alone, units at a price, or another name."""

    units = Units(allow_none=True)
    unit_precise_amount = UnitPrice(allow_none=True)
    invoice_display_name = Text(most=255, allow_none=True, blank_is_null=True)


@dataclass(frozen=True)
class Target:
    """Which fee: one that is there, or that of a charge of a subscription on the invoice which has none yet."""

    fee_id: uuid.UUID | None = None
    subscription_id: uuid.UUID | None = None
    charge_id: uuid.UUID | None = None
    charge_filter_id: uuid.UUID | None = None
    fixed_charge_id: uuid.UUID | None = None
    grouped_by: dict[str, Any] = field(default_factory=dict)


def adjust_fee(invoice: Invoice, target: Target, data: Mapping[str, Any]) -> AdjustedFee:
    """Has a fee of a draft be what `data` wants of it (`units`, `unit_precise_amount`, `invoice_display_name`), now and
    whenever the draft is made anew.

    Raises Forbidden if the invoice is no draft; NotFound for what is not on it; Invalid for bad values, a fee that is
    adjusted already, or units alone where the charge model cannot price them.
    """
    _hold(invoice)
    wanted = AdjustedFee(organization_id=invoice.organization_id, invoice_id=invoice.id, **_target(invoice, target))
    values = AdjustmentInput().read(data)
    wanted.kind = kind_of(values)
    for name, value in values.items():
        setattr(wanted, name, value)
    _check(invoice, wanted)
    _keep(invoice, wanted)
    made = next((fee for fee in invoice.fees if key_of(fee) == key_of(wanted)), None)
    if made is None:
        raise NotFound("fixed_charge" if wanted.fixed_charge_id else "charge")
    if wanted.kind != "name" and abs(made.amount_cents) >= MOST_CENTS:
        raise Invalid({"units": [OUT_OF_RANGE]})
    return wanted


def remove_adjustment(invoice: Invoice, adjustment_id: uuid.UUID) -> None:
    """Has the fee be what is computed again. Raises Forbidden if the invoice is no draft, NotFound for what is not its.
    """
    _hold(invoice)
    wanted = next((one for one in adjustments_of(invoice) if one.id == adjustment_id), None)
    if wanted is None:
        raise NotFound("adjusted_fee")
    db.session.delete(wanted)
    refresh_drafts([invoice])


def adjustments_of(invoice: Invoice) -> list[AdjustedFee]:
    """What is wanted of the fees of an invoice, in the order in which it was said."""
    query = db.select(AdjustedFee).where(AdjustedFee.invoice_id == invoice.id).order_by(AdjustedFee.seq)
    return list(db.session.scalars(query))


def _hold(invoice: Invoice) -> None:
    lock(invoice.customer_id)
    db.session.refresh(invoice)  # it may have been finalized before the lock was given
    if invoice.status != "draft":
        raise Forbidden("feature_unavailable")


def _target(invoice: Invoice, target: Target) -> dict[str, Any]:
    """What the fee is for, as columns."""
    if target.fee_id:
        fee = next((one for one in invoice.fees if one.id == target.fee_id and is_adjustable(one)), None)
        if fee is None:
            raise NotFound("fee")
        names = ("subscription_id", "fee_type", "charge_id", "charge_filter_id", "fixed_charge_id", "grouped_by")
        return {name: getattr(fee, name) for name in names}
    lines = invoice.invoice_subscriptions
    line = next((one for one in lines if one.subscription_id == target.subscription_id), None)
    if line is None:
        raise NotFound("subscription")
    found = _fixed_charge(line, target) if target.fixed_charge_id else _charge(line, target)
    return {"subscription_id": line.subscription_id, **found}


def is_adjustable(fee: Fee) -> bool:
    """Whether a person may say what it is: true-ups and commitments follow from the others."""
    return fee.fee_type in ("subscription", "charge", "fixed_charge") and fee.true_up_parent_fee_id is None


def _fixed_charge(line: InvoiceSubscription, target: Target) -> dict[str, Any]:
    if target.fixed_charge_id not in [one.id for one in line.subscription.plan.fixed_charges]:
        raise NotFound("fixed_charge")
    return {"fee_type": "fixed_charge", "fixed_charge_id": target.fixed_charge_id, "grouped_by": {}}


def _charge(line: InvoiceSubscription, target: Target) -> dict[str, Any]:
    charge = next((one for one in line.subscription.plan.charges if one.id == target.charge_id), None)
    if charge is None:
        raise NotFound("charge")
    if target.charge_filter_id and target.charge_filter_id not in [one.id for one in charge.filters]:
        raise NotFound("charge_filter")
    return {
        "fee_type": "charge", "charge_id": charge.id, "charge_filter_id": target.charge_filter_id,
        "grouped_by": target.grouped_by,
    }


def kind_of(values: Mapping[str, Any]) -> str:
    """What is wanted of a fee: `name`, `units` or `amount`. A price without units counts as a new name alone."""
    if values.get("units") is None:
        return "name"
    return "units" if values.get("unit_precise_amount") is None else "amount"


def _check(invoice: Invoice, wanted: AdjustedFee) -> None:
    if any(key_of(one) == key_of(wanted) for one in adjustments_of(invoice)):
        raise Invalid({"adjusted_fee": ["already_exists"]})
    charge = db.session.get(Charge, wanted.charge_id) if wanted.charge_id else None
    if charge and wanted.kind == "units" and needs_price(charge):
        raise Invalid({"charge": ["invalid_charge_model"]})


def _keep(invoice: Invoice, wanted: AdjustedFee) -> None:
    """Stores it and makes the draft anew. Raises Invalid if taxes make that more than an invoice can hold."""
    try:
        with all_or_nothing():
            db.session.add(wanted)
            refresh_drafts([invoice])
    except DataError:
        raise Invalid({"units": [OUT_OF_RANGE]}) from None


def needs_price(charge: Charge) -> bool:
    """Whether units alone cannot be priced: the model asks for the single events."""
    return charge.charge_model in WITHOUT_PRICE_REFUSED or (charge.charge_model == "graduated" and charge.prorated)
