"""Signing in and out."""

from typing import Any

from flask import redirect, render_template, request, url_for

from lago.admin import attempts, devices, visits
from lago.admin.pages import page
from lago.core import config
from lago.core.errors import Invalid, TooManyRequests
from lago.organizations.sign_in import sign_in as identify


@page("GET POST", "/sign_in", public=True)
def sign_in() -> Any:
    if request.method != "POST":
        return form()
    email, address = request.form.get("email", ""), request.remote_addr or ""
    try:
        attempts.count(email, address)
        member = identify(email.replace("\0", ""), request.form.get("password", ""))
    except TooManyRequests as error:
        return form({"base": ["too_many_attempts"]}), 429, {"Retry-After": str(error.retry_after)}
    except Invalid as error:
        return form(error.details), 422
    attempts.forget(email, address)
    visits.begin(member)
    devices.recognize(member)
    return redirect(own_path(request.form.get("next")))


@page("POST", "/sign_out", public=True)
def sign_out() -> Any:
    visits.end()
    return redirect(url_for("admin.sign_in"))


def form(errors: Any = None) -> str:
    return render_template(
        "sign_in/form.html",
        next=own_path(request.values.get("next")),
        email=request.form.get("email", ""),
        changed=request.args.get("changed") == "password",
        may_sign_up=not config.settings().disable_signup,
        errors=errors or {},
    )


def own_path(target: str | None) -> str:
    """`target` if it is a path of ours, else the dashboard's: nobody is sent elsewhere by a link to the sign-in."""
    target = target or "/"
    foreign = target.startswith("//") or not target.startswith("/")
    unprintable = "\\" in target or any(ord(character) < 0x20 for character in target)
    return "/" if foreign or unprintable else target
