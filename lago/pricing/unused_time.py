"""What a subscription paid in advance gets back for its unused days (03 §6.3, 04 §9.7). Amounts in cents.

All days are local dates of the customer; a trial ends on a date in UTC, as for its fee.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from lago.pricing.credit_notes import Parts
from lago.pricing.proration import prorate
from lago.pricing.rounding import divide, exact, less_in_doubles, round_half_up, trunc5
from lago.pricing.taxes import ZERO
from lago.pricing.values import Period

DAY = timedelta(days=1)


@dataclass(frozen=True)
class UnusedTime:
    """An end within the period of a fee: `plan_amount_cents` is what the plan cost when the fee was made,
    `charged_from` the first day that the fee is for. `upgraded`: the day of the end is the new plan's."""

    plan_amount_cents: int
    period: Period
    charged_from: date
    ended_on: date
    upgraded: bool = False
    trial_ends_on: date | None = None

    @property
    def unused_days(self) -> int:
        """From the day after the end to the end of the period, without what the trial covers (R)."""
        last_used, trial = self.ended_on - (DAY if self.upgraded else timedelta()), self.trial_ends_on
        if trial is not None and trial >= last_used:
            last_used = self.period.last if trial > self.period.last else trial - DAY
        return max(0, (self.period.last - last_used).days)

    @property
    def used_days(self) -> int:
        """From the first charged day to that of the end, both included (U, in local days: departs from 03 §13.5)."""
        first = max(self.charged_from, self.trial_ends_on) if self.trial_ends_on else self.charged_from
        return max(0, (self.ended_on - first).days + 1)


def unused_cents(unused: UnusedTime, fee_amount_cents: int, credited_cents: int = 0) -> Decimal:
    """The price of the unused days, at most the fee, without what was credited of it already; cut to 5 decimals, 0 if
    nothing is left."""
    price = min(_price(unused, unused.unused_days), Decimal(fee_amount_cents))
    return trunc5(max(ZERO, less_in_doubles(price, credited_cents)))


def used_cents(unused: UnusedTime) -> Decimal:
    """The price of the used days, cut to 5 decimals."""
    return trunc5(_price(unused, unused.used_days))


@exact
def paid_cents(fee_total_cents: Decimal, invoice_total_cents: int, invoice_paid_cents: int) -> Decimal:
    """What was paid of a fee: its share of the invoice, both with taxes and without coupons; 0 of an invoice of 0."""
    if not invoice_total_cents:
        return ZERO
    return divide(fee_total_cents * invoice_paid_cents, Decimal(invoice_total_cents))


def unused_parts(option: str, total_cents: int, paid: Decimal = ZERO, used: int = 0) -> Parts:
    """What becomes of the total by the termination option `credit`, `refund` or `offset`.

    What was paid for more than the used days is refunded, up to the total; `paid` and `used` are with taxes.
    """
    if option == "credit":
        return Parts(credit=total_cents)
    refund = round_half_up(max(ZERO, min(paid - used, Decimal(total_cents))))
    rest = total_cents - refund
    return Parts(refund=refund, offset=rest) if option == "offset" else Parts(refund=refund, credit=rest)


def _price(unused: UnusedTime, days: int) -> Decimal:
    return prorate(unused.plan_amount_cents, days, unused.period.days).precise_amount_cents
