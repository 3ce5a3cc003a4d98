"""Current usage: what the running period would cost, were it billed now (01 §4.1)."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby

from lago.catalog.models import Charge
from lago.core import clock
from lago.core.errors import NotAllowed, NotFound
from lago.metering.usage import Narrowing, PricedUsage, priced_usage
from lago.pricing.rounding import exact
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


@dataclass(frozen=True)
class UsageTotal:
    """The fees of a charge or of one of its groups, added up; amounts in cents."""

    fees: tuple[PricedUsage, ...]

    @property
    @exact
    def units(self) -> Decimal:
        return sum((fee.price.units for fee in self.fees), Decimal(0))

    @property
    @exact
    def total_aggregated_units(self) -> Decimal:
        return sum((fee.total_aggregated_units for fee in self.fees), Decimal(0))

    @property
    def events_count(self) -> int:
        return sum(fee.events_count for fee in self.fees)

    @property
    def amount_cents(self) -> int:
        return sum(fee.amounts.amount_cents for fee in self.fees)


@dataclass(frozen=True)
class GroupUsage(UsageTotal):
    """One group of a charge."""

    @property
    def grouped_by(self) -> dict[str, str | None]:
        return self.fees[0].grouped_by


@dataclass(frozen=True)
class ChargeUsage(UsageTotal):
    """One charge; its groups are listed if any of its fees is grouped."""

    currency: str

    @property
    def charge(self) -> Charge:
        return self.fees[0].charge

    @property
    def groups(self) -> list[GroupUsage]:
        if not any(fee.grouped_by for fee in self.fees):
            return []
        return [GroupUsage(fees) for fees in _runs(self.fees, lambda fee: fee.grouped_by)]


@dataclass(frozen=True)
class CurrentUsage:
    """The usage of a subscription in one window; amounts in cents of `currency`."""

    from_datetime: datetime
    to_datetime: datetime
    currency: str
    fees: tuple[PricedUsage, ...]
    taxes_amount_cents: int

    @property
    def issuing_date(self) -> date:
        """The date of the period's end in UTC, whatever the customer's zone (01 §4.1)."""
        return self.to_datetime.astimezone(UTC).date()

    @property
    def charges(self) -> list[ChargeUsage]:
        return [ChargeUsage(fees, self.currency) for fees in _runs(self.fees, lambda fee: fee.charge.id)]

    @property
    def amount_cents(self) -> int:
        return sum(fee.amounts.amount_cents for fee in self.fees)

    @property
    def total_amount_cents(self) -> int:
        return self.amount_cents + self.taxes_amount_cents


def current_usage(subscription: Subscription, request: UsageRequest) -> CurrentUsage:
    """The usage of an active subscription in its running period, as of now, for the charges asked for.

    Raises NotAllowed("full_usage_not_allowed"), NotFound("charge").
    """
    charges = [charge for charge in subscription.plan.charges if request.asks_for(charge)]
    if request.full:
        _check_full_usage(request, charges)
    if request.names_charges and not charges:
        raise NotFound("charge")
    if not request.names_charges:
        charges.sort(key=lambda charge: charge.billable_metric.name.lower())
    windows = _windows(subscription, request.full)
    fees = tuple(priced_usage(subscription, windows, charges, request.narrowing, current=True))
    taxes = _taxes_amount_cents(subscription, fees) if request.with_taxes else 0
    starts, ends = windows.charges_from_datetime, windows.charges_to_datetime
    assert starts and ends  # an active subscription has started
    return CurrentUsage(starts, ends, subscription.plan.amount_currency, fees, taxes)


def _check_full_usage(request: UsageRequest, charges: Sequence[Charge]) -> None:
    narrowed = request.names_charges or request.narrowing.only
    if not narrowed or any(charge.prorated for charge in charges):
        raise NotAllowed("full_usage_not_allowed")


def _windows(subscription: Subscription, full: bool) -> Windows:
    windows = current_windows(subscription, clock.now())
    return replace(windows, charges_from_datetime=subscription.started_at) if full else windows


def _taxes_amount_cents(subscription: Subscription, fees: Sequence[PricedUsage]) -> int:
    """The taxes of an invoice of these fees (04 §6.4)."""
    choice = TaxChoice()
    lines = [
        Line(
            fee.amounts.amount_cents, fee.amounts.precise_amount_cents,
            for_pricing(choice.of(subscription.customer, subscription.plan, fee.charge)),
        )
        for fee in fees
    ]
    return invoice_taxes(lines, sum(line.amount_cents for line in lines)).taxes_amount_cents


def _runs(
    fees: Sequence[PricedUsage], key: Callable[[PricedUsage], object]
) -> list[tuple[PricedUsage, ...]]:
    return [tuple(run) for _, run in groupby(fees, key)]
