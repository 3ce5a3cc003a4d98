"""Fixed charges: which units a period has, what they weigh and cost, and what more of them cost at once (02 §8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from lago.pricing.billing_periods import DAY, Terms, period_containing
from lago.pricing.charge_models import price_usage
from lago.pricing.charge_models.pricing import ZERO
from lago.pricing.fees import fee_amounts
from lago.pricing.local_time import dawn, dusk, local_date
from lago.pricing.rounding import (
    STORED_PLACES,
    divide,
    exact,
    ratio_in_doubles16,
    round_half_up,
    round_to,
)
from lago.pricing.values import FeeAmounts, Period, Price, Usage

SHARE_PLACES = 20
WEIGHT_PLACES = 6


@dataclass(frozen=True)
class UnitsEntry:
    """So many units from `timestamp` on. In lists the one that was written first comes first."""

    units: Decimal
    timestamp: datetime


@dataclass(frozen=True)
class BilledTime:
    """What a fee of a fixed charge is for: from `starts` up to `ends`, of a period of `duration` days in `zone`."""

    starts: datetime
    ends: datetime
    duration: int
    zone: ZoneInfo


@dataclass(frozen=True)
class Quantity:
    """`full` units at the end, which the fee shows, and the `units` that are priced; the same if not prorated."""

    full: Decimal
    units: Decimal


def fixed_charge_period(terms: Terms, day: date) -> Period:
    """The period of fixed charges that the local date lies in: a month where they are billed by the month."""
    return period_containing(terms.as_monthly if terms.fixed_charges_by_month else terms, day)


def period_ahead(terms: Terms, zone: ZoneInfo, at: datetime, started_at: datetime) -> BilledTime:
    """What is paid in advance at the instant `at`: the period that contains it, from the start at the earliest.

    Also in months in which only usage is billed: whoever starts then pays for the period that runs (02 §8.4).
    """
    period = fixed_charge_period(terms, local_date(at, zone))
    starts, ends = max(dawn(period.first, zone), started_at), max(dusk(period.last, zone), started_at)
    return BilledTime(starts, ends, period.days, zone)


def next_period_starts(terms: Terms, zone: ZoneInfo, at: datetime) -> datetime:
    """The first instant after the period of fixed charges that contains `at` (02 §8.2)."""
    return dawn(fixed_charge_period(terms, local_date(at, zone)).last + DAY, zone)


def relevant_entries(entries: Sequence[UnitsEntry], starts: datetime, ends: datetime) -> list[UnitsEntry]:
    """The entries from `starts` to before `ends`, and the last written one of earlier times (02 §8.2)."""
    before = [number for number, entry in enumerate(entries) if entry.timestamp < starts][-1:]
    return [
        entry for number, entry in enumerate(entries) if number in before or starts <= entry.timestamp < ends
    ]


@exact
def quantity(entries: Sequence[UnitsEntry], time: BilledTime, *, prorated: bool) -> Quantity:
    """The units of a period: the last written ones, or with `prorated` all by the days that they lasted (02 §8.3)."""
    relevant = relevant_entries(entries, time.starts, time.ends)
    full = relevant[-1].units if relevant else ZERO
    if not prorated:
        return Quantity(full, full)
    lasting = [
        entry for number, entry in enumerate(relevant)
        if all(later.timestamp >= entry.timestamp for later in relevant[number + 1 :])
    ]
    first_days = [local_date(max(entry.timestamp, time.starts), time.zone) for entry in lasting]
    ends = [*first_days[1:], local_date(time.ends, time.zone) + DAY]
    weights = (
        _weight(entry.units, (until - since).days, time.duration)
        for entry, since, until in zip(lasting, first_days, ends, strict=False)
    )
    return Quantity(full, sum(weights, ZERO))


def fixed_price(
    model: str, properties: Mapping[str, Any], units: Quantity, currency: str, *, prorated: bool
) -> Price:
    """What the units of a period cost under valid `properties` (02 §8.3)."""
    usage = Usage(units.full, 0)
    if prorated:
        usage = Usage(units.units, 0, full_units=units.full, steps=((units.full, units.units),))
    return price_usage(model, usage, properties, currency)


def share_from(changed_at: datetime, time: BilledTime) -> Decimal:
    """The part of the period that is left at a change, by dates in UTC, the first and the last included (02 §8.5).

    A quotient of doubles that meets a decimal, so cut to 16 digits.
    """
    left = (time.ends.astimezone(UTC).date() - changed_at.astimezone(UTC).date()).days + 1
    return ratio_in_doubles16(left, time.duration)


@exact
def added_amounts(
    model: str, properties: Mapping[str, Any], added: Decimal, currency: str, share: Decimal | None = None
) -> FeeAmounts:
    """What `added` units (more than 0) cost within a period: priced from zero, with a `share` only that part (02 §8.5).

    The unit cents are those of the rounded amount.
    """
    price = price_usage(model, Usage(added * share if share is not None else added, 0), properties, currency)
    amounts = fee_amounts(price, currency)
    return replace(
        amounts,
        unit_amount_cents=round_half_up(divide(Decimal(amounts.amount_cents), added)),
        precise_unit_amount=round_to(divide(price.amount, added), STORED_PLACES),
    )


def less_what_was_paid(
    amounts: FeeAmounts, paid_cents: int, paid: tuple[datetime, datetime], now: tuple[datetime, datetime]
) -> FeeAmounts:
    """The first fee after an upgrade, less what the old plan's fee of `paid_cents` was for the same days (02 §8.4).

    `paid`: from the timestamp of the old fee to the end of its period; `now`: the period of the new fee.
    """
    left = round_half_up(divide(Decimal(paid_cents * _begun_days(*now)), Decimal(_begun_days(*paid))))
    return replace(
        amounts,
        amount_cents=max(amounts.amount_cents - left, 0),
        precise_amount_cents=max(amounts.precise_amount_cents - left, ZERO),
    )


def _begun_days(starts: datetime, ends: datetime) -> int:
    return -((starts - ends) // timedelta(days=1))


def _weight(units: Decimal, days: int, duration: int) -> Decimal:
    share = round_to(divide(Decimal(days), Decimal(duration)), SHARE_PLACES)
    return max(round_to(share * units, WEIGHT_PLACES), ZERO)
