"""`/subscriptions` and `/customers/:external_id/subscriptions`."""

from collections.abc import Callable
from typing import Any

from flask import request

from lago.api.kit import argument, arguments, body, current_organization, found, many, one, payload
from lago.api.routes import endpoint
from lago.core.fields import Flag
from lago.customers.hold import hold
from lago.customers.queries import customer_by_external_id
from lago.invoicing.change import change
from lago.invoicing.subscribe import subscribe
from lago.invoicing.terminate import terminate
from lago.subscriptions.models import Subscription
from lago.subscriptions.not_yet import refuse
from lago.subscriptions.queries import (
    SubscriptionFilter,
    list_subscriptions,
    subscription_by_external_id,
    subscription_to_update,
)
from lago.subscriptions.schemas import SubscriptionSchema, SubscriptionUpdateInput
from lago.subscriptions.usage_thresholds import check_thresholds_are_given_once

SHOWN = SubscriptionSchema("plan", "entitlements", "thresholds", "sections")
UPDATED = SubscriptionSchema("plan", "thresholds", "sections")
TERMINATED = SubscriptionSchema("plan", "sections")


@endpoint("POST", "/subscriptions", permission="subscription")
def create_subscription() -> dict[str, Any]:
    data = body("subscription")
    refuse({**data, "authorization": payload().get("authorization")})
    return one("subscription", SHOWN, subscribe(current_organization(), data))


@endpoint("GET", "/subscriptions", permission="subscription")
def list_all_subscriptions() -> dict[str, Any]:
    return many("subscriptions", SubscriptionSchema(), _filtered(argument("external_customer_id")))


@endpoint("GET", "/customers/<segment:external_id>/subscriptions", permission="subscription")
def list_customer_subscriptions(external_id: str) -> dict[str, Any]:
    found(customer_by_external_id(current_organization().id, external_id), "customer")
    return many("subscriptions", SubscriptionSchema(), _filtered(external_id))


@endpoint("GET", "/subscriptions/<segment:external_id>", permission="subscription")
def show_subscription(external_id: str) -> dict[str, Any]:
    return one("subscription", SHOWN, _found(external_id, argument("status") or "active"))


@endpoint("PUT PATCH", "/subscriptions/<segment:external_id>", permission="subscription")
def update_one_subscription(external_id: str) -> dict[str, Any]:
    data = body("subscription")
    refuse(data)
    check_thresholds_are_given_once(data)
    status = payload().get("status") or argument("status")
    subscription = _held(lambda: found(
        subscription_to_update(current_organization().id, external_id, str(status or "active")), "subscription"
    ))
    change(subscription, SubscriptionUpdateInput().read(data))
    return one("subscription", UPDATED, subscription)


@endpoint("DELETE", "/subscriptions/<segment:external_id>", permission="subscription")
def delete_subscription(external_id: str) -> dict[str, Any]:
    options = {**payload(), **request.args.to_dict()}
    wanted = "pending" if options.get("status") == "pending" else "active"
    subscription = _held(lambda: _found(external_id, wanted))
    ended = terminate(subscription, {name: options[name] for name in options if name.startswith("on_termination_")})
    return one("subscription", TERMINATED, ended)


def _found(external_id: str, status: str) -> Subscription:
    return found(subscription_by_external_id(current_organization().id, external_id, status), "subscription")


def _held(find: Callable[[], Subscription]) -> Subscription:
    """The one that a request is about, once its customer is locked: another one, if its plan was changed meanwhile."""
    hold(find().customer_id, current_organization())
    return find()


def _filtered(external_customer_id: str | None) -> Any:
    overridden = argument("overridden") or argument("overriden") or ""
    chosen = SubscriptionFilter(
        external_customer_id=external_customer_id, external_id=argument("external_id"),
        plan_code=argument("plan_code"), currency=argument("currency"), statuses=arguments("status"),
        entity_codes=arguments("billing_entity_codes"), overridden=Flag.WORDS.get(overridden.lower()),
    )
    return list_subscriptions(current_organization().id, chosen)
