"""Coupons in words and by example, as the pages explain them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lago.admin.formats import amount
from lago.pricing.coupons import Coupon as Terms
from lago.pricing.coupons import Discounted, left_of, take
from lago.pricing.currencies import CURRENCIES
from lago.pricing.rounding import decimal_text

TYPES = {
    "fixed_amount": ("An amount", "Such as 25.00 off."),
    "percentage": ("A percentage", "Such as 15% off."),
}
FREQUENCIES = {
    "once": ("Once", "One invoice. What is left of an amount goes on the next ones, until it is used up."),
    "recurring": ("For some invoices", "Each invoice counts, also one on which it takes nothing."),
    "forever": ("Forever", "Every invoice, until someone ends it."),
}
LIMITS = {
    "": ("Everything", "The subtotal of the invoice, before tax."),
    "plans": ("Some plans", "All fees of their subscriptions."),
    "metrics": ("Some metrics", "The fees of their usage."),
}

EXAMPLE = 100
"""What each invoice of the example comes to, in units of the currency; half of it is what a limited coupon is for."""

_INVOICES = 4


@dataclass(frozen=True)
class Step:
    """An invoice of the example, in cents: before the coupon, what it takes. `waits`: what is left of its amount;
    `is_last`: it is used up by this."""

    before: int
    taken: int
    waits: int
    is_last: bool

    @property
    def after(self) -> int:
        return self.before - self.taken


def rate(value: Decimal) -> str:
    """A percentage without needless zeros: 12.5%."""
    return f"{decimal_text(value).removesuffix('.0')}%"


def worth(one: Any) -> str:
    """What a coupon, or an applied one with its own terms, takes: 15%, 25.00 EUR."""
    coupon = getattr(one, "coupon", one)
    if coupon.coupon_type == "percentage":
        return rate(one.percentage_rate or Decimal(0))
    return f"{amount(one.amount_cents or 0, one.amount_currency)} {one.amount_currency}"


def lasts(one: Any) -> str:
    """For how long it lasts."""
    if one.frequency == "recurring":
        return "1 invoice" if one.frequency_duration == 1 else f"{one.frequency_duration:,} invoices"
    return {"once": "Once", "forever": "Forever"}[one.frequency]


def limited_to(coupon: Any) -> list[str]:
    """The names of the plans or metrics that it is limited to; without those that were deleted."""
    return [one.name for one in (*coupon.plans, *coupon.billable_metrics) if not one.deleted_at]


def example(terms: Terms, currency: str, *, limited: bool) -> list[Step]:
    """What it takes of the first invoices of a customer, each of the same amount."""
    cents, steps = EXAMPLE * CURRENCIES[currency].subunit, list[Step]()
    for _ in range(_INVOICES):
        fees = [Discounted(cents // 2), Discounted(cents - cents // 2)]
        taken = take(terms, cents, fees, {0} if limited else None)
        left = left_of(terms, taken)
        waits = terms.amount_cents - taken.amount_cents if terms.frequency == "once" and not left.is_used_up else 0
        steps.append(Step(cents, taken.amount_cents, waits, left.is_used_up))
        if left.is_used_up:
            break
        terms = Terms(terms.frequency, waits or terms.amount_cents, terms.percentage_rate, left.invoices_left)
    return steps


def joined(names: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""
