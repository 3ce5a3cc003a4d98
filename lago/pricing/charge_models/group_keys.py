"""The properties that every charge model has: keys that split usage into groups, for pricing or only for display."""

from collections.abc import Mapping
from typing import Any

GROUP_KEYS = ("pricing_group_keys", "presentation_group_keys")
MOST_PRESENTATION_KEYS = 2


def pricing_group_keys(raw: Mapping[str, Any]) -> dict[str, Any]:
    """`{"pricing_group_keys": …}` taken from the older name `grouped_by`; `{}` if that adds nothing (02 §2.1)."""
    older = raw.get("grouped_by")
    if not older or raw.get("pricing_group_keys"):
        return {}
    return {"pricing_group_keys": [key for key in older if key != ""] if isinstance(older, list) else older}


def group_key_problems(properties: Mapping[str, Any]) -> list[str]:
    """The error codes of both kinds of group keys (02 §2.4)."""
    pricing = properties.get("pricing_group_keys")
    codes = [] if pricing is None or _are_names(pricing) else ["invalid_type"]
    presentation = properties.get("presentation_group_keys")
    return codes if presentation is None else codes + _presentation_problems(presentation)


def _are_names(keys: Any) -> bool:
    return isinstance(keys, list) and all(isinstance(key, str) and key.strip() for key in keys)


def _presentation_problems(keys: Any) -> list[str]:
    if not isinstance(keys, list) or not all(map(_is_presentation_key, keys)):
        return ["invalid_type"]
    values = [key["value"] for key in keys]
    too_many = ["too_many_keys"] if len(values) > MOST_PRESENTATION_KEYS else []
    return too_many + (["value_is_duplicated"] if len(set(values)) < len(values) else [])


def _is_presentation_key(key: Any) -> bool:
    if not isinstance(key, Mapping) or not isinstance(key.get("value"), str):
        return False
    options = key.get("options", {})
    return key.keys() <= {"value", "options"} and isinstance(options, Mapping) and _are_display_options(options)


def _are_display_options(options: Mapping[str, Any]) -> bool:
    return options.keys() <= {"display_in_invoice"} and all(isinstance(shown, bool) for shown in options.values())
