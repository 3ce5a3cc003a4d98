"""Graduated tiers over prorated units: full units choose the tier, prorated ones are priced in it (02 §3.9)."""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from lago.pricing.charge_models.pricing import ZERO, priced, share
from lago.pricing.charge_models.tiers import Tier, reached
from lago.pricing.rounding import weight_in_doubles
from lago.pricing.values import Price, TierShare, Usage

Step = tuple[Decimal, Decimal]


def price(usage: Usage, tiers: list[Tier]) -> Price:
    """The steps of the usage replayed, and the flat amounts of the tiers that its full units reached at their peak.

    Where the prorated units come to 0 only the first flat amount is left.
    """
    replay = Replay(tiers, usage.steps if usage.units else ())
    amount = replay.amount()
    full_units = sum((full for full, _ in usage.steps), ZERO)
    price = priced(usage, amount, {}, unit_amount=share(amount, full_units))
    return replace(price, shares=tuple(replay.shares), flat_amounts=replay.flat_amounts())


class Replay:
    """The walk of a running total over the tiers, in the order and with the oddities of the numbered rules of 02 §3.9.

    Their letters: `_total` S, `_peak` M, `_waiting` Q (prorated units without a price), `_beyond` C (the part of the
    last step beyond the tier just closed), `_weight` k (prorated units for a full one, of the last step); V is what
    `shares` cost, the units that have got their price. Where a total falls back over the edge of a tier, units may get
    the price of the neighbouring tier, as in Lago.
    """

    def __init__(self, tiers: list[Tier], steps: Iterable[Step]) -> None:
        self._tiers = tiers
        self._steps = deque(steps)
        self._total = self._peak = self._waiting = self._beyond = self._weight = ZERO
        self.shares: list[TierShare] = []

    def amount(self) -> Decimal:
        """What all steps cost, with flat amounts; nothing if more was taken away than given (rule 7)."""
        self._run()
        if self._total < 0:
            return ZERO
        return max(sum((share.amount for share in self.shares), ZERO), ZERO) + self.flat_amounts()

    def flat_amounts(self) -> Decimal:
        """The flat amounts of the tiers that the total reached at its peak; no usage reaches the first."""
        return sum((tier.flat_amount for tier in reached(self._tiers, self._peak)), ZERO)

    def _run(self) -> None:
        while True:
            tier = self._tier()
            if self._carry_over(tier):
                continue
            if not self._steps:
                return self._price(tier, self._waiting)
            self._take_step(tier)

    def _tier(self) -> Tier:
        """The tier of the total, or of the next unit of a step that a tier has been closed in (rule 1)."""
        if self._total <= 0:
            return self._tiers[0]
        point = self._point()
        for position, tier in enumerate(self._tiers):
            if tier.to_value == point:
                return self._tiers[position + 1] if self._rises() else tier
            if tier.from_value <= point and (tier.to_value is None or point < tier.to_value):
                return tier
        return self._tier_after_gap(point)

    def _point(self) -> Decimal:
        if self._beyond > 0:
            return self._total - self._beyond + 1
        return self._total + self._beyond

    def _rises(self) -> bool:
        return bool(self._steps) and self._steps[0][0] > 0

    def _tier_after_gap(self, point: Decimal) -> Tier:
        """The first tier; but the next one for the rest of a step, which in the source would never come to an end."""
        return reached(self._tiers, point)[-1] if self._beyond > 0 else self._tiers[0]

    def _carry_over(self, tier: Tier) -> bool:
        """Let the rest of a step wait for the price of `tier`; whether some of it lies beyond that too (rule 2)."""
        if not self._beyond:
            return False
        self._waiting += self._beyond * self._weight
        if tier.to_value is None or tier.to_value > self._total:
            self._beyond = ZERO
            return False
        self._close(tier, self._total - tier.to_value)
        return True

    def _take_step(self, tier: Tier) -> None:
        """The next step, unless it weighs nothing and is of no use (rules 4 to 6)."""
        full, prorated = self._steps.popleft()
        if not prorated and (full > 0 or (full < 0 and self._total + full < 0)):
            return
        self._weight = weight_in_doubles(prorated, full) if full else ZERO
        self._total += full
        self._peak = max(self._peak, self._total)
        self._waiting += prorated
        if not self._is_inside(tier):
            self._close(tier, self._beyond_of(tier))

    def _is_inside(self, tier: Tier) -> bool:
        if tier.to_value is None:
            return self._total >= tier.from_value - 1
        return tier.from_value <= self._total < tier.to_value

    def _beyond_of(self, tier: Tier) -> Decimal:
        if tier.to_value is not None and self._total >= tier.to_value:
            return self._total - tier.to_value
        return self._total - tier.from_value + 1

    def _close(self, tier: Tier, beyond: Decimal) -> None:
        """Price in `tier` what waits, without the part of the last step that lies `beyond` it."""
        self._beyond = beyond
        self._price(tier, self._waiting - beyond * self._weight)
        self._waiting = ZERO

    def _price(self, tier: Tier, units: Decimal) -> None:
        if units:
            self.shares.append(TierShare(tier.from_value, tier.to_value, units, tier.per_unit_amount))
