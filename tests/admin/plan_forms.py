"""The form of a plan as a browser sends it: rows inside of rows."""

from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

PATH = "/plans"
GROWTH = {
    "name": "Growth", "code": "growth", "interval": "monthly", "amount_cents": "99.50", "amount_currency": "EUR",
    "pay_in_advance": "yes",
}
"""What one types into the form of a plan."""

TIERS = {
    "from_value": ["0", "101", "501"], "to_value": ["100", "500", ""], "per_unit_amount": ["0.20", "0.15", "0.10"],
    "flat_amount": ["5", "", "20"],
}
RANGES = [
    {"from_value": 0, "to_value": 100, "per_unit_amount": "0.20", "flat_amount": "5"},
    {"from_value": 101, "to_value": 500, "per_unit_amount": "0.15", "flat_amount": "0"},
    {"from_value": 501, "to_value": None, "per_unit_amount": "0.10", "flat_amount": "20"},
]
"""The tiers of 02 §3.3 as one types them, and as the API has them."""


def charge(
    metric: Mapping[str, Any], model: str, tiers: Mapping[str, Sequence[str]] | None = None, pricing_unit: str = "",
    **price: str,
) -> dict[str, Any]:
    """What one types for a charge."""
    return {
        "billable_metric_id": metric["lago_id"], "charge_model": model, "invoiceable": "yes", "open": "yes",
        "pricing_unit": pricing_unit, **filled("price", price | (tiers_of(tiers) if tiers else {})),
    }


def tiers_of(columns: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The fields of tiers whose texts are given column by column."""
    return {f"tiers.{place}.{name}": text for name, texts in columns.items() for place, text in enumerate(texts)}


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
