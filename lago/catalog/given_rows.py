"""The objects in a list that a client sends."""

from collections.abc import Mapping
from typing import Any


def given_rows(data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]] | None:
    """The objects under `name`; None if the client sent none, which is not the same as an empty list.

    What has another shape is ignored (06 §2.1), a list of nothing else as a whole: it is not the empty list, which
    would delete all that there is.
    """
    rows = data.get(name)
    if not isinstance(rows, list):
        return None
    objects = [row for row in rows if isinstance(row, Mapping)]
    return objects if objects or not rows else None
