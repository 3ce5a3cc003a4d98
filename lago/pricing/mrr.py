"""Monthly recurring revenue: over which months the subscription fee of an invoice is spread (06 §5)."""

from calendar import monthrange
from datetime import date
from decimal import ROUND_CEILING, Decimal

from lago.pricing.rounding import divide, exact

MINUTES_IN_A_MONTH = Decimal(1440) * Decimal("30.44")
WEEKS_IN_A_MONTH = Decimal("4.33")

Shares = dict[date, Decimal]
"""Cents by the first day of each month."""


@exact
def weekly_mrr(net_cents: Decimal, fees_count: int) -> Decimal:
    """Of the weekly fees of a month that come to `net_cents` together: their average, times 4.33 (06 §5)."""
    return divide(net_cents, Decimal(fees_count)) * WEEKS_IN_A_MONTH


def billed_months(minutes: int) -> Decimal:
    """The months of 30.44 days that a fee is for, of so many minutes between its from and its to (`bm` of 06 §5)."""
    return divide(Decimal(minutes), MINUTES_IN_A_MONTH)


@exact
def spread_backwards(net_cents: Decimal, minutes: int, issued_on: date) -> Shares:
    """A fee in arrears for longer than a month: the month of its invoice and those before it get the same, the
    earliest one the rest (06 §5)."""
    months = billed_months(minutes)
    if months <= 1:
        return {month_of(issued_on): net_cents}
    equal = [divide(net_cents, months)] * (_whole(months) - 1)
    return _dated([*equal, net_cents - sum(equal)], issued_on, -1)


@exact
def spread_forwards(net_cents: Decimal, minutes: int, issued_on: date) -> Shares:
    """A fee in advance for longer than a month: the month of its invoice gets its share by the days that are left of
    it, the issuing day included, those after it the same as each other, the last one the rest (06 §5).

    The rest is what the other months leave of the fee, also for semiannual plans, where the source departs from it,
    and where the fee is for a whole number of months, where its formula loses one.
    """
    months = billed_months(minutes)
    if months <= 1:
        return {month_of(issued_on): net_cents}
    monthly = divide(net_cents, months)
    length = monthrange(issued_on.year, issued_on.month)[1]
    first = divide(monthly * (length - issued_on.day + 1), Decimal(length))
    shares = [first, *[monthly] * (_whole(months) - 2)]
    return _dated([*shares, net_cents - sum(shares)], issued_on, 1)


def month_of(day: date, later: int = 0) -> date:
    """The first day of the month that `day` lies in, or of one so many months `later`."""
    year, month = divmod(day.year * 12 + day.month - 1 + later, 12)
    return date(year, month + 1, 1)


def _whole(months: Decimal) -> int:
    """How many calendar months they are spread over (`n` of 06 §5)."""
    return int(months.to_integral_value(ROUND_CEILING))


def _dated(shares: list[Decimal], issued_on: date, step: int) -> Shares:
    return {month_of(issued_on, step * place): share for place, share in enumerate(shares)}
