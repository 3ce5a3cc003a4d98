"""What would be left of prepaid credits if the running period were billed now (05 §1.12). Amounts in cents, exact."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lago.pricing.rounding import divide, exact, round_to
from lago.pricing.wallet_allocation import FeeKey, WalletScope, accepts
from lago.pricing.wallet_amounts import PLACES, Rate

ZERO = Decimal(0)


@dataclass(frozen=True)
class UnbilledFee:
    """What wallets are yet to pay for, with tax; below 0 what was billed of it already."""

    key: FeeKey
    currency: str
    cents: Decimal


@dataclass(frozen=True)
class OpenWallet:
    """An active wallet, which may be empty. `absorbs`: a rule fills it up whenever it falls to a threshold, so that all
    that reaches it is its own."""

    scope: WalletScope
    currency: str
    balance_cents: int
    absorbs: bool = False


@dataclass(frozen=True)
class OngoingBalance:
    """The four figures of a wallet: of what is unbilled, and of what that leaves, which may be negative."""

    usage_cents: int
    usage_credits: Decimal
    balance_cents: int
    balance_credits: Decimal


@exact
def share_unbilled(fees: Iterable[UnbilledFee], wallets: Sequence[OpenWallet]) -> list[Decimal]:
    """How much of the unbilled fees falls to each wallet, in the order of the wallets: that in which they are used.

    The largest amounts come first. What exceeds a wallet goes on to the next that accepts it; the last one, or one that
    is filled up by itself, takes all the rest.
    """
    net, budgets = _net_amounts(fees)
    allocated = [ZERO] * len(wallets)
    for key, currency in sorted(net, key=lambda one: (-net[one], _text(*one))):
        places = [
            place for place, one in enumerate(wallets) if one.currency == currency and accepts(one.scope, key)
        ]
        remaining = min(net[key, currency], budgets[currency])
        for place in places:
            wallet, last = wallets[place], place == places[-1]
            room = remaining if wallet.absorbs or last else max(ZERO, wallet.balance_cents - allocated[place])
            taken = min(remaining, room)
            allocated[place] += taken
            remaining -= taken
            budgets[currency] -= taken
    return allocated


@exact
def ongoing_balance(balance_cents: int, allocated: Decimal, rate: Rate) -> OngoingBalance:
    """The figures of a wallet to which so much of the unbilled fees falls: cents without their fractions, credits with
    five decimals."""
    left = balance_cents - allocated
    return OngoingBalance(int(allocated), _credits(allocated, rate), int(left), _credits(left, rate))


def _net_amounts(
    fees: Iterable[UnbilledFee],
) -> tuple[dict[tuple[FeeKey, str], Decimal], dict[str, Decimal]]:
    """The amounts above 0 by key and currency, and how much can be taken in all of each currency: what was billed too
    much of one key counts against the others."""
    net: dict[tuple[FeeKey, str], Decimal] = {}
    budgets: dict[str, Decimal] = {}
    for fee in fees:
        key = (replace(fee.key, accepts_target_wallet=False), fee.currency)  # what no event names is of one key
        net[key] = net.get(key, ZERO) + fee.cents
        budgets[fee.currency] = budgets.get(fee.currency, ZERO) + fee.cents
    above = {key: cents for key, cents in net.items() if cents > 0}
    return above, {currency: max(ZERO, cents) for currency, cents in budgets.items()}


def _text(key: FeeKey, currency: str) -> str:
    """What decides between keys of the same amount."""
    return f"{key.fee_type} {key.billable_metric_id or ''} {key.target_wallet_code or ''} {currency}"


def _credits(cents: Decimal, rate: Rate) -> Decimal:
    return round_to(divide(cents, rate.amount * rate.subunit), PLACES)
