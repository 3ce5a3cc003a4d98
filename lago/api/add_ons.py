"""`/add_ons` (04 §10)."""

from typing import Any

from lago.api.kit import body, current_organization, found, many, one
from lago.api.routes import endpoint
from lago.catalog import queries
from lago.catalog.create_add_on import create_add_on
from lago.catalog.delete_add_on import delete_add_on
from lago.catalog.models import AddOn
from lago.catalog.schemas import AddOnSchema
from lago.catalog.update_add_on import update_add_on


@endpoint("GET", "/add_ons", permission="add_on")
def list_() -> dict[str, Any]:
    return many("add_ons", AddOnSchema(), queries.add_ons(current_organization().id))


@endpoint("POST", "/add_ons", permission="add_on")
def create_() -> dict[str, Any]:
    return one("add_on", AddOnSchema(), create_add_on(current_organization().id, body("add_on")))


@endpoint("GET", "/add_ons/<code:code>", permission="add_on")
def show_(code: str) -> dict[str, Any]:
    return one("add_on", AddOnSchema(), _add_on(code))


@endpoint("PUT PATCH", "/add_ons/<code:code>", permission="add_on")
def update_(code: str) -> dict[str, Any]:
    add_on = _add_on(code)
    update_add_on(add_on, body("add_on"))
    return one("add_on", AddOnSchema(), add_on)


@endpoint("DELETE", "/add_ons/<code:code>", permission="add_on")
def delete_(code: str) -> dict[str, Any]:
    add_on = _add_on(code)
    delete_add_on(add_on)
    return one("add_on", AddOnSchema(), add_on)


def _add_on(code: str) -> AddOn:
    return found(queries.add_on_by_code(current_organization().id, code), "add_on")
