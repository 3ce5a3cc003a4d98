"""What the contract lets a client ask of the catalog and this version cannot do: refused, never ignored."""

from collections.abc import Callable, Mapping
from typing import Any

from lago.core.errors import Invalid

NOT_SUPPORTED_YET = "not_supported_yet"

Asks = Callable[[Any], bool]


CHARGE: dict[str, Asks] = {
    "accepts_target_wallet": bool,
}


def refuse(values: Mapping[str, Any], table: Mapping[str, Asks]) -> None:
    """Raises Invalid, naming every entry of `table` of which `values` ask for something."""
    found = {name: [NOT_SUPPORTED_YET] for name, asks in table.items() if name in values and asks(values[name])}
    if found:
        raise Invalid(found)
