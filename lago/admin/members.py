"""Who may look at the organization's pages: members, their roles, and open invitations (06 §6)."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import g, request, url_for
from htmx_flask import make_response

from lago.admin.pages import current_organization, form_text, found, leave_to, page, show
from lago.core.db import all_or_nothing
from lago.core.errors import Forbidden, Invalid, NotAllowed
from lago.organizations.change_roles import change_roles
from lago.organizations.invite_member import invite_member
from lago.organizations.invites import find_open_invite, invite_url, open_invites
from lago.organizations.members import Staff, find_staff, staff_of
from lago.organizations.models import Invite
from lago.organizations.remove_member import remove_member
from lago.organizations.revoke_invite import revoke_invite
from lago.organizations.roles import role_names

CHANGED = "members-changed"


@page("GET", "/members", needs="members:view")
def members() -> str:
    own = current_organization().id
    invites = [(invite, invite_url(invite) if may_pass_on(invite) else None) for invite in open_invites(own)]
    return show(
        "members/list.html", "members/_list.html", staff=staff_of(own), invites=invites, names=role_names(own)
    )


@page("GET POST", "/members/invite", needs="members:create")
def invite_somebody() -> Any:
    roles = request.form.getlist("roles")
    if request.method != "POST":
        return show_invite([])
    try:
        with all_or_nothing():
            invite = invite_member(g.member, form_text("email") or "", roles)
    except (Invalid, Forbidden) as error:
        return show_invite(roles, email=form_text("email"), errors=beside_fields(error)), 422
    made = show("members/invited.html", invite=invite, url=invite_url(invite))
    return make_response(made, 201, trigger=CHANGED)


@page("GET POST", "/members/invitations/<uuid:invite_id>/revoke", needs="members:create")
def revoke_invitation(invite_id: uuid.UUID) -> Any:
    invite = found(find_open_invite(current_organization().id, invite_id), "invite")
    if request.method != "POST":
        return show("members/revoke.html", invite=invite)
    revoke_invite(invite)
    return leave_to(url_for("admin.members"))


@page("GET POST", "/members/<uuid:membership_id>/roles", needs="members:update")
def change_member_roles(membership_id: uuid.UUID) -> Any:
    staff, roles = own_staff(membership_id), request.form.getlist("roles")
    if request.method != "POST":
        return show_roles(staff, staff.membership.roles)
    return done(lambda: change_roles(g.member, staff, roles), lambda errors: show_roles(staff, roles, errors=errors))


@page("GET POST", "/members/<uuid:membership_id>/remove", needs="members:delete")
def remove_from_members(membership_id: uuid.UUID) -> Any:
    staff = own_staff(membership_id)
    if request.method != "POST":
        return show("members/remove.html", staff=staff)
    return done(
        lambda: remove_member(g.member, staff), lambda errors: show("members/remove.html", staff=staff, errors=errors)
    )


def done(deed: Callable[[], None], again: Callable[[Any], str]) -> Any:
    """Does it and goes back to the list; the form again, with what is wrong, where it cannot be done."""
    try:
        with all_or_nothing():
            deed()
    except (Invalid, Forbidden, NotAllowed) as error:
        return again(beside_fields(error)), 422
    return leave_to(url_for("admin.members"))


def beside_fields(error: Invalid | Forbidden | NotAllowed) -> Any:
    """The codes by field: an invitation that is there already concerns the address, what has no field the form."""
    if not isinstance(error, Invalid):
        return {"base": [error.code]}
    details: Any = error.details
    return {"email" if name == "invite" else name: codes for name, codes in details.items()}


def may_pass_on(invite: Invite) -> bool:
    """Whose link it is shown to: it makes whoever has it a member, of these roles."""
    return bool(g.member.may("members:create")) and ("admin" not in invite.roles or g.member.is_admin)


def own_staff(membership_id: uuid.UUID) -> Staff:
    return found(find_staff(current_organization().id, membership_id), "membership")


def show_invite(roles: list[str], **context: Any) -> str:
    return show("members/invite.html", ticked=roles, names=role_names(current_organization().id), **context)


def show_roles(staff: Staff, roles: list[str], **context: Any) -> str:
    names = role_names(current_organization().id)
    return show("members/roles.html", staff=staff, ticked=roles, names=names, **context)
