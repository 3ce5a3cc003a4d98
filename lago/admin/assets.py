"""Style sheet, scripts and the mark, under addresses that change with their content, so that browsers keep them."""

from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from flask import Response, send_file, url_for

from lago.admin.blueprint import blueprint
from lago.core.errors import NotFound

STATIC = Path(__file__).resolve().parents[2] / "static"
NAMES = ("app.css", "app.js", "mark.svg", "htmx.min.js")
STYLES = ("tokens.css", "base.css", "shell.css", "components.css", "forms.css", "search.css", "people.css", "pages.css")
"""One sheet of styles to the browser, app.css, in this order; later ones may rely on earlier ones."""
FOREVER_S = 31536000


def asset(name: str) -> str:
    """The address of one of our files."""
    return url_for("admin.asset_file", digest=_digest(name), name=name)


@blueprint.get("/assets/<digest>/<name>")
def asset_file(digest: str, name: str) -> Response:
    """The file; `digest` only makes the address new when the content is."""
    if name not in NAMES:
        raise NotFound("asset")
    response = send_file(BytesIO(_content(name)), download_name=name, max_age=FOREVER_S)
    response.cache_control.immutable = True
    return response


@cache
def _digest(name: str) -> str:
    return sha256(_content(name)).hexdigest()[:12]


@cache
def _content(name: str) -> bytes:
    parts = STYLES if name == "app.css" else (name,)
    return b"\n".join(_path(part).read_bytes() for part in parts)


def _path(name: str) -> Path:
    """HTMX comes from its wheel, the rest is ours."""
    if name != "htmx.min.js":
        return STATIC / name
    package = find_spec("js_lib_htmx")
    assert package and package.submodule_search_locations
    return Path(package.submodule_search_locations[0]) / "static" / "htmx" / name
