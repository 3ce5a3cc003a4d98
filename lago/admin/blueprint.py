"""The blueprint of the pages. Each page's module adds its views; `lago.admin` imports them all."""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState
from flask.sansio.app import App
from htmx_flask import Htmx

from lago.admin.formats import FILTERS
from lago.core import config

blueprint = Blueprint("admin", __name__, url_prefix="")


@blueprint.record_once
def prepare(state: BlueprintSetupState) -> None:
    """Sets up the application for pages: HTMX's headers on the request, template filters, the session cookie."""
    Htmx(state.app)
    state.app.jinja_env.filters.update({filter_.__name__: filter_ for filter_ in FILTERS})
    state.app.jinja_env.trim_blocks = state.app.jinja_env.lstrip_blocks = True
    protect_cookie(state.app)


def protect_cookie(app: App) -> None:
    """No script reads the session cookie, no other site sends it along, and no plain connection where we have TLS."""
    app.config.update(
        SESSION_COOKIE_NAME="lago_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.settings().api_url.startswith("https://"),
    )
