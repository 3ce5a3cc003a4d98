"""The fees of an invoice that is made again: copies, changed as it is wanted, and new ones (04 §14)."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from lago.core.errors import Invalid, NotFound
from lago.core.fields import MANDATORY, OUT_OF_RANGE
from lago.core.ids import as_uuid
from lago.invoicing.adjust_fee import AdjustmentInput, is_adjustable, kind_of, needs_price
from lago.invoicing.adjusted_fees import put_units
from lago.invoicing.fee_columns import of_charge, of_prices, shown_windows
from lago.invoicing.fixed_charges import of_fixed_charge
from lago.invoicing.models import Fee, Invoice, InvoiceSubscription
from lago.invoicing.redo import windows_of
from lago.metering.buckets import buckets_of
from lago.pricing.fees import MOST_CENTS

MOST_FEES = 1000
_COPIED = (
    "organization_id", "subscription_id", "charge_id", "charge_filter_id", "billable_metric_id", "fixed_charge_id",
    "add_on_id", "wallet_transaction_id", "event_transaction_id", "fee_type", "invoice_display_name", "description",
    "currency", "units", "total_aggregated_units", "events_count", "amount_cents", "precise_amount_cents",
    "unit_amount_cents", "precise_unit_amount", "pay_in_advance", "amount_details", "properties", "grouped_by",
    "presentation_breakdowns", "pricing_unit_details", "charge", "charge_filter", "billable_metric", "fixed_charge",
    "add_on", "wallet_transaction", "subscription",
)
"""Not what was taken off it, its taxes and its payment."""


def regenerated_fees(voided: Invoice, sent: object) -> list[Fee]:
    """The fees of the new invoice, without taxes, in the order in which they were sent.

    Raises NotFound for what is not on the voided one, Invalid by `fees.0.units`.
    """
    if not isinstance(sent, list) or not sent or not all(isinstance(row, Mapping) for row in sent):
        raise Invalid({"fees": [MANDATORY]})
    if len(sent) > MOST_FEES:
        raise Invalid({"fees": ["too_many_fees"]})
    known = {fee.id: fee for fee in voided.fees}
    made = [_made(voided, known, row) for row in sent]
    problems = [problem for place, (fee, row) in enumerate(zip(made, sent, strict=True))
                for problem in _adjusted(place, fee, row)]
    if problems:
        raise Invalid(dict(problems))
    _hang_true_ups(made, known, sent)
    return made


def _made(voided: Invoice, known: Mapping[uuid.UUID, Fee], row: Mapping[str, Any]) -> Fee:
    if not row.get("id"):
        return _new(voided, row)
    fee = known.get(as_uuid(row["id"]) or uuid.UUID(int=0))
    if fee is None:
        raise NotFound("fee")
    return Fee(**{name: getattr(fee, name) for name in _COPIED}, original_fee_id=fee.original_fee_id or fee.id)


def _new(voided: Invoice, row: Mapping[str, Any]) -> Fee:
    """A fee of nothing, for something of the plan of a subscription on the invoice."""
    lines = {line.subscription_id: line for line in voided.invoice_subscriptions}
    line = lines.get(as_uuid(row.get("subscription_id")) or uuid.UUID(int=0))
    if line is None:
        raise NotFound("subscription")
    columns = _of_fixed(line, row) if row.get("fixed_charge_id") else _of_usage(line, row)
    properties = {**shown_windows(windows_of(voided, line)), **columns.pop("properties")}
    zero = Decimal(0)
    return Fee(
        **{"grouped_by": {}, **columns}, properties=properties, units=zero, total_aggregated_units=zero,
        amount_cents=0, precise_amount_cents=zero, unit_amount_cents=0, precise_unit_amount=zero,
    )


def _of_fixed(line: InvoiceSubscription, row: Mapping[str, Any]) -> dict[str, Any]:
    wanted, offered = as_uuid(row["fixed_charge_id"]), line.subscription.plan.fixed_charges
    fixed = next((one for one in offered if one.id == wanted), None)
    if fixed is None:
        raise NotFound("fixed_charge")
    prices = {"charge_model": fixed.charge_model, "prices": fixed.properties}
    return {**of_fixed_charge(line.subscription, fixed), "properties": prices}


def _of_usage(line: InvoiceSubscription, row: Mapping[str, Any]) -> dict[str, Any]:
    wanted = as_uuid(row.get("charge_id"))
    charge = next((one for one in line.subscription.plan.charges if one.id == wanted), None)
    if charge is None:
        raise NotFound("charge")
    filter_id = as_uuid(row.get("charge_filter_id"))
    buckets = {bucket.charge_filter and bucket.charge_filter.id: bucket for bucket in buckets_of(charge)}
    if filter_id not in buckets:
        raise NotFound("charge_filter")
    bucket = buckets[filter_id]
    return {**of_charge(line.subscription, bucket), "events_count": 0, "properties": of_prices(bucket)}


def _adjusted(place: int, fee: Fee, row: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Changes a fee as it is wanted; yields what is wrong with that."""
    names = [name for name in AdjustmentInput().fields if row.get(name) not in (None, "")]
    try:
        values = AdjustmentInput().read({name: row[name] for name in names})
    except Invalid as error:
        details: Any = error.details
        yield from ((f"fees.{place}.{name}", codes) for name, codes in details.items())
        return
    problem = _problem(fee, values, is_new=not row.get("id"))
    if problem:
        yield f"fees.{place}.{problem[0]}", [problem[1]]
        return
    _put(fee, values)
    if abs(fee.amount_cents) >= MOST_CENTS:
        yield f"fees.{place}.units", [OUT_OF_RANGE]


def _problem(fee: Fee, values: Mapping[str, Any], *, is_new: bool) -> tuple[str, str] | None:
    """A price is one of so many units; what prices single events cannot price a quantity, nor what follows from other
    fees."""
    kind, has_price = kind_of(values), values.get("unit_precise_amount") is not None
    if kind == "name" and (is_new or has_price):
        return "units", MANDATORY
    if kind != "name" and fee.fee_type == "credit":
        return "units", "is_bought"
    if kind == "units" and (not is_adjustable(fee) or (fee.charge and needs_price(fee.charge))):
        return "unit_precise_amount", "invalid_charge_model"
    return None


def _put(fee: Fee, values: Mapping[str, Any]) -> None:
    fee.invoice_display_name = values.get("invoice_display_name") or fee.invoice_display_name
    if kind_of(values) != "name":
        put_units(fee, values["units"], values.get("unit_precise_amount"))


def _hang_true_ups(made: Sequence[Fee], known: Mapping[uuid.UUID, Fee], sent: Sequence[Mapping[str, Any]]) -> None:
    """A true-up hangs on the copy of the fee that it hung on, if that is there."""
    copies = {as_uuid(row.get("id")): fee for fee, row in zip(made, sent, strict=True) if row.get("id")}
    for old_id, fee in copies.items():
        parent = copies.get(known[old_id].true_up_parent_fee_id) if old_id in known else None
        fee.true_up_parent_fee_id = parent.id if parent else None
