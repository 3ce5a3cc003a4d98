"""What the contract lets a client ask of a subscription and this version cannot do: refused, never ignored."""

from collections.abc import Mapping, Sequence
from typing import Any

from lago.core.errors import Invalid

NOT_YET = ("authorization",)


def refuse(data: Mapping[str, Any], names: Sequence[str] = NOT_YET) -> None:
    """Raises Invalid if `data` sets any of these names to something."""
    found = {name: ["not_supported_yet"] for name in names if data.get(name)}
    if found:
        raise Invalid(found)
