"""Whether another plan is an upgrade or a downgrade (03 §3.1)."""

from dataclasses import dataclass

from lago.pricing.billing_periods import Interval

TIMES_A_YEAR: dict[Interval, int] = {"yearly": 1, "semiannual": 2, "quarterly": 4, "monthly": 12, "weekly": 52}


@dataclass(frozen=True)
class PlanPrice:
    """What a plan costs in each interval, without usage, in cents of whatever currency."""

    amount_cents: int
    interval: Interval

    @property
    def annualized(self) -> int:
        """What it costs in a year."""
        return self.amount_cents * TIMES_A_YEAR[self.interval]


def is_upgrade(current: PlanPrice, new: PlanPrice) -> bool:
    """Whether the new plan takes effect at once: it costs as much in a year as the current one, or more."""
    return new.annualized >= current.annualized
