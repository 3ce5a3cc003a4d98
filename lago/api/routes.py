"""The blueprint of `/api/v1` and how an endpoint is registered: with its permission, or not at all."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, g, request

from lago.api.auth import allow, authenticate
from lago.api.replies import as_response
from lago.core import clock
from lago.core.actor import Actor, acting
from lago.core.db import transaction

api = Blueprint("api", __name__, url_prefix="/api/v1")

PERMISSIONS: dict[str, str] = {}
"""The permission resource of each endpoint, by its Flask name; a guard test finds every route here."""


def endpoint(
    methods: str, rule: str, *, permission: str, own_transactions: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers a view: `endpoint("PUT PATCH", "/plans/<code:code>", permission="plan")`.

    The view runs in one transaction (or opens several itself), as of the clock of the organization whose key
    came with the request. It returns the JSON object to answer, or None for an empty body; the status is 200.
    """

    def register(view: Callable[..., Any]) -> Callable[..., Any]:
        name = f"{view.__module__.rsplit('.', 1)[-1]}_{view.__name__}"

        @wraps(view)
        def run(**path: Any) -> Response:
            with transaction():
                enter(permission)
                if not own_transactions:
                    return as_response(answer(view, path))
            return as_response(answer(view, path))

        PERMISSIONS[f"api.{name}"] = permission
        api.add_url_rule(rule, endpoint=name, view_func=run, methods=methods.split())
        return view

    return register


def enter(permission: str) -> None:
    """Lets the caller in, or raises Unauthorized or Forbidden."""
    g.pop("api_key_id", None)  # nobody is let in yet
    g.api_key, g.organization = authenticate(request.headers.get("Authorization"))
    g.organization_id, g.api_key_id, g.clock_now = g.organization.id, g.api_key.id, g.organization.clock_now
    allow(g.api_key, request.method, permission)


def answer(view: Callable[..., Any], path: dict[str, Any]) -> Any:
    """What the view says, as of the clock of the caller's organization."""
    with clock.of(g.organization.clock_now), acting(caller()):
        return view(**path)


def caller() -> Actor:
    """The key that came with the request, for the logs."""
    return Actor(
        "api", api_key_id=g.api_key.id, user_agent=request.user_agent.string, address=request.remote_addr
    )
