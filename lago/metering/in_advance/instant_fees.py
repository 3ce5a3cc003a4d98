"""What single events would cost by themselves, whatever was used before (01 §1.12, 02 §6.5)."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lago.catalog.models import BillableMetric, Charge
from lago.core import clock
from lago.core.errors import Invalid, NotFound
from lago.core.fields import exact
from lago.metering.aggregations.measurement import rounded_units
from lago.metering.buckets import Bucket, bucket_of_event
from lago.metering.charge_amounts import charge_amounts, price_currency
from lago.metering.in_advance.hypothetical_event import does_not_match, hypothetical_event
from lago.metering.in_advance.subscription_at import subscription_at
from lago.metering.metrics_of_events import metrics_of_events
from lago.metering.new_event import NewEvent
from lago.metering.with_expression import compute_properties
from lago.pricing.in_advance import instant_price
from lago.pricing.values import FeeAmounts, Price
from lago.subscriptions.models import Subscription
from lago.subscriptions.queries import started_subscriptions_named

PRICED_ALONE = ("standard", "percentage")
"""The charge models of which an event can be priced alone."""

ONE, ZERO = Decimal(1), Decimal(0)


@dataclass(frozen=True)
class InstantFee:
    """What an event would cost on a charge; amounts in the plan's currency."""

    event: NewEvent
    subscription: Subscription
    bucket: Bucket
    price: Price
    amounts: FeeAmounts


def instant_fees(organization_id: uuid.UUID, sent: Any) -> list[InstantFee]:
    """The fees of events, those of one subscription together in the order of its first event.

    Raises Invalid where there are no events; NotFound for a subscription that is not active now; Invalid for one whose
    plan has no charge that could price any of its events alone. Of others an event may match none.
    """
    if not sent or not isinstance(sent, list):
        raise Invalid({"events": ["no_events"]})
    events = [hypothetical_event(one if isinstance(one, dict) else {}) for one in sent]
    _compute(organization_id, events)
    named = {event.external_subscription_id: None for event in events}
    candidates = started_subscriptions_named(organization_id, [name for name in named if name])
    return [
        fee
        for name in named
        for fee in _fees_of(
            subscription_at(candidates.get(name or "", ()), clock.now()),
            [event for event in events if event.external_subscription_id == name],
        )
    ]


def instant_fees_of_event(organization_id: uuid.UUID, sent: Mapping[str, Any]) -> list[InstantFee]:
    """The fees of one event. Raises NotFound or Invalid as above, and where no charge matches the event."""
    fees = instant_fees(organization_id, [sent])
    if not fees:
        raise does_not_match()
    return fees


def _compute(organization_id: uuid.UUID, events: Sequence[NewEvent]) -> None:
    """What the expressions of metrics compute; where one fails, its event stays as it was sent."""
    metrics = metrics_of_events(organization_id, (event.code for event in events))
    compute_properties(metrics, dict(enumerate(events)))


def _fees_of(subscription: Subscription | None, events: Sequence[NewEvent]) -> Iterator[InstantFee]:
    if subscription is None:
        raise NotFound("subscription")
    charges = [charge for charge in subscription.plan.charges if _is_eligible(charge)]
    if not charges:
        raise does_not_match()
    for event in events:
        for charge in charges:
            if charge.billable_metric.code == event.code:
                yield _fee(subscription, charge, event)


def _is_eligible(charge: Charge) -> bool:
    return charge.pay_in_advance and charge.charge_model in PRICED_ALONE


def _fee(subscription: Subscription, charge: Charge, event: NewEvent) -> InstantFee:
    bucket, currency = bucket_of_event(charge, event.properties), subscription.plan.amount_currency
    units = rounded_units(charge.billable_metric, _units(charge.billable_metric, event.properties))
    price = instant_price(charge.charge_model, bucket.properties, units, price_currency(charge, currency))
    return InstantFee(event, subscription, bucket, price, charge_amounts(charge, price, currency, of_event=True))


def _units(metric: BillableMetric, properties: Mapping[str, Any]) -> Decimal:
    """The number under the metric's property, 0 if there is none; 1 of a metric that reads no property."""
    if not metric.field_name:
        return ONE
    number = exact(properties.get(metric.field_name))
    return ZERO if number is None else number
