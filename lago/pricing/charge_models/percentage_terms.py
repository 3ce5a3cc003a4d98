"""What a percentage charge says: the rate, the fixed amount, what is free, the bounds of one event (02 §3.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lago.pricing.charge_models.pricing import ZERO


@dataclass(frozen=True)
class PercentageTerms:
    """`rate` in percent; `fixed_amount` for each event; `free_events` and `free_amount`: 0 where nothing is free.

    `least` and `most`: what one event costs at least and at most, None where there is no such bound.
    """

    rate: Decimal
    fixed_amount: Decimal
    free_events: int
    free_amount: Decimal
    least: Decimal | None
    most: Decimal | None

    @property
    def has_free_units(self) -> bool:
        """Whether anything is free."""
        return bool(self.free_events or self.free_amount)

    @property
    def is_bounded(self) -> bool:
        """Whether each event is priced by itself."""
        return self.least is not None or self.most is not None

    def share(self, units: Decimal) -> Decimal:
        """The percentage of `units`."""
        return units * self.rate.scaleb(-2)

    def price_of_event(self, units: Decimal) -> Decimal:
        """What an event of `units` costs, within the bounds."""
        price = self.share(units) + self.fixed_amount
        if self.least is not None and price < self.least:
            return self.least
        return self.most if self.most is not None and price > self.most else price


def read_terms(properties: Mapping[str, Any]) -> PercentageTerms:
    """The terms in valid `properties`."""
    return PercentageTerms(
        rate=Decimal(properties["rate"]),
        fixed_amount=_amount(properties, "fixed_amount") or ZERO,
        free_events=properties.get("free_units_per_events") or 0,
        free_amount=_amount(properties, "free_units_per_total_aggregation") or ZERO,
        least=_amount(properties, "per_transaction_min_amount"),
        most=_amount(properties, "per_transaction_max_amount"),
    )


def _amount(properties: Mapping[str, Any], name: str) -> Decimal | None:
    given = properties.get(name)
    return None if given in (None, "") else Decimal(given)
