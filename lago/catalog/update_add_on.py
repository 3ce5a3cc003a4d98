"""Changes of an add-on (04 §10)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.create_add_on import assign, check_code
from lago.catalog.inputs import AddOnInput
from lago.catalog.models import AddOn
from lago.core.db import unique


def update_add_on(add_on: AddOn, data: Mapping[str, Any]) -> None:
    """Changes what the client's object names. Raises Invalid, or NotFound for an unknown tax."""
    values = AddOnInput().read(data, partial=True)
    if values.get("code", add_on.code) != add_on.code:
        check_code(add_on.organization_id, values["code"])
    with unique("uq_add_ons_code", "code"):
        assign(add_on, values)
