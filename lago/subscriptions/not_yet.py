"""What the contract lets a client ask of a subscription and this version cannot do: refused, never ignored."""

from collections.abc import Mapping
from typing import Any

from lago.core.errors import Invalid

NOT_YET = (
    "plan_overrides", "usage_thresholds", "activation_rules", "authorization", "invoice_custom_section",
)


def refuse(data: Mapping[str, Any]) -> None:
    """Raises Invalid if `data` sets any of them to something."""
    found = {name: ["not_supported_yet"] for name in NOT_YET if data.get(name)}
    if found:
        raise Invalid(found)
