"""Projected usage: what the running period will have cost at its end if its usage goes on as so far (01 §4.4)."""

from dataclasses import replace
from decimal import Decimal

from lago.core import clock
from lago.metering.charge_amounts import price_currency
from lago.metering.current_usage import by_name_of_metric, period_usage
from lago.metering.usage import PricedUsage, priced_usage
from lago.metering.usage_totals import Breakdown, PeriodUsage, UsageFee
from lago.pricing.currencies import CURRENCIES
from lago.pricing.pricing_units import cents_in_money
from lago.pricing.projection import Projection, project, projection_ratio
from lago.pricing.proration import days
from lago.pricing.rounding import divide, round_to
from lago.pricing.values import Windows
from lago.subscriptions.models import Subscription
from lago.subscriptions.terms import current_windows, zone_of


def projected_usage(subscription: Subscription, *, with_taxes: bool = True) -> PeriodUsage:
    """The current usage of an active subscription, with its projected figures."""
    windows = current_windows(subscription, clock.now())
    charges = by_name_of_metric(subscription.plan.charges)
    priced = priced_usage(subscription, windows, charges, current=True)
    usage = period_usage(subscription, windows, priced, with_taxes=with_taxes)
    ratio = _ratio(subscription, windows)
    fees = [_projected(fee, one, ratio, usage.currency) for fee, one in zip(usage.fees, priced, strict=True)]
    return replace(usage, fees=tuple(fees))


def _ratio(subscription: Subscription, windows: Windows) -> Decimal:
    """The part that has gone by of the period of the subscription itself, which may be longer than that of usage."""
    starts, ends, zone = windows.from_datetime, windows.to_datetime, zone_of(subscription)
    assert starts and ends  # an active subscription has started
    return projection_ratio(days(starts, clock.now(), zone), days(starts, ends, zone))


def _projected(fee: UsageFee, priced: PricedUsage, ratio: Decimal, currency: str) -> UsageFee:
    projection, breakdowns = _projection(fee, priced, ratio, currency), fee.breakdowns
    if not fee.charge.billable_metric.recurring:
        breakdowns = tuple(_later(one, ratio, currency) for one in fee.breakdowns)
    in_units, cents = fee.in_units, projection.amount_cents
    if in_units:
        in_units = replace(in_units, projected_amount_cents=cents)
        cents = cents_in_money(cents, in_units.conversion_rate, currency)
    return replace(
        fee, projected_units=projection.units, projected_amount_cents=cents, projected_breakdowns=breakdowns,
        in_units=in_units,
    )


def _projection(fee: UsageFee, priced: PricedUsage, ratio: Decimal, currency: str) -> Projection:
    """In cents of what the charge is priced in: money, or a pricing unit."""
    if fee.charge.filters and fee.charge_filter is None:
        return Projection(Decimal(0), 0)  # what fits no filter is not projected (01 §4.4-4)
    if fee.charge.billable_metric.recurring:
        return Projection(fee.units, (fee.in_units or fee).amount_cents)
    model, amount = fee.charge.charge_model, priced.price.amount
    prices = price_currency(fee.charge, currency)
    return project(model, priced.bucket.properties, fee.units, amount, ratio, prices)


def _later(breakdown: Breakdown, ratio: Decimal, currency: str) -> Breakdown:
    units = round_to(divide(breakdown.units, ratio), CURRENCIES[currency].exponent) if ratio else Decimal(0)
    return replace(breakdown, units=units)
