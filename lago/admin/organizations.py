"""Several organizations of one user: going from one to another, and making one more."""

import uuid
from typing import Any

from flask import g, redirect, request, url_for

from lago.admin import visits
from lago.admin.pages import form_text, found, leave_to, page, show
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid
from lago.organizations.found import found as found_organization
from lago.organizations.members import find_member
from lago.organizations.roles import HOME


@page("POST", "/organizations/<uuid:organization_id>/enter", needs=HOME)
def enter_organization(organization_id: uuid.UUID) -> Any:
    """The visit goes on in another organization of the user."""
    visits.move_to(found(find_member(g.member.user.id, organization_id), "organization"))
    return redirect(url_for("admin.dashboard"))


@page("GET POST", "/organizations/new", needs="organizations:create")
def new_organization() -> Any:
    """Another organization, whose admin is who makes it; the visit goes on there."""
    if request.method != "POST":
        return show("organizations/new.html", sandbox=request.args.get("sandbox") is not None)
    sandbox = request.form.get("sandbox") == "yes"
    try:
        with all_or_nothing():
            member = found_organization(g.member.user, form_text("name") or "", sandbox=sandbox)
    except Invalid as error:
        return show("organizations/new.html", name=form_text("name"), sandbox=sandbox, errors=error.details), 422
    visits.move_to(member)
    return leave_to(url_for("admin.dashboard"))
