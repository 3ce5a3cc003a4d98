"""API keys: made, shown once, changed, rotated, ended (06 §1.1)."""

import uuid
from datetime import timedelta
from typing import Any

from flask import redirect, request, url_for
from htmx_flask import make_response

from lago.admin.pages import current_organization, form_text, found, page, show, wants_fragment
from lago.core import clock
from lago.core.errors import Invalid
from lago.organizations.change_keys import add_key, delete_key, rotate_key, update_key
from lago.organizations.keys import find_own_key, keys_of
from lago.organizations.models import ApiKey
from lago.organizations.permissions import MODES, RESOURCES

GRACES = (("0", "now"), ("1", "in one hour"), ("24", "in one day"), ("168", "in one week"))
"""Hours until a rotated key ends."""
CHANGED = "api-keys-changed"


@page("GET", "/developers/api_keys", needs="developers:keys:manage")
def api_keys() -> str:
    keys = keys_of(current_organization().id)
    return show("api_keys/list.html", "api_keys/_list.html", keys=keys, now=clock.real_now())


@page("GET", "/developers/api_keys/new", needs="developers:keys:manage")
def new_api_key() -> str:
    return form(None)


@page("POST", "/developers/api_keys/new", needs="developers:keys:manage")
def create_api_key() -> Any:
    try:
        _, secret = add_key(current_organization(), name=form_text("name"), permissions=permissions_asked_for())
    except Invalid as error:
        return form(None, error.details), 422
    return created(secret)


@page("GET POST", "/developers/api_keys/<uuid:key_id>/edit", needs="developers:keys:manage")
def edit_api_key(key_id: uuid.UUID) -> Any:
    key = own_key(key_id)
    if request.method != "POST":
        return form(key)
    try:
        update_key(key, name=form_text("name"), permissions=permissions_asked_for())
    except Invalid as error:
        return form(key, error.details), 422
    return leave()


@page("GET POST", "/developers/api_keys/<uuid:key_id>/rotate", needs="developers:keys:manage")
def rotate_api_key(key_id: uuid.UUID) -> Any:
    key = own_key(key_id)
    if request.method != "POST":
        return show("api_keys/rotate.html", key=key, graces=GRACES, name=key.name)
    hours = dict(GRACES).keys() & {request.form.get("expires_in", "0")} or {"0"}
    ends_at = clock.real_now() + timedelta(hours=int(hours.pop()))
    _, secret = rotate_key(key, name=form_text("name"), expires_at=ends_at)
    return created(secret)


@page("GET POST", "/developers/api_keys/<uuid:key_id>/delete", needs="developers:keys:manage")
def delete_api_key(key_id: uuid.UUID) -> Any:
    key = own_key(key_id)
    if request.method != "POST":
        return show("api_keys/delete.html", key=key)
    try:
        delete_key(key)
    except Invalid as error:
        return show("api_keys/delete.html", key=key, errors=error.details), 422
    return leave()


def own_key(key_id: uuid.UUID) -> ApiKey:
    return found(find_own_key(current_organization().id, key_id), "api_key")


def form(key: ApiKey | None, errors: Any = None) -> str:
    """The form of a key or a new one; what was typed where it is shown again."""
    typed = request.method == "POST"
    permissions = key.permissions if key else None
    limited = request.form.get("access") == "limited" if typed else permissions is not None
    kept = [f"{resource}:{mode}" for resource, modes in (permissions or {}).items() for mode in modes]
    return show(
        "api_keys/form.html", key=key, errors=errors or {}, limited=limited, resources=RESOURCES, modes=MODES,
        name=form_text("name") if typed else key and key.name,
        ticked=request.form.getlist("permission") if typed else kept,
    )


def permissions_asked_for() -> dict[str, list[str]] | None:
    """The map of ticked boxes such as "invoice:read"; None where the key may do everything."""
    if request.form.get("access") != "limited":
        return None
    asked: dict[str, list[str]] = {}
    for ticked in request.form.getlist("permission"):
        resource, _, mode = ticked.partition(":")
        asked.setdefault(resource, []).append(mode)
    return asked


def created(secret: str) -> Any:
    """The value of the new key, this once."""
    return make_response(show("api_keys/created.html", secret=secret), 201, trigger=CHANGED)


def leave() -> Any:
    back = url_for("admin.api_keys")
    return make_response("", 204, redirect=back) if wants_fragment() else redirect(back)
