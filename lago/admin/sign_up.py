"""Signing up: an account with an organization of its own (06 §6)."""

from typing import Any

from flask import redirect, render_template, request, url_for

from lago.admin import attempts, devices, visits
from lago.admin.pages import form_text, page
from lago.core import config
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid, NotAllowed, TooManyRequests
from lago.organizations.sign_up import sign_up


@page("GET POST", "/sign_up", public=True)
def sign_up_page() -> Any:
    """Raises NotAllowed `signup_disabled` where the operator wants none (06 §1.6)."""
    if config.settings().disable_signup:
        raise NotAllowed("signup_disabled")
    if request.method != "POST":
        return form()
    email = form_text("email") or ""
    try:
        attempts.count(email, request.remote_addr or "", "sign_up")
        with all_or_nothing():
            member = sign_up(email, request.form.get("password", ""), form_text("organization_name") or "")
    except TooManyRequests as error:
        return form({"base": ["too_many_attempts"]}), 429, {"Retry-After": str(error.retry_after)}
    except Invalid as error:
        return form(error.details), 422
    visits.begin(member)
    devices.remember(member.user)
    return redirect(url_for("admin.dashboard"))


def form(errors: Any = None) -> str:
    typed = {name: request.form.get(name, "") for name in ("email", "organization_name")}
    return render_template("sign_up/form.html", errors=errors or {}, **typed)
