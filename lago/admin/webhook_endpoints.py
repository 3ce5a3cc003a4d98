"""The receivers of webhooks: made, changed and removed (06 §4.1)."""

import uuid
from typing import Any

from flask import redirect, request, url_for
from htmx_flask import make_response

from lago.admin.pages import current_organization, form_text, found, page, show, wants_fragment
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid
from lago.webhooks.endpoints import create_endpoint, delete_endpoint, update_endpoint
from lago.webhooks.event_types import types_by_object
from lago.webhooks.models import WebhookEndpoint
from lago.webhooks.queries import find_endpoint

ALGORITHMS = (("jwt", "JWT, checked with a public key"), ("hmac", "HMAC, checked with a shared secret"))


@page("GET POST", "/developers/webhook_endpoints/new", needs="developers:manage")
def new_webhook_endpoint() -> Any:
    return form(None)


@page("GET POST", "/developers/webhook_endpoints/<uuid:endpoint_id>/edit", needs="developers:manage")
def edit_webhook_endpoint(endpoint_id: uuid.UUID) -> Any:
    return form(own_endpoint(endpoint_id))


@page("GET POST", "/developers/webhook_endpoints/<uuid:endpoint_id>/delete", needs="developers:manage")
def remove_webhook_endpoint(endpoint_id: uuid.UUID) -> Any:
    endpoint = own_endpoint(endpoint_id)
    if request.method != "POST":
        return show("webhooks/delete.html", endpoint=endpoint)
    delete_endpoint(endpoint)
    return leave()


def own_endpoint(endpoint_id: uuid.UUID) -> WebhookEndpoint:
    return found(find_endpoint(current_organization().id, endpoint_id), "webhook_endpoint")


def form(endpoint: WebhookEndpoint | None) -> Any:
    """Shows the form of an endpoint or a new one, or saves it."""
    if request.method != "POST":
        return show_form(endpoint, values_of(endpoint))
    typed = typed_values()
    try:
        with all_or_nothing():
            save(endpoint, typed)
    except Invalid as error:
        return show_form(endpoint, typed, error.details), 422
    return leave()


def save(endpoint: WebhookEndpoint | None, values: dict[str, Any]) -> None:
    if endpoint is None:
        create_endpoint(current_organization().id, values)
    else:
        update_endpoint(endpoint, values)


def values_of(endpoint: WebhookEndpoint | None) -> dict[str, Any]:
    if endpoint is None:
        return {"webhook_url": "", "name": "", "signature_algo": "jwt", "event_types": None}
    return {name: getattr(endpoint, name) for name in ("webhook_url", "name", "signature_algo", "event_types")}


def typed_values() -> dict[str, Any]:
    """As the API takes them: no list of types where it gets everything."""
    limited = request.form.get("types") == "limited"
    return {
        "webhook_url": form_text("webhook_url") or "", "name": form_text("name"),
        "signature_algo": form_text("signature_algo"),
        "event_types": request.form.getlist("event_type") if limited else None,
    }


def show_form(endpoint: WebhookEndpoint | None, values: dict[str, Any], errors: Any = None) -> str:
    groups = types_by_object()
    offered = {name for names in groups.values() for name in names}
    chosen = values["event_types"]
    return show(
        "webhooks/endpoint_form.html", endpoint=endpoint, values=values, errors=errors or {}, algorithms=ALGORITHMS,
        groups=groups, chosen=chosen or (), limited=chosen is not None,
        unlisted=[name for name in chosen or () if name not in offered],
    )


def leave() -> Any:
    back = url_for("admin.webhooks")
    return make_response("", 204, redirect=back) if wants_fragment() else redirect(back)
