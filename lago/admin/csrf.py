"""Forged requests are refused: whatever is not read-only carries the token of its session."""

import secrets
from hmac import compare_digest

from flask import request, session

from lago.core.errors import Forbidden

SAFE = ("GET", "HEAD", "OPTIONS")


def token() -> str:
    """The token of this session, made when first asked for."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def check() -> None:
    """Raises Forbidden for a changing request whose form, or HTMX's header, lacks the token of the session."""
    if request.method in SAFE:
        return
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if not compare_digest(given.encode(), str(session.get("csrf", secrets.token_hex())).encode()):
        raise Forbidden("csrf_token_invalid")
