"""Roles: those of every organization, and those that this one has made (06 §6)."""

import uuid
from typing import Any

from flask import g, request, url_for

from lago.admin.pages import current_organization, form_text, found, leave_to, page, show
from lago.admin.role_words import area_name, summary
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid, NotAllowed
from lago.organizations.delete_role import delete_role
from lago.organizations.models import Role
from lago.organizations.roles import AREAS, BUILT_IN, NAMES, find_role, own_roles
from lago.organizations.save_role import create_role, update_role

FIELDS = ("name", "code", "description")
ABOUT = {
    "admin": "Everything.",
    "manager": "Customers, subscriptions, wallets, invoices, credit notes, payments; hands out coupons.",
    "finance": "Looks at most things; invoices, credit notes, payments, dunning, billing entities, settings.",
    "read_only": "Looks at everything and changes nothing.",
}


@page("GET", "/roles", needs="roles:view")
def roles() -> str:
    built_in = [(NAMES[code], code, ABOUT[code], summary(allowed)) for code, allowed in BUILT_IN.items()]
    own = [(role, summary(role.permissions)) for role in own_roles(current_organization().id)]
    return show("roles/list.html", built_in=built_in, own=own)


@page("GET POST", "/roles/new", needs="roles:create")
def new_role() -> Any:
    return form(None)


@page("GET POST", "/roles/<uuid:role_id>/edit", needs="roles:update")
def edit_role(role_id: uuid.UUID) -> Any:
    return form(own_role(role_id))


@page("GET POST", "/roles/<uuid:role_id>/delete", needs="roles:delete")
def remove_role(role_id: uuid.UUID) -> Any:
    role = own_role(role_id)
    if request.method != "POST":
        return show("roles/delete.html", role=role)
    try:
        delete_role(role)
    except NotAllowed as error:
        return show("roles/delete.html", role=role, errors={"base": [error.code]}), 422
    return leave_to(url_for("admin.roles"))


def form(role: Role | None) -> Any:
    """Shows the form of a role or a new one, or saves it."""
    if request.method != "POST":
        held = role.permissions if role else []
        return show_form(role, {name: role and getattr(role, name) for name in FIELDS}, held)
    typed, ticked = {name: form_text(name) for name in FIELDS}, request.form.getlist("permissions")
    try:
        with all_or_nothing():
            save(role, typed, ticked)
    except Invalid as error:
        return show_form(role, typed, ticked, errors=error.details), 422
    return leave_to(url_for("admin.roles"))


def save(role: Role | None, typed: dict[str, Any], ticked: list[str]) -> None:
    """Makes the role or changes it, but for its code. Raises Invalid."""
    if role is None:
        create_role(g.member, typed, ticked)
    else:
        update_role(g.member, role, typed, ticked)


def show_form(role: Role | None, texts: dict[str, Any], ticked: list[str], **context: Any) -> str:
    return show(
        "roles/form.html", role=role, texts={name: value or "" for name, value in texts.items()}, ticked=ticked,
        areas=[(area, area_name(area), actions) for area, actions in AREAS.items()], **context,
    )


def own_role(role_id: uuid.UUID) -> Role:
    return found(find_role(current_organization().id, role_id), "role")
