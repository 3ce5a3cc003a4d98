"""Filters of a charge for one subscription alone (03 §2.5): on its own plan, which is made if need be."""

from collections.abc import Mapping
from typing import Any

from lago.catalog import create_charge_filter as created
from lago.catalog import delete_charge_filter as deleted
from lago.catalog import update_charge_filter as updated
from lago.catalog.counterparts import like_filters
from lago.catalog.models import Charge, ChargeFilter
from lago.catalog.queries import charge_filter_by_id
from lago.core.errors import NotFound
from lago.core.outbox import announce
from lago.invoicing.own_plan import charge_of, hold_subscription, own_plan
from lago.subscriptions.models import Subscription


def create_own_filter(subscription: Subscription, code: str, data: Mapping[str, Any]) -> ChargeFilter:
    """One more filter of the charge of that code. Raises NotFound or Invalid."""
    hold_subscription(subscription)
    charge_of(subscription.plan, code)
    plan = own_plan(subscription)
    announce("subscription.updated", subscription)
    return created.create_charge_filter(plan, charge_of(plan, code), data)


def update_own_filter(subscription: Subscription, code: str, filter_id: str, data: Mapping[str, Any]) -> ChargeFilter:
    """Changes a filter of the charge, named by the id that it has now. Raises NotFound or Invalid."""
    charge, own = _own_filter(subscription, code, filter_id)
    updated.update_charge_filter(subscription.plan, charge, own, data)
    return own


def delete_own_filter(subscription: Subscription, code: str, filter_id: str) -> ChargeFilter:
    """Deletes a filter of the charge, named by the id that it has now. Raises NotFound."""
    charge, own = _own_filter(subscription, code, filter_id)
    deleted.delete_charge_filter(subscription.plan, charge, own, {})
    return own


def _own_filter(subscription: Subscription, code: str, filter_id: str) -> tuple[Charge, ChargeFilter]:
    """The charge on the subscription's own plan, and its filter that stands for the one of that id."""
    hold_subscription(subscription)
    named = charge_filter_by_id(charge_of(subscription.plan, code), filter_id)
    if named is None:
        raise NotFound("charge_filter")
    charge = charge_of(own_plan(subscription), code)
    announce("subscription.updated", subscription)
    [(_, own)] = like_filters([named], charge.filters)
    return charge, own
