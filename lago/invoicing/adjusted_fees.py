"""Fees of drafts as a person wants them: what is wanted is found again for each fee that is made anew (02 §11)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from lago.catalog.models import Charge, FixedCharge
from lago.invoicing.models import AdjustedFee, Fee
from lago.invoicing.unit_details import unit_details
from lago.metering.charge_amounts import charge_amounts, converted, price_currency
from lago.metering.usage import PricedUsage
from lago.pricing.adjusted_fees import at_price, times
from lago.pricing.charge_models import price_usage
from lago.pricing.fees import fee_amounts
from lago.pricing.fixed_charges import Quantity, fixed_price
from lago.pricing.values import FeeAmounts, Price, Usage

ZERO = Decimal(0)
NOTHING: dict[str, Any] = {
    "usage": Usage(ZERO, 0), "price": Price(ZERO, ZERO, ZERO), "amounts": FeeAmounts(0, ZERO, 0, ZERO),
    "presentation_breakdowns": (), "end_level": None,
}
"""What is new of a fee for which nothing was used."""

Key = tuple[Any, ...]


def key_of(fee: Fee | AdjustedFee) -> Key:
    """What a fee of an invoice is for; a true-up has the same as the fee that it hangs on."""
    group = tuple(sorted(fee.grouped_by.items()))
    return (fee.subscription_id, fee.fee_type, fee.charge_id, fee.charge_filter_id, fee.fixed_charge_id, group)


def adjust(fee: Fee, wanted: Iterable[AdjustedFee]) -> bool:
    """Changes a fee as it is wanted, if it is. Whether it is: then it is kept, even if it is of nothing."""
    adjustment = next((one for one in wanted if key_of(one) == key_of(fee)), None)
    if adjustment is None:
        return False
    fee.invoice_display_name = adjustment.invoice_display_name or fee.invoice_display_name
    if adjustment.units is not None and adjustment.kind != "name":
        put_units(fee, adjustment.units, adjustment.unit_precise_amount if adjustment.kind == "amount" else None)
    return True


def with_wanted(usages: Iterable[PricedUsage], wanted: Iterable[AdjustedFee]) -> Iterator[PricedUsage]:
    """The usages, and after those of its charge what is wanted of groups that have none."""
    usages, some = list(usages), [one for one in wanted if one.fee_type == "charge"]
    for number, usage in enumerate(usages):
        yield usage
        if some and (number + 1 == len(usages) or usages[number + 1].bucket is not usage.bucket):
            yield from _missing(usage, [one for one in usages if one.bucket is usage.bucket], some)


def _missing(
    usage: PricedUsage, same: Sequence[PricedUsage], wanted: Iterable[AdjustedFee]
) -> Iterator[PricedUsage]:
    bucket = usage.charge.id, usage.charge_filter and usage.charge_filter.id
    for one in wanted:
        if (one.charge_id, one.charge_filter_id) == bucket and one.grouped_by not in [each.grouped_by for each in same]:
            yield replace(usage, grouped_by=one.grouped_by, **NOTHING)


def put_units(fee: Fee, units: Decimal, unit_amount: Decimal | None) -> None:
    """Has a fee be of so many units, at that price, in units of the currency or of its charge; without one they are
    priced as what the fee is for prices them."""
    amounts, details = _at_price(fee, units, unit_amount) if unit_amount is not None else _of_units(fee, units)
    fee.amount_cents, fee.precise_amount_cents = amounts.amount_cents, amounts.precise_amount_cents
    fee.unit_amount_cents, fee.precise_unit_amount = amounts.unit_amount_cents, amounts.precise_unit_amount
    fee.amount_details = details
    if fee.charge:
        fee.events_count, fee.pricing_unit_details = 0, unit_details(fee.charge, amounts)
        fee.presentation_breakdowns = fee.presentation_breakdowns if units == fee.units else []
    if fee.total_aggregated_units is not None:
        fee.total_aggregated_units = units
    fee.units = units


def _at_price(fee: Fee, units: Decimal, unit_amount: Decimal) -> tuple[FeeAmounts, dict[str, Any]]:
    if fee.charge is None:
        return at_price(units, unit_amount, fee.currency), {}
    amounts = at_price(units, unit_amount, price_currency(fee.charge, fee.currency))
    return converted(fee.charge, amounts, fee.currency), {}


def _of_units(fee: Fee, units: Decimal) -> tuple[FeeAmounts, dict[str, Any]]:
    """By the prices of what it is for; of a subscription, what it would cost by so many."""
    if fee.charge:
        return _of_charge(fee, fee.charge, units)
    if fee.fixed_charge:
        return _of_fixed_charge(fee, fee.fixed_charge, units)
    return times(units, fee.amount_cents, fee.currency), fee.amount_details


def _of_charge(fee: Fee, charge: Charge, units: Decimal) -> tuple[FeeAmounts, dict[str, Any]]:
    usage = Usage(units, 0, full_units=units if charge.prorated else None)
    prices, currency = fee.properties["prices"], price_currency(charge, fee.currency)
    price = price_usage(charge.charge_model, usage, prices, currency)
    return charge_amounts(charge, price, fee.currency), price.amount_details


def _of_fixed_charge(fee: Fee, fixed_charge: FixedCharge, units: Decimal) -> tuple[FeeAmounts, dict[str, Any]]:
    price = fixed_price(
        fixed_charge.charge_model, fixed_charge.properties, Quantity(units, units), fee.currency,
        prorated=fixed_charge.prorated,
    )
    return fee_amounts(price, fee.currency), price.amount_details
