"""What a user sees of themselves: address, organizations, and the form for another password."""

from typing import Any

from flask import g, request, url_for

from lago.admin import attempts, visits
from lago.admin.pages import leave_to, page, show
from lago.core.errors import Invalid, TooManyRequests
from lago.organizations.change_password import change_password
from lago.organizations.members import organizations_of
from lago.organizations.roles import HOME, role_names


@page("GET", "/profile", needs=HOME)
def profile() -> str:
    names = role_names(g.organization_id)
    roles = [names.get(code, code) for code in g.member.roles]
    return show("profile/show.html", roles=roles, organizations=organizations_of(g.member.user))


@page("GET POST", "/profile/password", needs=HOME)
def own_password() -> Any:
    """Another password; all other visits of this user end by it."""
    if request.method != "POST":
        return show("profile/password.html")
    user, address = g.member.user, request.remote_addr or ""
    try:
        attempts.count(user.email, address)
        change_password(user, request.form.get("present_password", ""), request.form.get("password", ""))
    except TooManyRequests as error:
        tried = show("profile/password.html", errors={"base": ["too_many_attempts"]})
        return tried, 429, {"Retry-After": str(error.retry_after)}
    except Invalid as error:
        return show("profile/password.html", errors=error.details), 422
    attempts.forget(user.email, address)
    visits.begin(g.member)
    return leave_to(url_for("admin.profile", changed="password"))
