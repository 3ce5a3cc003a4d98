"""What a browser may do with our pages: run only our own scripts, send nothing elsewhere, show us in no frame."""

import secrets

from flask import Response, g

from lago.core import config

FRAMED = ("admin.invoice_pdf", "admin.credit_note_file")
"""The one page that another of ours shows in a frame."""


def renew_nonce() -> None:
    """Makes the number by which the scripts of this answer are known."""
    g.csp_nonce = secrets.token_urlsafe(16)


def csp_nonce() -> str:
    return str(g.csp_nonce)


def protect(response: Response, *, framed: bool) -> Response:
    """Sets the headers of a page. `framed`: our own pages may show it in a frame."""
    response.headers["Content-Security-Policy"] = policy("'self'" if framed else "'none'")
    response.headers["X-Frame-Options"] = "SAMEORIGIN" if framed else "DENY"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()"
    response.headers.setdefault("Cache-Control", "no-store")
    response.vary.update(["Cookie", "HX-Request"])
    if config.settings().api_url.startswith("https://"):
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def policy(ancestors: str) -> str:
    return (
        f"default-src 'none'; script-src 'nonce-{csp_nonce()}'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {ancestors}"
    )
