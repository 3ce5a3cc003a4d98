"""Which wallets pay an invoice, and how much each (05 §1.11, 04 §5 S7). Amounts in cents; those of fees are exact."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lago.pricing.rounding import exact, round_half_up

ZERO = Decimal(0)
CHARGE = "charge"
"""The type of fees for usage: those that have a metric."""


@dataclass(frozen=True)
class FeeKey:
    """What decides which wallets may pay a fee.

    `billable_metric_id`: of the fee's charge; None for other fees. `target_wallet_code`: the wallet that its events
    name. `accepts_target_wallet`: whether its charge splits usage by that name, also where events name none.
    """

    fee_type: str
    billable_metric_id: uuid.UUID | None = None
    target_wallet_code: str | None = None
    accepts_target_wallet: bool = False


@dataclass(frozen=True)
class WalletScope:
    """What a wallet may pay: fees of these types and usage of these metrics; all if both are empty."""

    code: str
    fee_types: frozenset[str] = frozenset()
    billable_metric_ids: frozenset[uuid.UUID] = frozenset()


@dataclass(frozen=True)
class PayingFee:
    """A fee as wallets see it: `net_cents` after coupons and before tax (N of 04 §0), `taxes_cents` unrounded,
    `credited_cents` what credit notes have paid of it (K)."""

    key: FeeKey
    net_cents: Decimal
    taxes_cents: Decimal = ZERO
    credited_cents: Decimal = ZERO

    @property
    def cap_cents(self) -> Decimal:
        """How much of it wallets may pay; nothing of a fee that coupons have brought to 0 (05 §1.11.2)."""
        return self.net_cents + self.taxes_cents - self.credited_cents if self.net_cents else ZERO


def accepts(scope: WalletScope, key: FeeKey) -> bool:
    """Whether a wallet may pay fees of the key: the one that they name and no other, else by what it is for (05
    §1.11.6). Fee types and metrics are ORed."""
    if key.target_wallet_code and key.target_wallet_code.strip():
        return key.target_wallet_code == scope.code
    if not scope.fee_types and not scope.billable_metric_ids:
        return True
    of_its_metrics = key.fee_type == CHARGE and key.billable_metric_id in scope.billable_metric_ids
    return key.fee_type in scope.fee_types or of_its_metrics


@exact
def allocate(
    total_cents: int, fees: Iterable[PayingFee], wallets: Sequence[tuple[WalletScope, int]]
) -> list[int]:
    """What each wallet, in the order of the wallets given with their balances, pays of an invoice's total.

    Whole cents: what a wallet pays is rounded half-up once, and all together never pay more than the total.
    """
    left_of, left, paid = _caps(total_cents, fees), Decimal(total_cents), list[int]()
    for scope, balance in wallets:
        taken = ZERO
        for key in left_of:
            if accepts(scope, key):
                part = min(left_of[key], balance - taken, left)
                left_of[key], left, taken = left_of[key] - part, left - part, taken + part
        paid.append(min(round_half_up(taken), total_cents - sum(paid)))
    return paid


def _caps(total_cents: int, fees: Iterable[PayingFee]) -> dict[FeeKey, Decimal]:
    """How much wallets may pay by key, the most first: where taxes were rounded up as a whole, the largest key has
    what its fees lack of the total, at most a cent for each key (05 §1.11.4)."""
    caps: dict[FeeKey, Decimal] = {}
    for fee in fees:
        if (cap := fee.cap_cents) > 0:
            caps[fee.key] = caps.get(fee.key, ZERO) + cap
    keys = sorted(caps, key=lambda key: caps[key], reverse=True)
    lacking = total_cents - sum(caps.values(), ZERO)
    if 0 < lacking <= len(keys):
        caps[keys[0]] += lacking
    return {key: caps[key] for key in keys}
