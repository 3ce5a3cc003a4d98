"""What single events cost, one after the other (01 §3.9, 02 §6.2, §6.5)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lago.metering.charge_amounts import charge_amounts, price_currency
from lago.metering.in_advance.charged_event import ChargedEvent
from lago.metering.in_advance.event_units import event_units
from lago.metering.in_advance.states import States
from lago.metering.in_advance.with_event import with_event
from lago.metering.measure import measure
from lago.metering.models import CachedAggregation
from lago.metering.property_text import property_number
from lago.pricing.in_advance import estimated_price, event_price, usage_of_event
from lago.pricing.in_advance_units import NewUnits, new_units
from lago.pricing.values import FeeAmounts, Price, Usage

SAME_PRICE_FOR_ALL = ("standard",)
"""Charge models by which a unit costs the same whatever came before: nothing has to be read for their prices."""

ASKED_AT_ONCE = 50
"""How many questions go into one statement."""

ZERO = Decimal(0)


@dataclass(frozen=True)
class PricedEvent:
    """The fee of an event on a charge, not yet written; amounts in the plan's currency."""

    charged: ChargedEvent
    new: NewUnits
    price: Price
    amounts: FeeAmounts

    @property
    def kept_state(self) -> CachedAggregation | None:
        """The row of the state that the event leaves, if it leaves one."""
        charged, state = self.charged, self.new.state
        return state and CachedAggregation(
            organization_id=charged.subscription.organization_id,
            external_subscription_id=charged.subscription.external_id, charge_id=charged.charge.id,
            charge_filter_id=charged.spot.charge_filter_id, grouped_by=charged.grouped_by,
            timestamp=charged.mark.timestamp, event_transaction_id=charged.event.transaction_id,
            current=state.current, max=state.max, max_prorated=state.max_prorated,
        )


def price_events(
    organization_id: uuid.UUID, external_subscription_id: str, events: Sequence[ChargedEvent]
) -> list[PricedEvent]:
    """The prices of stored events of a subscription, as if each had been priced before the next one was told.

    The events come in the order in which they were told. What one leaves counts for the next; nothing is written.
    """
    added = _added(organization_id, external_subscription_id, events)
    usages = _usages(organization_id, external_subscription_id, events)
    return [_priced(event, new, usage) for event, new, usage in zip(events, added, usages, strict=True)]


def estimate_events(
    organization_id: uuid.UUID, external_subscription_id: str, events: Sequence[ChargedEvent]
) -> list[PricedEvent]:
    """What an event that is not stored would cost on some charges, after all that is stored (02 §6.5)."""
    added = _added(organization_id, external_subscription_id, events)
    stored = _usages(organization_id, external_subscription_id, events)
    return [_estimated(event, new, usage) for event, new, usage in zip(events, added, stored, strict=True)]


def _added(
    organization_id: uuid.UUID, external_subscription_id: str, events: Sequence[ChargedEvent]
) -> list[NewUnits]:
    """What each event adds to what was billed before it, and the state that it leaves."""
    units = event_units(organization_id, external_subscription_id, events)
    places = [event.place_before for event in events]
    keeping = (place for place, event in zip(places, events, strict=True) if _keeps_state(event))
    states = States(organization_id, external_subscription_id, keeping)
    added = []
    for event, one, place in zip(events, units, places, strict=True):
        previous = states.newest(place) if _keeps_state(event) else None
        new = new_units(event.metric.aggregation_type, one, previous, event.coefficient)
        if new.state:
            states.follow(event.spot, event.mark.timestamp, new.state)
        added.append(new)
    return added


def _keeps_state(event: ChargedEvent) -> bool:
    return event.metric.aggregation_type != "count_agg"


def _usages(
    organization_id: uuid.UUID, external_subscription_id: str, events: Sequence[ChargedEvent]
) -> list[Usage]:
    """The usage up to each event; none where it does not matter for the price."""
    asked = [number for number, event in enumerate(events) if event.charge.charge_model not in SAME_PRICE_FOR_ALL]
    found = {}
    for start in range(0, len(asked), ASKED_AT_ONCE):
        some = asked[start : start + ASKED_AT_ONCE]
        answers = measure(organization_id, external_subscription_id, [events[number].measurement for number in some])
        found |= {number: answer[0].usage for number, answer in zip(some, answers, strict=True)}
    return [found.get(number, Usage(ZERO, 0)) for number in range(len(events))]


def _priced(event: ChargedEvent, new: NewUnits, including: Usage) -> PricedEvent:
    named = event.event.precise_total_amount_cents or ZERO
    usage = usage_of_event(including, new, event.metric.aggregation_type, named)
    charge, currency = event.charge, event.subscription.plan.amount_currency
    price = event_price(charge.charge_model, event.bucket.properties, usage, price_currency(charge, currency))
    return PricedEvent(event, new, price, charge_amounts(charge, price, currency, of_event=True))


def _estimated(event: ChargedEvent, new: NewUnits, stored: Usage) -> PricedEvent:
    kind, named = event.metric.aggregation_type, event.event.precise_total_amount_cents or ZERO
    value = property_number(event.value) or ZERO
    including = with_event(stored, new, kind, value, event.measurement.needs, named)
    usage = usage_of_event(including, new, kind, named)
    charge, currency = event.charge, event.subscription.plan.amount_currency
    price = estimated_price(charge.charge_model, event.bucket.properties, usage, price_currency(charge, currency))
    return PricedEvent(event, new, price, charge_amounts(charge, price, currency, of_event=True))
