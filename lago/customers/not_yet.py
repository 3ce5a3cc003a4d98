"""What the contract lets a client ask of a customer and this version cannot do: refused, never ignored."""

from collections.abc import Mapping
from typing import Any

from lago.core.errors import Invalid

NOT_YET = ("payment_provider", "payment_provider_code", "integration_customers")


def refuse(values: Mapping[str, Any]) -> None:
    """Raises Invalid if `values` set any of them to something."""
    found = {name: ["not_supported_yet"] for name in NOT_YET if values.get(name)}
    if found:
        raise Invalid(found)
