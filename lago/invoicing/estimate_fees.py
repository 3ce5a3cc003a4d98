"""What one more event would cost on charges that are paid in advance (01 §1.11, 02 §6.5). Nothing is stored."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from lago.catalog.models import BillableMetric
from lago.catalog.queries import billable_metric_by_code
from lago.core import clock
from lago.core.errors import Invalid, NotFound
from lago.core.fields import exact
from lago.core.ids import new_id
from lago.invoicing.bill_in_advance import fee_of_event
from lago.invoicing.models import Fee
from lago.invoicing.tax_fees import tax_fees
from lago.metering.in_advance.charged_event import charged_events
from lago.metering.in_advance.hypothetical_event import does_not_match, hypothetical_event
from lago.metering.in_advance.price_events import PricedEvent, estimate_events
from lago.metering.in_advance.subscription_at import SECOND, subscription_at
from lago.metering.metrics_of_events import metrics_of_events
from lago.metering.new_event import NewEvent, read_timestamp
from lago.metering.store import EventMark
from lago.metering.with_expression import with_expression
from lago.subscriptions.models import Subscription
from lago.subscriptions.queries import started_subscriptions
from lago.subscriptions.taxes import TaxChoice

MEASURES_NUMBERS = ("sum_agg", "max_agg", "latest_agg")

AFTER_ALL = 2**63 - 1
"""The number of an event that comes after all that are stored."""


def estimate_fees(organization_id: uuid.UUID, sent: Mapping[str, Any]) -> list[Fee]:
    """The fees, with taxes, that the event would make on each charge, if it happened now.

    Raises NotFound for a subscription that is not active now or an unknown metric; Invalid for a bad timestamp, for a
    text where a number is measured, for an expression without result, or if no charge is in advance.
    """
    event = replace(hypothetical_event(sent), transaction_id=str(new_id()))
    subscription = _subscription(organization_id, event)
    read_timestamp(sent.get("timestamp"), clock.now())
    metric = billable_metric_by_code(organization_id, event.code)
    if metric is None:
        raise NotFound("billable_metric")
    _check_number(metric, event)
    event = with_expression(metrics_of_events(organization_id, [event.code]), event)
    fees = [_fee(priced) for priced in _priced(subscription, event)]
    if not fees:
        raise does_not_match()
    tax_fees(fees, TaxChoice())
    return fees


def _subscription(organization_id: uuid.UUID, event: NewEvent) -> Subscription:
    named = event.external_subscription_id
    candidates = started_subscriptions(organization_id, named) if named else []
    subscription = subscription_at(candidates, clock.now(), to=SECOND)
    if subscription is None:
        raise NotFound("subscription")
    return subscription


def _check_number(metric: BillableMetric, event: NewEvent) -> None:
    value = event.properties.get(metric.field_name or "")
    if metric.aggregation_type in MEASURES_NUMBERS and value is not None and exact(value) is None:
        raise Invalid({"properties": ["value_is_not_valid_number"]})


def _priced(subscription: Subscription, event: NewEvent) -> list[PricedEvent]:
    mark = EventMark(clock.now(), clock.now(), AFTER_ALL)
    charged = list(charged_events(subscription, event, mark))
    return estimate_events(subscription.organization_id, subscription.external_id, charged)


def _fee(priced: PricedEvent) -> Fee:
    """The fee as the first one of its event, without an id of its own, with what it would be stored with."""
    fee = fee_of_event(priced)
    fee.id, fee.payment_status, fee.precise_coupons_amount_cents = None, "pending", Decimal(0)
    return fee
