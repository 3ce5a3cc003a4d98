"""How credit notes pay an invoice (04 §5 S6). Amounts in cents."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lago.pricing.rounding import divide, exact, round_to


@dataclass(frozen=True)
class UsedCredit:
    """What is taken of each note, and how much of each fee that pays, with 5 decimals (K of 04 §0)."""

    of_notes: tuple[int, ...]
    of_fees: tuple[Decimal, ...]

    @property
    def total(self) -> int:
        return sum(self.of_notes)


@exact
def use_credit(total_cents: int, balances: Sequence[int], owed: Sequence[Decimal]) -> UsedCredit:
    """Takes of the balances, in their order, until the total is paid; spread on the fees by what is left of each.

    `owed`: of each fee what is left after coupons, with its tax.
    """
    used, paid, remaining = [0] * len(balances), [Decimal(0)] * len(owed), total_cents
    for place, balance in enumerate(balances):
        if remaining <= 0:
            break
        used[place] = min(balance, remaining)
        paid = [_paid(one, before, used[place], remaining) for one, before in zip(owed, paid, strict=True)]
        remaining -= used[place]
    return UsedCredit(tuple(used), tuple(paid))


def _paid(owed: Decimal, before: Decimal, used: int, remaining: int) -> Decimal:
    return min(owed, round_to(before + divide(used * (owed - before), Decimal(remaining)), 5))
