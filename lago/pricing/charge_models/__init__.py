"""The charge models: one module each with what `ChargeModel` says, and the one table of them."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Protocol

from lago.pricing.charge_models import (
    dynamic,
    graduated,
    graduated_percentage,
    package,
    percentage,
    standard,
    volume,
)
from lago.pricing.charge_models.group_keys import GROUP_KEYS, group_key_problems, pricing_group_keys
from lago.pricing.charge_models.pricing import not_negative
from lago.pricing.values import Needs, Price, Usage


class ChargeModel(Protocol):
    """What a module of this package must have."""

    KEYS: tuple[str, ...]
    DEFAULTS: dict[str, Any]

    def price(self, usage: Usage, properties: Mapping[str, Any], currency: str) -> Price:
        """The price of `usage` under valid `properties`, unrounded and negative where usage is.

        `currency`: ISO code of the amounts that events name. For what is billed see `price_usage`.
        """

    def needs(self, properties: Mapping[str, Any]) -> Needs:
        """What `price` takes from the usage besides units and count."""

    def problems(self, properties: Mapping[str, Any]) -> list[str]:
        """The error codes of `properties`, in the order and with the repetitions of 02 §2.4."""


CHARGE_MODELS: dict[str, ChargeModel] = {
    "standard": standard,
    "graduated": graduated,
    "package": package,
    "volume": volume,
    "percentage": percentage,
    "graduated_percentage": graduated_percentage,
    "dynamic": dynamic,
}


def price_usage(model_name: str, usage: Usage, properties: Mapping[str, Any], currency: str) -> Price:
    """What `usage` costs under valid `properties`: never less than nothing (02 §3.1)."""
    return not_negative(usage, CHARGE_MODELS[model_name].price(usage, properties, currency))


def property_problems(model_name: str, properties: Mapping[str, Any]) -> list[str]:
    """All error codes under the key `properties`: those of the model, then those of the group keys (02 §2.4)."""
    return CHARGE_MODELS[model_name].problems(properties) + group_key_problems(properties)


def default_properties(model_name: str) -> dict[str, Any]:
    """The properties of a charge whose `properties` are empty or absent (02 §2.5); the caller's to keep."""
    return deepcopy(CHARGE_MODELS[model_name].DEFAULTS)


def clean_properties(model_name: str, raw: Any) -> dict[str, Any]:
    """`raw` reduced to the keys known for the model and the group keys; no object gives `{}` (02 §2.2-3).

    The older name `grouped_by` becomes `pricing_group_keys`.
    """
    if not isinstance(raw, Mapping):
        return {}
    known = CHARGE_MODELS[model_name].KEYS + GROUP_KEYS
    return {key: raw[key] for key in known if key in raw} | pricing_group_keys(raw)
