"""The form of what an organization keeps on an object as metadata: a pair a line, for all kinds of objects alike."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import request

from lago.admin.pages import form_text, show
from lago.admin.record_payment import leave_to
from lago.admin.wallet_form import lines_of, pairs_of
from lago.core.db import all_or_nothing
from lago.core.errors import Invalid, NotAllowed
from lago.core.json_metadata import LONGEST_KEY, LONGEST_VALUE, MOST_KEYS

Most = tuple[int, int, int]
"""How many pairs there may be, and how long keys and values."""

OF_OBJECTS: Most = (MOST_KEYS, LONGEST_KEY, LONGEST_VALUE)


def edit_metadata(
    name: str, back: str, kept: Mapping[str, Any] | None, save: Callable[[dict[str, str]], None],
    most: Most = OF_OBJECTS,
) -> Any:
    """Shows what is kept on the object of that name, or puts in its place what was typed, and goes `back`.

    `save` raises Invalid for what cannot be kept, NotAllowed where nothing can.
    """
    told = {"name": name, "back": back, "most": most}
    if request.method != "POST":
        return show("metadata/form.html", **told, typed=lines_of(kept))
    typed = (form_text("metadata") or "").replace("\r\n", "\n")
    try:
        with all_or_nothing():
            save(pairs_of(typed))
    except Invalid as error:
        details: Any = error.details
        problems = [code for codes in details.values() for code in codes]
        return show("metadata/form.html", **told, typed=typed, errors={"metadata": problems}), 422
    except NotAllowed as error:
        return show("metadata/form.html", **told, typed=typed, errors={"base": [error.code]}), 422
    return leave_to(back)
