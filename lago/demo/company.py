"""The company as data: what it sells, who buys it, and what happened (lago/demo/data)."""

import csv
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
MONTHS = 6
LAST_DAY = 12
"""The story ends on this day of the month after its six."""


@dataclass(frozen=True)
class Buyer:
    """A customer, and how he begins. `size` scales what he uses; `pays`: prompt, late, partly or never."""

    external_id: str
    name: str
    country: str
    city: str
    timezone: str
    currency: str
    tax: str
    entity: str
    plan: str
    month: int
    day: int
    size: int
    seats: int | None
    pays: str


@cache
def buyers() -> list[Buyer]:
    """All of them, in order of their beginning."""
    with (DATA / "customers.csv").open(encoding="utf-8", newline="") as file:
        found = [_buyer(row) for row in csv.DictReader(file)]
    return sorted(found, key=lambda buyer: (buyer.month, buyer.day))


def _buyer(row: dict[str, str]) -> Buyer:
    numbers = {name: int(row[name]) for name in ("month", "day", "size")}
    return Buyer(**{**row, **numbers, "seats": int(row["seats"]) if row["seats"] else None})  # type: ignore[arg-type]


@cache
def catalog() -> dict[str, Any]:
    """Bodies of API calls by resource."""
    return tomllib.loads((DATA / "catalog.toml").read_text(encoding="utf-8"))


@cache
def story() -> dict[str, Any]:
    """`deeds` by month and day, and how much is used (`usage`)."""
    return tomllib.loads((DATA / "story.toml").read_text(encoding="utf-8"))
