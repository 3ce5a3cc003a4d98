"""Forms with rows inside of rows, as a browser sends them."""

from html.parser import HTMLParser
from typing import Any


def filled(path: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields under a path: `filled("charges.0", {"code": "x"})` is `{"charges.0.code": "x"}`."""
    return {f"{path}.{name}": value for name, value in fields.items()}


def fields_of(page: str) -> dict[str, Any]:
    """What a browser would send of the forms of a page without a change, but for tokens and buttons."""
    return _Fields(page).found


class _Fields(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, Any] = {}
        self._name = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "input":
            self._read_input(given, name, value)
        elif tag in ("select", "textarea"):
            self._name = name
            self.found[name] = ""
        elif tag == "option" and "selected" in given:
            self.found[self._name] = value

    def handle_data(self, data: str) -> None:
        if self.lasttag == "textarea" and self._name:
            self.found[self._name] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self._name = ""

    def _read_input(self, given: dict[str, str | None], name: str, value: str) -> None:
        if not name or name == "csrf_token" or given.get("type") in ("checkbox", "radio") and "checked" not in given:
            return
        if name.endswith("[]"):
            self.found[name] = [*self.found.get(name, []), value]
        else:
            self.found[name] = value
