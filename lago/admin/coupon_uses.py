"""What customers have and have had of a coupon, as the pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lago.coupons.models import AppliedCoupon
from lago.invoicing.coupon_use import credits_of_coupons, remaining_of


@dataclass(frozen=True)
class Use:
    """What a customer has of a coupon: what is left of its amount, if that counts, and the credits on invoices."""

    applied: AppliedCoupon
    remaining: int | None
    credits: Sequence[tuple[Any, Any]]

    @property
    def taken(self) -> dict[str, int]:
        """What invoices have had of it, by currency; those that were voided do not count."""
        sums: dict[str, int] = {}
        for credit, on in self.credits:
            if on.status != "voided":
                sums[on.currency] = sums.get(on.currency, 0) + credit.amount_cents
        return sums


def uses_of(some: Sequence[AppliedCoupon]) -> list[Use]:
    left, credits = remaining_of(some), credits_of_coupons([one.id for one in some])
    return [Use(one, left.get(one.id), credits.get(one.id, ())) for one in some]
