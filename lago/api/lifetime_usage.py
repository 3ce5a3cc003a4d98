"""`/subscriptions/:external_id/lifetime_usage`: what a subscription has used in all (01 §4.5)."""

from typing import Any

from lago.api.asked_status import asked_status
from lago.api.kit import body, current_organization, found, one
from lago.api.routes import endpoint
from lago.invoicing.lifetime_usage import Lifetime, change_lifetime_usage, lifetime_usage
from lago.metering.schemas import LifetimeUsageSchema
from lago.subscriptions.queries import subscription_by_external_id

_PATH = "/subscriptions/<segment:external_id>/lifetime_usage"


@endpoint("GET", _PATH, permission="lifetime_usage")
def show_lifetime_usage(external_id: str) -> dict[str, Any]:
    return one("lifetime_usage", LifetimeUsageSchema(), _found(external_id))


@endpoint("PUT", _PATH, permission="lifetime_usage")
def update_lifetime_usage(external_id: str) -> dict[str, Any]:
    data = body("lifetime_usage")
    lifetime = _found(external_id)
    change_lifetime_usage(lifetime, data)
    return one("lifetime_usage", LifetimeUsageSchema(), lifetime)


def _found(external_id: str) -> Lifetime:
    subscription = subscription_by_external_id(current_organization().id, external_id, asked_status())
    return found(lifetime_usage(found(subscription, "subscription")), "lifetime_usage")
