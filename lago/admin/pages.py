"""How a page is registered, what its view may ask of the request, and how it answers."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from flask import Response, g, make_response, redirect, render_template, request, url_for
from htmx_flask import make_response as htmx_response

from lago.admin import access, csrf, visits
from lago.admin.blueprint import blueprint
from lago.core import clock
from lago.core.actor import Actor, acting
from lago.core.db import transaction
from lago.core.errors import NotFound
from lago.core.pagination import Page, paginate
from lago.organizations.members import Member
from lago.organizations.models import Organization

T = TypeVar("T")

PER_PAGE = "50"
MOST_DIGITS = 18
PUBLIC = {"admin.asset_file"}
"""Endpoints that ask for no sign-in; a guard test finds every other one behind it."""


def page(
    methods: str, rule: str, *, needs: str = "", public: bool = False, own_transactions: bool = False
) -> Callable[..., Any]:
    """Registers a view under its own name: `page("GET POST", "/plans/<uuid:plan_id>", needs="plans:update")`.

    The view runs in one transaction (or opens several itself), for the member who is signed in and has the permission
    that it `needs` (a page that forgets to name one opens to nobody), as of the organization's clock.
    """

    def register(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def run(**path: Any) -> Response:
            csrf.check()
            with transaction():
                g.member = visits.current()
                g.organization_id = g.member and g.member.organization.id
                if not public and g.member is None:
                    return ask_to_sign_in()
                if not public:
                    access.check(g.member, view.__name__)
                if not own_transactions:
                    return answer(view, path)
            return answer(view, path)

        if public:
            PUBLIC.add(f"admin.{view.__name__}")
        else:
            access.NEEDS[view.__name__] = needs
        blueprint.add_url_rule(rule, endpoint=view.__name__, view_func=run, methods=methods.split())
        return view

    return register


def answer(view: Callable[..., Any], path: dict[str, Any]) -> Response:
    """What the view shows, to whoever is signed in, as of the clock of their organization."""
    with clock.of(g.member.organization.clock_now if g.member else None), acting(whoever(g.member)):
        return make_response(view(**path))


def whoever(member: Member | None) -> Actor:
    """Who is signed in, for the logs."""
    user = member.user if member else None
    return Actor(
        "front", user_email=user and user.email, user_id=user and user.id,
        user_agent=request.user_agent.string, address=request.remote_addr,
    )


def current_organization() -> Organization:
    """The organization whose pages the visitor sees."""
    member: Member = g.member
    return member.organization


def ask_to_sign_in() -> Response:
    """To the sign-in page, and from there back to the page that was asked for; HTMX loads it as a whole page."""
    if request.htmx:  # type: ignore[attr-defined]
        target = url_for("admin.sign_in", next=path_of(request.htmx.current_url))  # type: ignore[attr-defined]
        return Response(status=401, headers={"HX-Redirect": target})
    wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return make_response(redirect(url_for("admin.sign_in", next=wanted)))


def path_of(address: str | None) -> str:
    """The path in an address of ours; the dashboard's for what is no address."""
    try:
        return urlsplit(address or "").path or "/"
    except ValueError:
        return "/"


def wants_fragment() -> bool:
    """Whether HTMX asked for a part of the page, and not the browser for all of it."""
    return bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]


def asked_for(target: str) -> bool:
    """Whether HTMX will put the answer into the element with this id."""
    return wants_fragment() and request.htmx.target == target  # type: ignore[attr-defined]


def show(template: str, fragment: str | None = None, **context: Any) -> str:
    """The page, or the fragment of it that HTMX asked for; without one of its own, the page as a drawer."""
    chosen = fragment if fragment and wants_fragment() else template
    layout = "layouts/drawer.html" if wants_fragment() else "layouts/page.html"
    return render_template(chosen, layout=layout, **context)


def leave_to(address: str) -> Any:
    """To another page, from a drawer or from a page."""
    return htmx_response("", 204, redirect=address) if wants_fragment() else redirect(address)


def paged(query: Any) -> Page:
    """The page of a query that the URL asks for."""
    return paginate(query, text("page"), PER_PAGE)


def text(name: str) -> str | None:
    """A parameter of the query without surrounding blanks; None for an empty one."""
    return request.args.get(name, "").replace("\0", "").strip() or None


def one_of(name: str, choices: tuple[str, ...]) -> str | None:
    """A parameter of the query that must be one of `choices`; None for any other."""
    value = text(name)
    return value if value in choices else None


def day(name: str) -> date | None:
    """A date of the query; None for what is none."""
    try:
        return date.fromisoformat(text(name) or "")
    except ValueError:
        return None


def instant(name: str) -> datetime | None:
    """A time of the query, in UTC unless it names a zone; None for what is none."""
    try:
        value = datetime.fromisoformat(text(name) or "")
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def numbers(name: str) -> set[int] | None:
    """Whole numbers of the query, separated by commas; None if the parameter is not there.

    What is too long for 64 bits is left out.
    """
    if name not in request.args:
        return None
    return {int(word) for word in request.args[name].split(",") if word.isdecimal() and len(word) <= MOST_DIGITS}


def form_text(name: str) -> str | None:
    """A field of the form without surrounding blanks; None for an empty one."""
    return request.form.get(name, "").replace("\0", "").strip() or None


def found(record: T | None, resource: str) -> T:
    """`record`, or NotFound."""
    if record is None:
        raise NotFound(resource)
    return record


def here(**changes: Any) -> str:
    """This page's address with some parameters changed; None takes one out."""
    kept = {name: value for name, value in request.args.items() if name not in ("shown", *changes)}
    chosen = kept | {name: value for name, value in changes.items() if value is not None}
    return f"{request.path}?{urlencode(chosen)}" if chosen else request.path
