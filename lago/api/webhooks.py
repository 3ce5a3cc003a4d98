"""`/webhooks`: the key to check signatures with (06 §4.3)."""

from typing import Any

from flask import Response

from lago.api.routes import endpoint
from lago.webhooks.signature import public_key


@endpoint("GET", "/webhooks/json_public_key", permission="webhook_jwt_public_key")
def show_json_public_key() -> dict[str, Any]:
    return {"webhook": {"public_key": public_key()}}


@endpoint("GET", "/webhooks/public_key", permission="webhook_jwt_public_key")
def show_public_key() -> Response:
    return Response(public_key(), content_type="text/plain; charset=utf-8")
