"""API keys: made, shown once, rotated, ended (06 §1.1)."""

import uuid
from datetime import timedelta
from typing import Any

from flask import redirect, request, url_for
from htmx_flask import make_response

from lago.admin.pages import current_organization, form_text, found, page, show, wants_fragment
from lago.core import clock
from lago.core.errors import Invalid
from lago.organizations.keys import create_key, delete_key, find_own_key, keys_of, rotate_key
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
    return show("api_keys/new.html", resources=RESOURCES, ticked=frozenset())


@page("POST", "/developers/api_keys/new", needs="developers:keys:manage")
def create_api_key() -> Any:
    limited = request.form.get("access") == "limited"
    permissions = permissions_from(request.form.getlist("permission")) if limited else None
    _, secret = create_key(current_organization(), name=form_text("name"), permissions=permissions)
    return make_response(show("api_keys/created.html", secret=secret), 201, trigger=CHANGED)


@page("GET POST", "/developers/api_keys/<uuid:key_id>/rotate", needs="developers:keys:manage")
def rotate_api_key(key_id: uuid.UUID) -> Any:
    key = own_key(key_id)
    if request.method != "POST":
        return show("api_keys/rotate.html", key=key, graces=GRACES)
    hours = dict(GRACES).keys() & {request.form.get("expires_in", "0")} or {"0"}
    ends_at = clock.real_now() + timedelta(hours=int(hours.pop()))
    _, secret = rotate_key(key, name=form_text("name"), expires_at=ends_at)
    return make_response(show("api_keys/created.html", secret=secret), 201, trigger=CHANGED)


@page("GET POST", "/developers/api_keys/<uuid:key_id>/delete", needs="developers:keys:manage")
def delete_api_key(key_id: uuid.UUID) -> Any:
    key = own_key(key_id)
    if request.method != "POST":
        return show("api_keys/delete.html", key=key)
    try:
        delete_key(key)
    except Invalid as error:
        return show("api_keys/delete.html", key=key, errors=error.details), 422
    back = url_for("admin.api_keys")
    return make_response("", 204, redirect=back) if wants_fragment() else redirect(back)


def own_key(key_id: uuid.UUID) -> ApiKey:
    return found(find_own_key(current_organization().id, key_id), "api_key")


def permissions_from(ticked: list[str]) -> dict[str, list[str]]:
    """The permission map of ticked boxes such as "invoice:read"; unknown ones are left out."""
    return {
        resource: modes
        for resource in RESOURCES
        if (modes := [mode for mode in MODES if f"{resource}:{mode}" in ticked])
    }
