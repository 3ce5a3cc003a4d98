"""Choosing a new password when the old one is forgotten (06 §6)."""

from typing import Any

from flask import render_template, request, url_for

from lago.admin import attempts
from lago.admin.pages import leave_to, page
from lago.core import mail
from lago.core.errors import Invalid, NotFound, TooManyRequests
from lago.organizations.password_resets import VALID_FOR, reset_password, user_of_reset
from lago.organizations.request_password_reset import request_password_reset

DEED = "password_reset"


@page("GET POST", "/forgot_password", public=True)
def forgot_password() -> Any:
    """Says the same for every address, whether it is somebody's or not."""
    if request.method != "POST" or not mail.is_configured():
        return ask()
    email = request.form.get("email", "").replace("\0", "")
    try:
        attempts.count(email, request.remote_addr or "", DEED)
    except TooManyRequests as error:
        return ask({"base": ["too_many_attempts"]}), 429, {"Retry-After": str(error.retry_after)}
    request_password_reset(email)
    return ask(sent_to=email.strip())


@page("GET POST", "/reset_password/<segment:token>", public=True)
def new_password(token: str) -> Any:
    user = user_of_reset(token)
    if user is None:
        return gone()
    if request.method != "POST":
        return choose(token, user.email)
    try:
        attempts.count(user.email, request.remote_addr or "", DEED)
        reset_password(token, request.form.get("password", ""))
    except NotFound:
        return gone()
    except TooManyRequests as error:
        return choose(token, user.email, {"base": ["too_many_attempts"]}), 429, {"Retry-After": str(error.retry_after)}
    except Invalid as error:
        return choose(token, user.email, error.details), 422
    return leave_to(url_for("admin.sign_in", changed="password"))


def ask(errors: Any = None, sent_to: str = "") -> str:
    return render_template(
        "password/ask.html", mails=mail.is_configured(), minutes=VALID_FOR.seconds // 60, sent_to=sent_to,
        email=request.form.get("email", ""), errors=errors or {},
    )


def choose(token: str, email: str, errors: Any = None) -> str:
    return render_template("password/choose.html", token=token, email=email, errors=errors or {})


def gone() -> tuple[str, int]:
    return render_template("password/gone.html"), 404
