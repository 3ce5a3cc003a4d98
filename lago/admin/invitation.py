"""The page behind the link of an invitation (06 §6)."""

from typing import Any

from flask import redirect, render_template, request, url_for

from lago.admin import attempts, devices, visits
from lago.admin.pages import page
from lago.core.errors import Invalid, NotFound, TooManyRequests
from lago.organizations.accept_invite import accept_invite, must_know_password, pending_invite
from lago.organizations.models import Invite
from lago.organizations.queries import organization_by_id


@page("GET POST", "/invitation/<segment:token>", public=True)
def invitation(token: str) -> Any:
    invite = pending_invite(token)
    if invite is None:
        return gone()
    if request.method != "POST":
        return form(invite)
    address = request.remote_addr or ""
    try:
        attempts.count(invite.email, address)
        member = accept_invite(token, request.form.get("password", ""))
    except NotFound:
        return gone()
    except TooManyRequests as error:
        return form(invite, {"base": ["too_many_attempts"]}), 429, {"Retry-After": str(error.retry_after)}
    except Invalid as error:
        return form(invite, error.details), 422
    attempts.forget(invite.email, address)
    visits.begin(member)
    devices.remember(member.user)
    return redirect(url_for("admin.dashboard"))


def form(invite: Invite, errors: Any = None) -> str:
    return render_template(
        "invitation/form.html",
        token=invite.token,
        email=invite.email,
        organization=organization_by_id(invite.organization_id),
        known=must_know_password(invite),
        errors=errors or {},
    )


def gone() -> tuple[str, int]:
    return render_template("invitation/gone.html", organization=None), 404
