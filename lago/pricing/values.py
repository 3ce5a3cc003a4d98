"""What the arithmetic takes and gives: frozen values, each of which tells how it came to be."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Needs:
    """What a charge model wants to know of the events besides units and count: what to fill in of a `Usage`.

    Running totals: the first `first_totals` of them; if that is 0, those up to and including the first one above
    `totals_until`; none if that is 0 too (01 §3.10). `steps`: of prorated charges only.
    """

    first_totals: int = 0
    totals_until: Decimal = Decimal(0)
    event_values: bool = False
    steps: bool = False
    precise_amounts: bool = False

    @property
    def running_totals(self) -> bool:
        """Whether there is any use for running totals."""
        return bool(self.first_totals or self.totals_until)


@dataclass(frozen=True)
class Usage:
    """What is priced: `units` after the metric's rounding; `full_units`, of prorated charges only, before proration.

    Further inputs of some models (01 §3.10, §3.11), empty where the model's `Needs` do not ask for them:
    `running_totals` of units, event by event (of counts: `range(1, count + 1)`); `event_values`, the units of each
    event in order of time; `steps`, pairs of full and prorated units in order of time; `precise_total_amount_cents`,
    the sum that the events themselves name. `total_aggregated_units`, of weighted sums only: the level at the end.
    """

    units: Decimal
    events_count: int
    full_units: Decimal | None = None
    running_totals: Sequence[Decimal] | range = ()
    event_values: Sequence[Decimal] = ()
    steps: Sequence[tuple[Decimal, Decimal]] = ()
    precise_total_amount_cents: Decimal = Decimal(0)
    total_aggregated_units: Decimal | None = None

    @property
    def shown_units(self) -> Decimal:
        """The units of the fee, and the divisor of its unit price (02 §3.1)."""
        return self.units if self.full_units is None else self.full_units


@dataclass(frozen=True)
class TierShare:
    """Units that got their price in the tier from `from_value` to `to_value` (None: without end)."""

    from_value: Decimal
    to_value: Decimal | None
    units: Decimal
    per_unit_amount: Decimal

    @property
    def amount(self) -> Decimal:
        """What they cost, without the tier's flat amount."""
        return self.units * self.per_unit_amount


@dataclass(frozen=True)
class Price:
    """What a charge model makes of a usage: unrounded currency units, and `amount_details` as JSON (02 §3.1).

    `shares` and `flat_amounts`, of prorated graduated charges, tell how the amount came about where the API has no
    details: which prorated units were priced in which tier, one after the other, and what the tiers cost by themselves.
    """

    units: Decimal
    amount: Decimal
    unit_amount: Decimal
    amount_details: dict[str, Any] = field(default_factory=dict)
    shares: tuple[TierShare, ...] = ()
    flat_amounts: Decimal = Decimal(0)


@dataclass(frozen=True)
class FeeAmounts:
    """The amounts of a fee (02 §1.3): cents, precise cents, truncated unit cents, unit price in currency units.

    `in_units`: the same in the pricing unit that they were converted from, if there is one (02 §10).
    """

    amount_cents: int
    precise_amount_cents: Decimal
    unit_amount_cents: int
    precise_unit_amount: Decimal
    in_units: "FeeAmounts | None" = None


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

    @property
    def durations(self) -> tuple[int | None, int | None]:
        """The days of the periods of usage and of fixed charges."""
        usage, fixed = self.charges, self.fixed_charges
        return usage.days if usage else None, fixed.days if fixed else None


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


@dataclass(frozen=True)
class Tax:
    """A tax that applies: `rate` in percent."""

    code: str
    rate: Decimal


@dataclass(frozen=True)
class Line:
    """A fee as the invoice's arithmetic sees it: amounts in cents; `taxes` are those that apply (04 §0: A, P, C)."""

    amount_cents: int
    precise_amount_cents: Decimal
    taxes: tuple[Tax, ...] = ()
    precise_coupons_amount_cents: Decimal = Decimal(0)

    @property
    def net_amount_cents(self) -> Decimal:
        """What is left after coupons and progressive billing credits (N)."""
        return self.amount_cents - self.precise_coupons_amount_cents


@dataclass(frozen=True)
class FeeTax:
    """One tax of a fee in cents: the rounded amount, the double that it was rounded from, the precise one."""

    tax: Tax
    amount_cents: int
    unrounded_amount_cents: Decimal
    precise_amount_cents: Decimal


@dataclass(frozen=True)
class TaxedLine:
    """A line with its taxes; `taxes_rate` in percent."""

    line: Line
    applied_taxes: tuple[FeeTax, ...]
    taxes_amount_cents: int
    taxes_precise_amount_cents: Decimal
    taxes_rate: Decimal


@dataclass(frozen=True)
class InvoiceTax:
    """One tax of an invoice in cents: its exact base, the base cut to cents, the amount, the double behind it.

    `share` is the part of the invoice that carries it: of the amount, or of the fees if nothing is left of the amount.
    """

    tax: Tax
    base_cents: Decimal
    share: Decimal
    fees_amount_cents: int
    amount_cents: int
    unrounded_amount_cents: Decimal


@dataclass(frozen=True)
class InvoiceTaxes:
    """All taxes of an invoice; `taxes_rate` in percent, weighted by the bases."""

    applied_taxes: tuple[InvoiceTax, ...]
    taxes_amount_cents: int
    taxes_rate: Decimal


@dataclass(frozen=True)
class Totals:
    """The amounts of an invoice in cents: what was given, and by the identities of 04 §5 what follows from it."""

    fees_amount_cents: int
    progressive_billing_credit_amount_cents: int
    coupons_amount_cents: int
    taxes: InvoiceTaxes
    credit_notes_amount_cents: int
    prepaid_credit_amount_cents: int

    @property
    def sub_total_excluding_taxes_amount_cents(self) -> int:
        """Fees less the credits that come before taxes."""
        return self.fees_amount_cents - self.progressive_billing_credit_amount_cents - self.coupons_amount_cents

    @property
    def taxes_amount_cents(self) -> int:
        """The taxes of the invoice, rounded once."""
        return self.taxes.taxes_amount_cents

    @property
    def sub_total_including_taxes_amount_cents(self) -> int:
        """What the credits after taxes are taken from."""
        return self.sub_total_excluding_taxes_amount_cents + self.taxes_amount_cents

    @property
    def total_amount_cents(self) -> int:
        """What is left to pay after credit notes and wallets."""
        credits = self.credit_notes_amount_cents + self.prepaid_credit_amount_cents
        return self.sub_total_including_taxes_amount_cents - credits
