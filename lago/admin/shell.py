"""What is around every page: what its templates may use, and what happens before and after each request."""

from typing import Any

from flask import Response, g, request
from markupsafe import Markup

from lago.admin import access, csrf, headers
from lago.admin.assets import asset
from lago.admin.blueprint import blueprint
from lago.admin.menu import menu_for
from lago.admin.pages import here
from lago.core import clock, config
from lago.organizations.members import Member, organizations_of


@blueprint.before_request
def begin() -> None:
    """A request starts without a member, and with a number of its own for its scripts."""
    g.member = None
    headers.renew_nonce()


@blueprint.context_processor
def shell() -> dict[str, Any]:
    """What every template may use."""
    member: Member | None = g.member
    theme = request.cookies.get("theme")
    return {
        "user": member and member.user,
        "organization": member and member.organization,
        "sandbox_now": clock.standing() if member else None,
        "menu": lambda: menu_for(member),
        "own_organizations": lambda: organizations_of(member.user) if member else [],
        "theme": theme if theme in ("light", "dark") else None,
        "api_url": config.settings().api_url.rstrip("/"),
        "asset": asset,
        "csp_nonce": headers.csp_nonce,
        "csrf_token": csrf.token,
        "here": here,
        "errors": {},
    }


@blueprint.app_template_global("may")
def may(view: str) -> bool:
    """Whether the visitor may open the page of this view: links and buttons that lead nowhere are not shown."""
    return access.may_open(g.member, view)


@blueprint.app_template_global("permitted")
def permitted(permission: str) -> bool:
    """Whether the visitor has it: for parts of a page that need more than the page."""
    return g.member is not None and g.member.may(permission)


@blueprint.app_template_global("href")
def href(view: str, **values: Any) -> Markup:
    """The `href` of a link to the page of this view. It has none for who may not open it: the words stay."""
    target = access.address(view, **values)
    return Markup('href="{}"').format(target) if target else Markup("")


@blueprint.app_template_global("drawn")
def drawn(view: str, **values: Any) -> Markup:
    """The same for a page that comes into the drawer."""
    target = access.address(view, **values)
    return Markup('href="{0}" hx-get="{0}" hx-target="#drawer"').format(target) if target else Markup("")


@blueprint.after_request
def protect(response: Response) -> Response:
    return headers.protect(response, framed=request.endpoint in headers.FRAMED)
