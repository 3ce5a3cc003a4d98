"""What a plan costs at least in a period, and the fee that makes up for what is missing (02 §9)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from lago.pricing.fees import major_units
from lago.pricing.local_time import dawn, dusk, local_date
from lago.pricing.proration import days
from lago.pricing.rounding import STORED_PLACES, exact, round_double, round_to
from lago.pricing.values import FeeAmounts, Period


@dataclass(frozen=True)
class Commitment:
    """`amount_cents` is due for the whole of `length` days; `due_cents` for `days` of them."""

    amount_cents: int
    days: int
    length: int

    @property
    def due_cents(self) -> int:
        """Prorated by a coefficient in doubles (02 §1.2)."""
        return round_double(self.amount_cents * (self.days / self.length))


@dataclass(frozen=True)
class Service:
    """When a subscription was in service: `terminated_at` is None while it is."""

    zone: ZoneInfo
    started_at: datetime
    terminated_at: datetime | None = None


@dataclass(frozen=True)
class Span:
    """A stretch of time, given by its first and last instants."""

    starts: datetime
    ends: datetime

    def holds(self, starts: datetime | None, ends: datetime | None) -> bool:
        """Whether a window lies inside.

        Its middle decides. Windows never reach over the end of a period but where the customer's zone changed, which
        shifts the periods against the windows of older fees by some hours.
        """
        return starts is not None and ends is not None and self.starts <= starts + (ends - starts) / 2 <= self.ends


def span_of(first: Period, last: Period, zone: ZoneInfo) -> Span:
    """From the beginning of one period of local dates to the end of another, or of the same."""
    return Span(dawn(first.first, zone), dusk(last.last, zone))


def served(period: Period, service: Service) -> Span:
    """The part of a billing period in service: from the beginning of the start day to the end of the period, or to the
    termination (02 §9)."""
    zone, whole = service.zone, span_of(period, period, service.zone)
    starts = max(whole.starts, dawn(local_date(service.started_at, zone), zone))
    return Span(starts, min(service.terminated_at, whole.ends) if service.terminated_at else whole.ends)


def committed(amount_cents: int, period: Period, service: Service) -> Commitment:
    """What a commitment asks of a billing period, by the days of it in service."""
    part = served(period, service)
    return Commitment(amount_cents, days(part.starts, part.ends, service.zone), period.days)


@exact
def shortfall(due_cents: int, counted_cents: int, precise_counted_cents: Decimal, currency: str) -> FeeAmounts | None:
    """The amounts of the fee for what is missing of the cents that are due; None if nothing is (02 §9)."""
    missing = due_cents - counted_cents
    if missing <= 0:
        return None
    precise = max(due_cents - precise_counted_cents, Decimal(0))
    return FeeAmounts(missing, precise, missing, round_to(major_units(missing, currency), STORED_PLACES))
