"""The form of a feature: what stands in it, what it is filled with, and what it sends (03 §1.7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from lago.admin.form_tree import Tree, changed, chosen_of, read_tree, rows_of, text_of
from lago.catalog.features.inputs import DUPLICATED, read_privilege
from lago.catalog.models import Feature, Privilege
from lago.core.errors import Invalid

FIELDS = ("name", "code", "description")
TYPES = {
    "string": ("Text", "Any text."),
    "integer": ("Whole number", "Such as a limit."),
    "boolean": ("Yes or no", "On or off."),
    "select": ("One of a list", "One of the options below."),
}
"""Name and meaning of the types of values."""

NO_OPTIONS = "no_options"

_NAMES = {"privilege.config": "options"}


@dataclass(frozen=True)
class Row:
    """A privilege as it is typed: its new options one a line. `stored`: the one that is there already, if any."""

    path: str
    texts: Mapping[str, str]
    stored: Privilege | None = None

    @property
    def is_blank(self) -> bool:
        return not self.stored and not any(self.texts[name] for name in ("code", "name", "options"))

    def error_name(self, name: str) -> str:
        """The field that an error of the API is about."""
        return f"{self.path}.{_NAMES.get(name, name.removeprefix('privilege.'))}"


@dataclass(frozen=True)
class Draft:
    """A feature as it stands in the form. `known`: the codes of the privileges that it had when the form was opened."""

    texts: Mapping[str, str]
    rows: tuple[Row, ...] = ()
    known: tuple[str, ...] = ()

    @property
    def removed(self) -> list[str]:
        """The codes of the privileges that are to go: known, and without a row."""
        kept = {row.stored.code for row in self.rows if row.stored}
        return [code for code in self.known if code not in kept]


def draft_of(feature: Feature | None) -> Draft:
    """What the form shows before anything is typed."""
    if feature is None:
        return Draft(dict.fromkeys(FIELDS, ""))
    rows = tuple(
        Row(f"privileges.{number}", {"code": one.code, "name": one.name or "", "value_type": one.value_type,
                                     "options": ""}, one)
        for number, one in enumerate(feature.privileges)
    )
    texts = {name: getattr(feature, name) or "" for name in FIELDS}
    return Draft(texts, rows, tuple(one.code for one in feature.privileges))


def typed_draft(feature: Feature | None) -> Draft:
    """What was sent, with a row more or less if that was asked for."""
    tree = changed(read_tree(request.form), request.form.get("change", ""))
    there = {one.code: one for one in feature.privileges} if feature else {}
    rows = (_row(number, row, there) for number, row in enumerate(rows_of(tree, "privileges")))
    return Draft(
        {name: text_of(tree, name) for name in FIELDS}, tuple(rows),
        tuple(code for code in chosen_of(tree, "known") if code in there),
    )


def body_of(draft: Draft) -> dict[str, Any]:
    """The API's object, but for what is to be removed."""
    return {
        "name": draft.texts["name"] or None, "code": draft.texts["code"],
        "description": draft.texts["description"] or None,
        "privileges": [_body(row) for row in draft.rows if not row.is_blank],
    }


def problems_of(draft: Draft) -> dict[str, list[str]]:
    """What is wrong with the rows, by the fields of the form: the API names no row."""
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    for row in draft.rows:
        found.update(_problems(row) if not row.is_blank else {})
        if row.texts["code"] in seen:
            found[f"{row.path}.code"] = [DUPLICATED]
        seen |= {row.texts["code"]} - {""}
    return found


def _problems(row: Row) -> dict[str, list[str]]:
    body = _body(row)
    try:
        read_privilege({**body, "config": {}, "value_type": "string"} if row.stored else body)
    except Invalid as error:
        details: Any = error.details
        return {row.error_name(name): _codes(name, codes) for name, codes in details.items()}
    return {}


def _codes(name: str, codes: list[str]) -> list[str]:
    return [NO_OPTIONS] if name == "privilege.config" else codes


def _row(number: int, tree: Tree, there: Mapping[str, Privilege]) -> Row:
    stored = there.get(text_of(tree, "stored"))
    texts = {name: text_of(tree, name) for name in ("code", "name", "value_type", "options")}
    if stored:
        texts |= {"code": stored.code, "value_type": stored.value_type}
    return Row(f"privileges.{number}", {**texts, "value_type": texts["value_type"] or "string"}, stored)


def _body(row: Row) -> dict[str, Any]:
    options = [line.strip() for line in row.texts["options"].split("\n") if line.strip()]
    is_select = row.texts["value_type"] == "select"
    return {
        "code": row.texts["code"], "name": row.texts["name"] or None, "value_type": row.texts["value_type"],
        "config": {"select_options": options} if is_select else {},
    }
