"""A new add-on (04 §10)."""

import uuid
from collections.abc import Mapping
from typing import Any

from lago.catalog.inputs import AddOnInput
from lago.catalog.models import AddOn
from lago.catalog.queries import add_on_by_code, taxes_of_codes
from lago.core.db import db, unique
from lago.core.errors import Invalid
from lago.core.fields import ALREADY_EXISTS


def create_add_on(organization_id: uuid.UUID, data: Mapping[str, Any]) -> AddOn:
    """An add-on of the organization. `data` is the client's object.

    Raises Invalid, or NotFound for an unknown tax.
    """
    values = AddOnInput().read(data)
    check_code(organization_id, values["code"])
    add_on = AddOn(organization_id=organization_id, taxes=[])
    assign(add_on, values)
    with unique("uq_add_ons_code", "code"):
        db.session.add(add_on)
    return add_on


def assign(add_on: AddOn, values: Mapping[str, Any]) -> None:
    """Sets what `values` name; `tax_codes` replace the taxes. Raises NotFound for an unknown one."""
    for name in values.keys() - {"tax_codes"}:
        setattr(add_on, name, values[name])
    if "tax_codes" in values:
        add_on.taxes = taxes_of_codes(add_on.organization_id, values["tax_codes"])


def check_code(organization_id: uuid.UUID, code: str) -> None:
    """Raises Invalid if another add-on has the code."""
    if add_on_by_code(organization_id, code):
        raise Invalid({"code": [ALREADY_EXISTS]})
