"""Which users have signed in from a browser before: a signed cookie knows, and the security log tells of the first
time (06 §6)."""

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from lago.core import config
from lago.core.crypto import digest
from lago.organizations.members import Member
from lago.organizations.models import User
from lago.organizations.note_of_user import note_of_user

COOKIE = "lago_devices"
KEPT_S = 2 * 365 * 24 * 3600
MOST = 10
"""Users that one browser is remembered for."""


def recognize(member: Member) -> None:
    """Notes `user.new_device_logged_in` for every organization of the user, if this browser is new to them."""
    if _mark(member.user) not in _known():
        note_of_user("user.new_device_logged_in", member.user)
        remember(member.user)


def remember(user: User) -> None:
    """The browser is known to the user from now on."""
    kept = remembered(user, _known())
    after_this_request(lambda response: _keep(kept, response))


def remembered(user: User, known: list[str]) -> str:
    """The cookie of a browser from which the user has signed in, beside those of the marks `known`."""
    kept: str | bytes = _signer().dumps([*known, _mark(user)][-MOST:])
    return kept if isinstance(kept, str) else kept.decode()


def _keep(cookie: str, response: Response) -> Response:
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(COOKIE, cookie, max_age=KEPT_S, httponly=True, samesite="Lax", secure=secure)
    return response


def _known() -> list[str]:
    try:
        marks = _signer().loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return []
    return [str(mark) for mark in marks] if isinstance(marks, list) else []


def _mark(user: User) -> str:
    """Tells users from each other, and nobody who they are."""
    return digest(f"{config.settings().secret_key} {user.id}")[:16]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(config.settings().secret_key, salt="devices")
