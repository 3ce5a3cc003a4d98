"""Each endpoint asks for the permission that the reference's index of endpoints gives it (06 §8)."""

from lago.api.routes import PERMISSIONS
from tests.guards.routes import API, api_routes

OF_PLURAL = {
    "billing_entities": "billing_entity", "taxes": "tax", "analytics": "analytic", "payment_receipts": "invoice",
    "webhooks": "webhook_jwt_public_key", "events_enriched": "event", "test_clock": "organization",
    "portal_url": "customer", "checkout_url": "customer", "lifetime_usage": "lifetime_usage",
    "current_usage": "customer_usage", "projected_usage": "customer_usage", "past_usage": "customer_usage",
}
"""Resources whose permission is not simply their name without its plural."""

BELOW = {"subscriptions": ("alerts", "lifetime_usage"), "wallets": ("wallet_transactions",)}
"""What has a permission of its own, by what it stands below in the path. Below customers everything has."""


def test_each_endpoint_has_the_permission_of_the_reference(app):
    found = {route.name: PERMISSIONS[route.rule.endpoint] for route in api_routes(app)}
    expected = {route.name: permission_of(route.rule.rule) for route in api_routes(app)}
    assert found == expected


def permission_of(rule):
    words = [word for word in rule.removeprefix(API).split("/") if "<" not in word]
    first, *more = words
    if first == "customers" and more:
        named = "alerts" if "alerts" in more else more[0]
    else:
        named = more[0] if more and more[0] in BELOW.get(first, ()) else first
    return OF_PLURAL.get(named, named.removesuffix("s"))
