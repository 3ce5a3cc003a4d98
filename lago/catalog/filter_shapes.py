"""The shapes of filters as clients send them: what cannot be read is refused, since nothing may be priced by half."""

from collections.abc import Mapping
from typing import Any

from lago.core.errors import Invalid
from lago.core.fields import INVALID


def given_objects(filters: Any) -> list[Mapping[str, Any]]:
    """The entries of a list of filters. Raises Invalid for anything but a list of objects."""
    if not isinstance(filters, list):
        raise Invalid({"filters": ["must_be_array"]})
    if not all(isinstance(entry, Mapping) for entry in filters):
        raise Invalid({"filters": ["invalid_type"]})
    return filters


def given_texts(values: Any) -> list[str]:
    """The texts of a list of values; numbers and booleans become their texts. Raises Invalid for any other shape."""
    if not isinstance(values, list) or not all(isinstance(value, str | int | float) for value in values):
        raise Invalid({"values": [INVALID]})
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in values]
