"""Priced usage: from events to the amounts of fees. Current usage, invoices and whatever else shows usage all take
it from here, so that they cannot disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lago.catalog.models import Charge
from lago.metering.aggregations import AGGREGATIONS, Measurement
from lago.metering.store import Group, event_store
from lago.pricing.charge_models import CHARGE_MODELS
from lago.pricing.fees import fee_amounts
from lago.pricing.values import FeeAmounts, Price, Usage, Windows
from lago.subscriptions.models import Subscription

ZERO = Decimal(0)


@dataclass(frozen=True)
class PricedUsage:
    """The fee of one group of a charge, not yet written: its usage, its price, its amounts in the plan's currency.

    `grouped_by` is empty for a charge that is not priced by groups; blank values are None (01 §3.4).
    """

    charge: Charge
    grouped_by: dict[str, str | None]
    usage: Usage
    price: Price
    amounts: FeeAmounts

    @property
    def events_count(self) -> int:
        return self.usage.events_count

    @property
    def total_aggregated_units(self) -> Decimal:
        return self.price.units

    @property
    def is_billed(self) -> bool:
        """Whether an invoice has a fee for it (02 §4-2)."""
        return bool(self.price.units or self.amounts.amount_cents or self.events_count)


@dataclass(frozen=True)
class Narrowing:
    """Parts of the usage only: events whose properties have one of the texts, and no groups if not `grouped`."""

    only: tuple[tuple[str, tuple[str, ...]], ...] = ()
    grouped: bool = True

    def group_keys(self, charge: Charge) -> tuple[str, ...]:
        """The keys that still split the charge: one that is narrowed to given texts does not (01 §4.1)."""
        keys = charge.properties.get("pricing_group_keys") or () if self.grouped else ()
        chosen = {key for key, _ in self.only}
        return tuple(key for key in keys if key not in chosen)


WHOLE = Narrowing()


def priced_usage(
    subscription: Subscription,
    windows: Windows,
    charges: Sequence[Charge] | None = None,
    narrowing: Narrowing = WHOLE,
) -> list[PricedUsage]:
    """What the usage in the charge window costs, for each charge of the plan (or of `charges`) and each of its groups.

    A charge without events has one entry, with zeros and null groups. Charges come in the given order, groups by
    their values. The window must not be None. One query in all.
    """
    charges = subscription.plan.charges if charges is None else charges
    measurements = [_measurement(charge, windows, narrowing) for charge in charges]
    questions = [AGGREGATIONS[m.metric.aggregation_type].question(m) for m in measurements]
    answers = event_store().answer(subscription.organization_id, subscription.external_id, questions)
    currency = subscription.plan.amount_currency
    return [
        _priced(charge, measurement, group, currency)
        for charge, measurement, groups in zip(charges, measurements, answers, strict=True)
        for group in _in_order(groups) or [_without_events(measurement)]
    ]


def _measurement(charge: Charge, windows: Windows, narrowing: Narrowing) -> Measurement:
    starts, ends = windows.charges_from_datetime, windows.charges_to_datetime
    if starts is None or ends is None:
        raise ValueError(f"no charge window at {windows.timestamp}")
    return Measurement(charge.billable_metric, starts, ends, narrowing.group_keys(charge), narrowing.only)


def _priced(charge: Charge, measurement: Measurement, group: Group, currency: str) -> PricedUsage:
    usage = AGGREGATIONS[measurement.metric.aggregation_type].usage(measurement, group)
    price = CHARGE_MODELS[charge.charge_model].price(usage, charge.properties)
    grouped_by = {
        key: text if text and text.strip() else None
        for key, text in zip(measurement.group_keys, group.keys, strict=True)
    }
    return PricedUsage(charge, grouped_by, usage, price, fee_amounts(price, currency))


def _in_order(groups: list[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: [(text is None, text or "") for text in group.keys])


def _without_events(measurement: Measurement) -> Group:
    return Group((None,) * len(measurement.group_keys), ZERO, 0)
