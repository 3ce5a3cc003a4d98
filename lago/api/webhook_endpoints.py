"""`/webhook_endpoints`: who is told of what happens (06 §4.1)."""

from typing import Any

from lago.api.kit import body, current_organization, found, many, one
from lago.api.routes import endpoint
from lago.core.ids import as_uuid
from lago.webhooks.endpoints import create_endpoint, delete_endpoint, update_endpoint
from lago.webhooks.models import WebhookEndpoint
from lago.webhooks.queries import endpoints_by_url, find_endpoint
from lago.webhooks.schemas import WebhookEndpointSchema

_ONE = "/webhook_endpoints/<segment:endpoint_id>"


@endpoint("POST", "/webhook_endpoints", permission="webhook_endpoint")
def create_webhook_endpoint() -> dict[str, Any]:
    return _shown(create_endpoint(current_organization().id, body("webhook_endpoint")))


@endpoint("GET", "/webhook_endpoints", permission="webhook_endpoint")
def list_webhook_endpoints() -> dict[str, Any]:
    return many("webhook_endpoints", WebhookEndpointSchema(), endpoints_by_url(current_organization().id))


@endpoint("GET", _ONE, permission="webhook_endpoint")
def show_webhook_endpoint(endpoint_id: str) -> dict[str, Any]:
    return _shown(_found(endpoint_id))


@endpoint("PUT PATCH", _ONE, permission="webhook_endpoint")
def update_webhook_endpoint(endpoint_id: str) -> dict[str, Any]:
    record = _found(endpoint_id)
    update_endpoint(record, body("webhook_endpoint"))
    return _shown(record)


@endpoint("DELETE", _ONE, permission="webhook_endpoint")
def delete_webhook_endpoint(endpoint_id: str) -> dict[str, Any]:
    record = _found(endpoint_id)
    delete_endpoint(record)
    return _shown(record)


def _found(endpoint_id: str) -> WebhookEndpoint:
    return found(find_endpoint(current_organization().id, as_uuid(endpoint_id)), "webhook_endpoint")


def _shown(record: WebhookEndpoint) -> dict[str, Any]:
    return one("webhook_endpoint", WebhookEndpointSchema(), record)
