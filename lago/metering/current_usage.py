"""Current usage: what the running period would cost, were it billed now (01 §4.1)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC

from lago.catalog.models import Charge
from lago.core import clock
from lago.core.errors import NotAllowed, NotFound
from lago.metering.usage import Narrowing, PricedUsage, priced_usage
from lago.metering.usage_totals import PeriodUsage, UnitAmount, UsageFee
from lago.pricing.taxes import invoice_taxes
from lago.pricing.values import Line, Windows
from lago.subscriptions.models import Subscription
from lago.subscriptions.taxes import TaxChoice, for_pricing
from lago.subscriptions.terms import current_windows


@dataclass(frozen=True)
class UsageRequest:
    """Which part of the usage is asked for. Of the three ways to name charges the first that is given counts.

    `full`: from the start of the subscription on, instead of the period's.
    """

    charge_id: uuid.UUID | str | None = None
    charge_code: str | None = None
    metric_code: str | None = None
    narrowing: Narrowing = Narrowing()
    full: bool = False
    with_taxes: bool = True

    @property
    def names_charges(self) -> bool:
        return any((self.charge_id, self.charge_code, self.metric_code))

    def asks_for(self, charge: Charge) -> bool:
        if self.charge_id:
            return str(charge.id) == str(self.charge_id)
        if self.charge_code:
            return charge.code == self.charge_code
        return not self.metric_code or charge.billable_metric.code == self.metric_code


def current_usage(subscription: Subscription, request: UsageRequest) -> PeriodUsage:
    """The usage of an active subscription in its running period, as of now, for the charges asked for.

    Raises NotAllowed("full_usage_not_allowed"), NotFound("charge").
    """
    charges = [charge for charge in subscription.plan.charges if request.asks_for(charge)]
    if request.full:
        _check_full_usage(request, charges)
    if request.names_charges and not charges:
        raise NotFound("charge")
    if not request.names_charges:
        charges = by_name_of_metric(charges)
    windows = _windows(subscription, request.full)
    priced = priced_usage(subscription, windows, charges, request.narrowing, current=True)
    return period_usage(subscription, windows, priced, with_taxes=request.with_taxes)


def by_name_of_metric(charges: Sequence[Charge]) -> list[Charge]:
    """The charges in the order in which usage shows them."""
    return sorted(charges, key=lambda charge: charge.billable_metric.name.lower())


def period_usage(
    subscription: Subscription, windows: Windows, priced: Sequence[PricedUsage], *, with_taxes: bool
) -> PeriodUsage:
    """Priced usage as it is shown, with a fee for each entry, in the same order."""
    starts, ends = windows.charges_from_datetime, windows.charges_to_datetime
    assert starts and ends  # an active subscription has started
    return PeriodUsage(
        starts, ends,
        issuing_date=ends.astimezone(UTC).date(),  # whatever the customer's zone (01 §4.1)
        currency=subscription.plan.amount_currency,
        fees=tuple(_fee(one) for one in priced),
        amount_cents=sum(one.amounts.amount_cents for one in priced),
        taxes_amount_cents=_taxes_amount_cents(subscription, priced) if with_taxes else 0,
    )


def _fee(priced: PricedUsage) -> UsageFee:
    return UsageFee(
        priced.charge, priced.charge_filter, priced.grouped_by, priced.price.units, priced.total_aggregated_units,
        priced.events_count, priced.amounts.amount_cents, priced.presentation_breakdowns, in_units=_in_units(priced),
    )


def _in_units(priced: PricedUsage) -> UnitAmount | None:
    in_units, unit, rate = priced.amounts.in_units, priced.charge.pricing_unit, priced.charge.conversion_rate
    return UnitAmount(in_units.amount_cents, unit.short_name, rate) if in_units and unit and rate else None


def _check_full_usage(request: UsageRequest, charges: Sequence[Charge]) -> None:
    narrowed = request.names_charges or request.narrowing.only
    if not narrowed or any(charge.prorated for charge in charges):
        raise NotAllowed("full_usage_not_allowed")


def _windows(subscription: Subscription, full: bool) -> Windows:
    windows = current_windows(subscription, clock.now())
    return replace(windows, charges_from_datetime=subscription.started_at) if full else windows


def _taxes_amount_cents(subscription: Subscription, priced: Sequence[PricedUsage]) -> int:
    """The taxes of an invoice of these fees (04 §6.4)."""
    choice = TaxChoice()
    lines = [
        Line(
            one.amounts.amount_cents, one.amounts.precise_amount_cents,
            for_pricing(choice.of(subscription.customer, subscription.plan, one.charge)),
        )
        for one in priced
    ]
    return invoice_taxes(lines, sum(line.amount_cents for line in lines)).taxes_amount_cents
