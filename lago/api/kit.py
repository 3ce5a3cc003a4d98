"""What every endpoint is made of: the body, one object, many objects, and a record that must exist."""

from typing import Any, TypeVar

import orjson
from flask import g, request
from marshmallow import Schema
from sqlalchemy import Select
from werkzeug.exceptions import HTTPException

from lago.core.errors import BadRequest, Invalid, NotFound, TooLarge
from lago.core.pagination import paginate
from lago.organizations.models import Organization

T = TypeVar("T")


def current_organization() -> Organization:
    """The organization of the key that came with the request."""
    organization: Organization = g.organization
    return organization


def payload() -> dict[str, Any]:
    """The JSON object of the body; an empty body is an empty object.

    Raises BadRequest for what is no JSON object, TooLarge for more than 10 MB, Invalid for a text with a NUL character
    (00 §5).
    """
    raw = _raw()
    if not raw.strip():
        return {}
    try:
        data = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise BadRequest("Bad Request") from None
    if not isinstance(data, dict):
        raise BadRequest("Bad Request")
    if b"\\u0000" in raw:
        refuse_nul("base", data)
    return data


def _raw() -> bytes:
    """The body. Raises TooLarge where one that came without its length was cut off at the limit, BadRequest where it
    comes in pieces that the server cannot put together."""
    try:
        raw = request.get_data()
    except HTTPException:
        raise
    except Exception:  # each server has exceptions of its own for this
        raise BadRequest("Bad Request") from None
    if request.content_length is None and len(raw) == request.max_content_length:
        raise TooLarge
    return raw


def refuse_nul(name: str, value: Any) -> None:
    """Raises Invalid, under the nearest field name, where a text or a name inside `value` holds a NUL character."""
    waiting = [(name, value)]  # no recursion: JSON may be nested more deeply than Python's stack
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, str) and "\0" in value:
            raise Invalid({name: ["value_is_invalid"]})
        if isinstance(value, dict):
            waiting += [(name, key) for key in value]
            waiting += value.items()
        if isinstance(value, list):
            waiting += [(name, inner) for inner in value]


def body(root: str) -> dict[str, Any]:
    """The object under `root`. Raises BadRequest if it is missing or empty."""
    data = payload().get(root)
    if not isinstance(data, dict) or not data:
        raise BadRequest(f"BadRequest: param is missing or the value is empty or invalid: {root}")
    return data


def optional(root: str) -> dict[str, Any]:
    """The object under `root`, or an empty one: what a client may send along with a deletion."""
    data = payload().get(root)
    return data if isinstance(data, dict) else {}


def argument(name: str) -> str | None:
    """A parameter of the query. Raises Invalid if it holds a NUL character."""
    value = request.args.get(name)
    refuse_nul(name, value)
    return value


def arguments(name: str) -> list[str]:
    """All values of a query parameter, given as `name[]=a&name[]=b` or `name=a`."""
    values = request.args.getlist(f"{name}[]") + request.args.getlist(name)
    refuse_nul(name, values)
    return values


def mapping(name: str) -> dict[str, str]:
    """A query parameter given as `name[key]=value&name[other]=value`."""
    prefix = f"{name}["
    values = {
        given[len(prefix):-1]: value
        for given, value in request.args.items() if given.startswith(prefix) and given.endswith("]")
    }
    refuse_nul(name, values)
    return values


def one(root: str, schema: Schema, record: Any) -> dict[str, Any]:
    """`{"<root>": {…}}`."""
    return {root: schema.dump(record)}


def many(root: str, schema: Schema, query: Select[Any]) -> dict[str, Any]:
    """`{"<root>": […], "meta": {…}}`: the page of the query that the URL asks for."""
    page = paginate(query, argument("page"), argument("per_page"))
    return {root: schema.dump(page.items, many=True), "meta": page.meta}


def found(record: T | None, resource: str) -> T:
    """`record`, or NotFound."""
    if record is None:
        raise NotFound(resource)
    return record
