"""The price of a charge as it stands in the form, texts and rows of tiers, and as the API has it (02 §2.4)."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lago.admin.form_tree import Tree, rows_of, text_of
from lago.pricing.charge_models import CHARGE_MODELS, default_properties

NUMBER = re.compile(r"-?(0|[1-9]\d{0,29})(\.\d{1,30})?", re.ASCII)

MODELS = {
    "standard": ("Standard", "One price for each unit."),
    "graduated": ("Graduated", "Each tier prices the units that fall into it."),
    "volume": ("Volume", "The tier that the total falls into prices all units."),
    "package": ("Package", "A price for so many units at a time."),
    "percentage": ("Percentage", "A share of the amounts that events bring, and a fee for each."),
    "graduated_percentage": ("Graduated percentage", "Tiers of shares, for ever larger amounts."),
    "dynamic": ("Dynamic", "Each event names its own price."),
}
"""Name and meaning of the charge models."""

WHOLE = ("free_units", "package_size", "free_units_per_events")
BLANK_IS = {"free_units": "0", "flat_amount": "0"}
PRESENTATION_ROWS = 2


@dataclass(frozen=True)
class Tiers:
    """How a model has its tiers: under which name, and what each of them says besides its bounds."""

    name: str
    amounts: tuple[str, ...]


TIERS = {
    "graduated": Tiers("graduated_ranges", ("per_unit_amount", "flat_amount")),
    "volume": Tiers("volume_ranges", ("per_unit_amount", "flat_amount")),
    "graduated_percentage": Tiers("graduated_percentage_ranges", ("rate", "flat_amount")),
}


def shown_of(model: str) -> tuple[str, ...]:
    """What stands in the form for the properties that are the model's own."""
    return ("tiers",) if model in TIERS else CHARGE_MODELS[model].KEYS


def properties_of(model: str, price: Tree) -> dict[str, Any]:
    """What the API takes for a price that is typed; what is no number stays a text, and is refused as one."""
    tiers = TIERS.get(model)
    properties: dict[str, Any] = _plain(model, price)
    if tiers:
        properties = {tiers.name: ranges_of(tiers, rows_of(price, "tiers"))}
    if keys := lines_of(text_of(price, "pricing_group_keys")):
        properties["pricing_group_keys"] = keys
    if shown := [_presentation_key(row) for row in rows_of(price, "presentation") if text_of(row, "value")]:
        properties["presentation_group_keys"] = shown
    return properties


def price_of(model: str, properties: Mapping[str, Any]) -> Tree:
    """What stands in the form for properties."""
    price: Tree = {name: typed(properties.get(name)) for name in CHARGE_MODELS[model].KEYS}
    if tiers := TIERS.get(model):
        names = ("from_value", "to_value", *tiers.amounts)
        price = {"tiers": [{name: typed(row.get(name)) for name in names} for row in properties.get(tiers.name, ())]}
    keys = properties.get("presentation_group_keys") or ()
    return price | {
        "pricing_group_keys": "\n".join(properties.get("pricing_group_keys") or ()),
        "presentation": [
            {"value": key["value"], "shown": typed(key.get("options", {}).get("display_in_invoice"))} for key in keys
        ],
    }


def default_price(model: str) -> Tree:
    """What a new charge of the model starts from: nothing is typed yet but the bounds of the only tier."""
    price = price_of(model, default_properties(model))
    if model in TIERS:
        return price | {"tiers": [{"from_value": "0"}]}
    return {name: "" if name in ("amount", "rate") else text for name, text in price.items()}


def ranges_of(tiers: Tiers, rows: Sequence[Tree]) -> list[dict[str, Any]]:
    """The tiers as the API has them: each begins where it says, or else after the one before; the last has no end."""
    ranges: list[dict[str, Any]] = []
    for place, row in enumerate(rows, start=1):
        begin = text_of(row, "from_value") or next_from(ranges)
        end = None if place == len(rows) else number(text_of(row, "to_value"))
        amounts = {name: text_of(row, name) or BLANK_IS.get(name, "") for name in tiers.amounts}
        ranges.append({"from_value": number(begin), "to_value": end, **amounts})
    return ranges


def next_from(ranges: Sequence[Mapping[str, Any]]) -> str:
    """Where the tier after these begins: one unit after the end of the last; nowhere as long as that has none."""
    if not ranges:
        return "0"
    end = ranges[-1]["to_value"]
    return typed(end + 1) if isinstance(end, int | float) else ""


def number(text: str) -> Any:
    """The JSON number that a text spells, or the text."""
    return json.loads(text) if NUMBER.fullmatch(text) else text


def typed(value: Any) -> str:
    """A value of properties as a text: "" for null, JSON for what is no text."""
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _plain(model: str, price: Tree) -> dict[str, Any]:
    """The properties of a model without tiers; what may be left out is, where nothing is typed."""
    given = {name: text_of(price, name) or BLANK_IS.get(name, "") for name in CHARGE_MODELS[model].KEYS}
    needed = CHARGE_MODELS[model].DEFAULTS
    return {
        name: number(text) if name in WHOLE else text for name, text in given.items() if text or name in needed
    }


def _presentation_key(row: Tree) -> dict[str, Any]:
    shown = text_of(row, "shown")
    options = {"options": {"display_in_invoice": shown == "true"}} if shown else {}
    return {"value": text_of(row, "value"), **options}
