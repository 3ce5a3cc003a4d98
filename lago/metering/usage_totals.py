"""Usage as it is shown: the fees of a period, added up by charge, filter and group (01 §4.1)."""

import uuid
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lago.catalog.models import Charge, ChargeFilter
from lago.pricing.rounding import exact

ZERO = Decimal(0)


@dataclass(frozen=True)
class Breakdown:
    """Units of a fee by the texts of presentation keys; a blank text is None (01 §3.11)."""

    presentation_by: dict[str, str | None]
    units: Decimal


@dataclass(frozen=True)
class UnitAmount:
    """An amount in cents of a pricing unit, and what one unit is worth (02 §10)."""

    amount_cents: int
    short_name: str
    conversion_rate: Decimal
    projected_amount_cents: int = 0


@dataclass(frozen=True)
class UsageFee:
    """One bucket and group of a charge, on an invoice or not; amounts in cents.

    The projected figures are those of the whole period, of projected usage only (01 §4.4). `in_units`: the amounts in
    the charge's pricing unit, if it has one.
    """

    charge: Charge
    charge_filter: ChargeFilter | None
    grouped_by: dict[str, str | None]
    units: Decimal
    total_aggregated_units: Decimal
    events_count: int
    amount_cents: int
    breakdowns: tuple[Breakdown, ...] = ()
    projected_units: Decimal = ZERO
    projected_amount_cents: int = 0
    projected_breakdowns: tuple[Breakdown, ...] = ()
    in_units: UnitAmount | None = None


@dataclass(frozen=True)
class UsageTotal:
    """Fees of one charge, added up; at least one."""

    fees: tuple[UsageFee, ...]

    @property
    def charge(self) -> Charge:
        return self.fees[0].charge

    @property
    def units(self) -> Decimal:
        return _sum(fee.units for fee in self.fees)

    @property
    def total_aggregated_units(self) -> Decimal:
        return _sum(fee.total_aggregated_units for fee in self.fees)

    @property
    def events_count(self) -> int:
        return sum(fee.events_count for fee in self.fees)

    @property
    def amount_cents(self) -> int:
        return sum(fee.amount_cents for fee in self.fees)

    @property
    def projected_units(self) -> Decimal:
        return _sum(fee.projected_units for fee in self.fees)

    @property
    def projected_amount_cents(self) -> int:
        return sum(fee.projected_amount_cents for fee in self.fees)

    @property
    def in_units(self) -> UnitAmount | None:
        """The amounts in the pricing unit, at the rate of the first fee; None if the charge is priced in money."""
        amounts = [fee.in_units for fee in self.fees if fee.in_units]
        if not amounts:
            return None
        return replace(
            amounts[0],
            amount_cents=sum(one.amount_cents for one in amounts),
            projected_amount_cents=sum(one.projected_amount_cents for one in amounts),
        )

    @property
    def breakdowns(self) -> list[Breakdown]:
        return [one for fee in self.fees if self.breaks_down(fee) for one in fee.breakdowns]

    @property
    def projected_breakdowns(self) -> list[Breakdown]:
        return [one for fee in self.fees if self.breaks_down(fee) for one in fee.projected_breakdowns]

    def breaks_down(self, fee: UsageFee) -> bool:
        """Whether the breakdowns of the fee are shown here: each in as few places as the rule says (01 §4.1)."""
        return True


@dataclass(frozen=True)
class FilterUsage(UsageTotal):
    """The usage of one filter of a charge, or of the default bucket beside the filters."""

    @property
    def values(self) -> dict[str, list[str]] | None:
        """The filter's values as they were given; None for the default bucket."""
        charge_filter = self.fees[0].charge_filter
        return charge_filter.values if charge_filter else None

    @property
    def invoice_display_name(self) -> str | None:
        charge_filter = self.fees[0].charge_filter
        return charge_filter.invoice_display_name if charge_filter else None


@dataclass(frozen=True)
class FilteredUsage(UsageTotal):
    """Usage that is shown by filters too."""

    @property
    def filters(self) -> list[FilterUsage]:
        """In the order of the filters, the default bucket last; nothing where the charge has no filters."""
        if not self.charge.filters and not any(fee.charge_filter for fee in self.fees):
            return []
        parts = _split(sorted(self.fees, key=_filter_rank), lambda fee: fee.charge_filter and fee.charge_filter.id)
        return [FilterUsage(fees) for fees in parts]


@dataclass(frozen=True)
class GroupUsage(FilteredUsage):
    """One group of a charge; `{}` is what is not grouped, beside groups."""

    @property
    def grouped_by(self) -> dict[str, str | None]:
        return self.fees[0].grouped_by

    def breaks_down(self, fee: UsageFee) -> bool:
        return bool(fee.grouped_by) and fee.charge_filter is None


@dataclass(frozen=True)
class ChargeUsage(FilteredUsage):
    """One charge, in `currency`."""

    currency: str

    @property
    def groups(self) -> list[GroupUsage]:
        """By their values, `{}` last; nothing unless some fee is grouped."""
        if not any(fee.grouped_by for fee in self.fees):
            return []
        return [GroupUsage(fees) for fees in _split(sorted(self.fees, key=_group_rank), _group_rank)]

    def breaks_down(self, fee: UsageFee) -> bool:
        return not fee.grouped_by and fee.charge_filter is None


@dataclass(frozen=True)
class PeriodUsage:
    """The usage of a subscription in one window, amounts in cents of `currency`; of an invoice if that is named."""

    from_datetime: datetime
    to_datetime: datetime
    issuing_date: date | None
    currency: str
    fees: tuple[UsageFee, ...]
    amount_cents: int
    taxes_amount_cents: int
    invoice_id: uuid.UUID | None = None

    @property
    def charges(self) -> list[ChargeUsage]:
        """In the order in which their first fees stand."""
        return [ChargeUsage(fees, self.currency) for fees in _split(self.fees, lambda fee: fee.charge.id)]

    @property
    def total_amount_cents(self) -> int:
        return self.amount_cents + self.taxes_amount_cents

    @property
    def projected_amount_cents(self) -> int:
        return sum(fee.projected_amount_cents for fee in self.fees)


@exact
def _sum(units: Iterable[Decimal]) -> Decimal:
    return sum(units, ZERO)


def _split(fees: Sequence[UsageFee], key: Callable[[UsageFee], Hashable]) -> list[tuple[UsageFee, ...]]:
    """The fees of each key, in the order in which the keys appear."""
    parts: dict[Hashable, list[UsageFee]] = {}
    for fee in fees:
        parts.setdefault(key(fee), []).append(fee)
    return [tuple(part) for part in parts.values()]


def _filter_rank(fee: UsageFee) -> tuple[int, int, int]:
    charge_filter = fee.charge_filter
    return (0, charge_filter.position, charge_filter.seq) if charge_filter else (1, 0, 0)


def _group_rank(fee: UsageFee) -> tuple[Any, ...]:
    return not fee.grouped_by, *((key, text is None, text or "") for key, text in sorted(fee.grouped_by.items()))
