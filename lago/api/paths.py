"""Path segments that may hold any character (06 §2.1).

A server hands the application a decoded path, in which an encoded slash can no longer be told from a
separator. `KeepEncodedSlashes` therefore decodes the raw path segment by segment and leaves a slash inside
of one as `%2F`; the converter `segment` undoes that.
"""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from werkzeug.routing import BaseConverter, PathConverter, ValidationError
from werkzeug.routing import IntegerConverter as AnyIntegerConverter

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class KeepEncodedSlashes:
    """WSGI middleware: PATH_INFO with `/` only between segments, `%` and `/` inside of them as %25 and %2F."""

    def __init__(self, application: WsgiApp) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
        if raw and raw.startswith("/api/") and "%" in raw:
            path = raw.split("?", 1)[0]
            environ["PATH_INFO"] = "/".join(_protected(part) for part in path.split("/"))
        return self.application(environ, start_response)


def _protected(segment: str) -> str:
    decoded = unquote_to_bytes(segment).decode("latin-1")  # WSGI texts are bytes as latin-1
    return decoded.replace("%", "%25").replace("/", "%2F")


def _restored(value: str) -> str:
    if "\0" in value:
        raise ValidationError
    return value.replace("%2F", "/").replace("%25", "%")


class SegmentConverter(BaseConverter):
    """One path segment; an encoded slash belongs to it."""

    def to_python(self, value: str) -> str:
        return _restored(value)


class CodeConverter(PathConverter):
    """The code of an object: any characters, slashes and line breaks included, encoded or not."""

    regex = r"[^/][\s\S]*?"

    def to_python(self, value: str) -> str:
        return _restored(value)


class IntegerConverter(AnyIntegerConverter):
    """A whole number of 64 bits; anything longer is no path of ours."""

    regex = r"\d{1,18}"
