"""Values of privileges: which ones each type takes, as what text they are stored, and as what they are shown."""

import re
from typing import Any

from lago.catalog.models import Privilege
from lago.core.fields import INVALID

Shown = int | bool | str

NOT_AN_OPTION = "value_not_in_select_options"

_WORDS = {"true": True, "false": False}
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,18}")
_LARGEST = 2**63 - 1


def problem(privilege: Privilege, value: Any) -> str | None:
    """Why the privilege cannot have the value, as a code; None if it can (03 §1.7)."""
    if privilege.value_type == "select":
        options = privilege.config["select_options"]
        return None if isinstance(value, str) and value in options else NOT_AN_OPTION
    return None if _FITS[privilege.value_type](value) else INVALID


def to_text(value: Shown) -> str:
    """A value without problems as it is stored: `true`, `10`, `email`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def from_text(privilege: Privilege, text: str) -> Shown:
    """A stored value as it is shown."""
    if privilege.value_type == "integer":
        return int(text)
    return _WORDS[text] if privilege.value_type == "boolean" else text


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool) or (isinstance(value, str) and value in _WORDS)


def _is_integer(value: Any) -> bool:
    """A whole number of 64 bits, or its canonical text: no sign for plus, no leading zero, no blanks."""
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        value = int(value)
    return isinstance(value, int) and not isinstance(value, bool) and -_LARGEST <= value <= _LARGEST


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


_FITS = {"boolean": _is_boolean, "integer": _is_integer, "string": _is_text}
