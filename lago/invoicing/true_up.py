"""Fees that make up for the spending minimum of a charge (02 §5)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from lago.catalog.models import Charge
from lago.invoicing.models import Fee
from lago.invoicing.unit_details import amounts_in_units, unit_details
from lago.metering.aggregations import UsageWindow
from lago.metering.charge_amounts import converted, price_currency
from lago.pricing.spending_minimum import spending_minimum, true_up
from lago.pricing.values import FeeAmounts

_ONE_UNIT: dict[str, Any] = {"units": Decimal(1), "total_aggregated_units": Decimal(1), "events_count": 0}

_COPIED = (
    "organization_id", "subscription_id", "subscription", "charge_id", "charge", "billable_metric_id",
    "billable_metric", "fee_type", "currency", "pay_in_advance", "amount_details", "grouped_by", "properties",
)


def with_true_ups(fees: Sequence[tuple[Fee, bool]], window: UsageWindow) -> Iterator[Fee]:
    """Of the fees of charges those that an invoice keeps, each charge's followed by its true-up, if it has one.

    `fees`: of all filters and groups, charge by charge, each with whether it is kept for itself. What a true-up hangs
    on is kept in any case (02 §4-2).
    """
    for _, of_charge in groupby(fees, key=lambda pair: pair[0].charge_id):
        some = list(of_charge)
        extra = _true_up([fee for fee, _ in some], window)
        yield from (fee for fee, kept in some if kept or (extra and extra.true_up_parent_fee_id == fee.id))
        if extra:
            yield extra


def _true_up(fees: Sequence[Fee], window: UsageWindow) -> Fee | None:
    """The true-up of one charge: one for all its filters and groups. It hangs on the first fee without filter."""
    charge = fees[0].charge
    if charge is None or not charge.min_amount_cents:
        return None
    minimum, currency = spending_minimum(charge.min_amount_cents, window.duration, window.days), fees[0].currency
    amounts = true_up(minimum, [_amounts(fee) for fee in fees], price_currency(charge, currency))
    parent = next(fee for fee in fees if fee.charge_filter_id is None)
    return _fee(parent, charge, converted(charge, amounts, currency)) if amounts else None


def _fee(parent: Fee, charge: Charge, amounts: FeeAmounts) -> Fee:
    return Fee(
        true_up_parent_fee_id=parent.id, **{name: getattr(parent, name) for name in _COPIED}, **_ONE_UNIT,
        amount_cents=amounts.amount_cents, precise_amount_cents=amounts.precise_amount_cents,
        unit_amount_cents=amounts.unit_amount_cents, precise_unit_amount=amounts.precise_unit_amount,
        pricing_unit_details=unit_details(charge, amounts),
    )


def _amounts(fee: Fee) -> FeeAmounts:
    """In what the charge is priced in: money, or a pricing unit."""
    return amounts_in_units(fee) or FeeAmounts(
        fee.amount_cents, fee.precise_amount_cents, fee.unit_amount_cents, fee.precise_unit_amount
    )
