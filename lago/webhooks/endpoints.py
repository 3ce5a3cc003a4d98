"""Makes, changes and removes the receivers of an organization (06 §4.1)."""

import uuid
from typing import Any

from sqlalchemy import delete

from lago.audit.note_security import note_security
from lago.audit.note_update import named, note_update
from lago.core.db import db, lock, unique
from lago.core.errors import Invalid
from lago.webhooks.models import WebhookEndpoint
from lago.webhooks.queries import count_endpoints, endpoint_by_url, first_endpoint
from lago.webhooks.schemas import WebhookEndpointInput

MOST = 10

_NAMED_BY = ("webhook_url", "signature_algo", "name")
"""How the security log names a receiver."""


def create_endpoint(organization_id: uuid.UUID, data: dict[str, Any]) -> WebhookEndpoint:
    """A new receiver from what a client sent. Raises Invalid, for the eleventh one too."""
    values = _read(data)
    lock(f"webhook endpoints {organization_id}")
    if count_endpoints(organization_id) >= MOST:
        raise Invalid({"base": [f"An organization can have {MOST} webhook endpoints at most"]})
    endpoint = WebhookEndpoint(organization_id=organization_id, **values)
    _require_new_url(organization_id, values["webhook_url"])
    with unique("uq_webhook_endpoints_url", "webhook_url"):
        db.session.add(endpoint)
    note_security("webhook_endpoint.created", organization_id, resources=named(endpoint, *_NAMED_BY))
    return endpoint


def update_endpoint(endpoint: WebhookEndpoint, data: dict[str, Any]) -> None:
    """Changes the names that were sent; messages on their way go to the new address. Raises Invalid."""
    values = _read(data, partial=True)
    if values.get("webhook_url", endpoint.webhook_url) != endpoint.webhook_url:
        _require_new_url(endpoint.organization_id, values["webhook_url"])
    with note_update("webhook_endpoint.updated", endpoint, *_NAMED_BY), unique(
        "uq_webhook_endpoints_url", "webhook_url"
    ):
        for name, value in values.items():
            setattr(endpoint, name, value)


def delete_endpoint(endpoint: WebhookEndpoint) -> None:
    """Removes the receiver and all that was sent to it."""
    resources = named(endpoint, *_NAMED_BY)
    note_security("webhook_endpoint.deleted", endpoint.organization_id, resources=resources)
    db.session.execute(delete(WebhookEndpoint).where(WebhookEndpoint.id == endpoint.id))


def set_first_url(organization_id: uuid.UUID, url: str | None) -> None:
    """`webhook_url` of an organization: the address of its first endpoint, which is made if there is none (06 §1.2).

    Raises Invalid.
    """
    first = first_endpoint(organization_id)
    if first is None:
        create_endpoint(organization_id, {"webhook_url": url})
    else:
        update_endpoint(first, {"webhook_url": url})


def _read(data: dict[str, Any], *, partial: bool = False) -> dict[str, Any]:
    values = WebhookEndpointInput().read(data, partial=partial)
    if "signature_algo" in values:
        values["signature_algo"] = values["signature_algo"] or "jwt"
    return values


def _require_new_url(organization_id: uuid.UUID, url: str) -> None:
    if endpoint_by_url(organization_id, url):
        raise Invalid({"webhook_url": ["value_already_exist"]})
