"""What the arithmetic takes and gives: frozen values, each of which tells how it came to be."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Usage:
    """What is priced: `units` after the metric's rounding; `full_units`, of prorated charges only, before proration."""

    units: Decimal
    events_count: int
    full_units: Decimal | None = None

    @property
    def shown_units(self) -> Decimal:
        """The units of the fee, and the divisor of its unit price (02 §3.1)."""
        return self.units if self.full_units is None else self.full_units


@dataclass(frozen=True)
class Price:
    """What a charge model makes of a usage: unrounded currency units, and `amount_details` as JSON (02 §3.1)."""

    units: Decimal
    amount: Decimal
    unit_amount: Decimal
    amount_details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FeeAmounts:
    """The amounts of a fee (02 §1.3): cents, precise cents, truncated unit cents, unit price in currency units."""

    amount_cents: int
    precise_amount_cents: Decimal
    unit_amount_cents: int
    precise_unit_amount: Decimal


@dataclass(frozen=True)
class Period:
    """Local dates from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many dates the period has."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class BilledPeriods:
    """The whole local periods behind the windows of an invoice line; None where nothing of the kind is billed."""

    subscription: Period
    charges: Period | None
    fixed_charges: Period | None


@dataclass(frozen=True)
class Windows:
    """The windows of an invoice line at `timestamp` (03 §4.2): UTC instants, durations in days of the whole period.

    None where nothing of the kind is billed; all None before the subscription has started.
    """

    timestamp: datetime
    from_datetime: datetime | None = None
    to_datetime: datetime | None = None
    charges_from_datetime: datetime | None = None
    charges_to_datetime: datetime | None = None
    fixed_charges_from_datetime: datetime | None = None
    fixed_charges_to_datetime: datetime | None = None
    charges_duration: int | None = None
    fixed_charges_duration: int | None = None
    periods: BilledPeriods | None = None
