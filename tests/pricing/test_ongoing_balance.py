"""What would be left of wallets if the running period were billed now: 05 §1.12, example D of §1.18."""

import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.ongoing_balance import OngoingBalance, OpenWallet, UnbilledFee, ongoing_balance, share_unbilled
from lago.pricing.wallet_allocation import FeeKey, WalletScope, accepts
from lago.pricing.wallet_amounts import Rate
from tests.pricing.steady import steady

A, B, C = (uuid.UUID(int=n) for n in (1, 2, 3))
SUBSCRIPTION, OF_A, OF_B, OF_C = FeeKey("subscription"), *(FeeKey("charge", one) for one in (A, B, C))
ANYTHING = WalletScope("any")
FOR_A = WalletScope("for_a", billable_metric_ids=frozenset({A}))
FOR_SUBSCRIPTIONS = WalletScope("for_subscriptions", frozenset({"subscription"}))
NAMED = WalletScope("gold", frozenset({"subscription"}))


def fee(key, cents, currency="EUR"):
    return UnbilledFee(key, currency, Decimal(cents))


def wallet(scope, balance, *, absorbs=False, currency="EUR"):
    return OpenWallet(scope, currency, balance, absorbs)


# In the order of the terms of the computation: usage, what is paid in advance taken off again, the draft.
EXAMPLE_D = [
    fee(OF_B, 2400), fee(OF_A, 840), fee(OF_C, 360), fee(OF_C, -360), fee(SUBSCRIPTION, 1600),
]

EXAMPLES = {
    "05 example D": (EXAMPLE_D, [wallet(ANYTHING, 1000), wallet(ANYTHING, 5000)], [1000, 3840]),
    "05 example D with a rule": (EXAMPLE_D, [wallet(ANYTHING, 1000, absorbs=True), wallet(ANYTHING, 5000)], [4840, 0]),
    "the last one that accepts goes negative": ([fee(OF_A, 80)], [wallet(ANYTHING, 50)], [80]),
    "empty wallets count": ([fee(OF_A, 80)], [wallet(ANYTHING, 50), wallet(ANYTHING, 0)], [50, 30]),
    "what is below zero takes nothing": ([fee(OF_A, 80)], [wallet(ANYTHING, -5), wallet(ANYTHING, 9)], [0, 80]),
    "last is who accepts": ([fee(OF_A, 80)], [wallet(FOR_A, 50), wallet(FOR_SUBSCRIPTIONS, 100)], [80, 0]),
    "the largest first": (
        [fee(OF_A, 10), fee(SUBSCRIPTION, 20)], [wallet(ANYTHING, 15), wallet(ANYTHING, 0)], [15, 15],
    ),
    "of equal ones by their text": (  # a charge comes before a subscription
        [fee(SUBSCRIPTION, 10), fee(OF_A, 10)],
        [wallet(FOR_A, 6), wallet(ANYTHING, 4), wallet(ANYTHING, 0)], [6, 4, 10],
    ),
    "what was billed too much counts against the rest": (
        [fee(OF_A, 100), fee(OF_B, -40), fee(SUBSCRIPTION, 10)],
        [wallet(FOR_A, 1000), wallet(ANYTHING, 1000)], [70, 0],
    ),
    "more billed than used": ([fee(OF_A, 10), fee(OF_B, -40)], [wallet(ANYTHING, 5)], [0]),
    "a currency is not another": (
        [fee(OF_A, 10), fee(OF_A, 7, "USD"), fee(OF_B, -3, "USD")],
        [wallet(ANYTHING, 100), wallet(ANYTHING, 100, currency="USD")], [10, 4],
    ),
    "what is named goes there alone": (
        [fee(FeeKey("charge", A, "gold", True), 10), fee(FeeKey("charge", A, None, True), 4), fee(OF_A, 2)],
        [wallet(ANYTHING, 100), wallet(NAMED, 3)], [6, 10],
    ),
    "nobody accepts": ([fee(OF_A, 10)], [wallet(FOR_SUBSCRIPTIONS, 100)], [0]),
    "fractions are kept": ([fee(SUBSCRIPTION, "10.5"), fee(OF_A, "0.25")], [wallet(ANYTHING, 5)], ["10.75"]),
    "nothing is used": ([], [wallet(ANYTHING, 100)], [0]),
    "no wallets": ([fee(OF_A, 10)], [], []),
}


@pytest.mark.parametrize("fees, wallets, expected", EXAMPLES.values(), ids=[n.replace(" ", "-") for n in EXAMPLES])
def test_unbilled_fees_are_shared(fees, wallets, expected):
    assert share_unbilled(fees, wallets) == [Decimal(cents) for cents in expected]


@pytest.mark.parametrize("balance, allocated, rate, expected", [
    (5000, "3840", "1", (3840, "38.4", 1160, "11.6")),
    (1000, "1000", "1", (1000, "10", 0, "0")),
    (1000, "4840", "0.07", (4840, "691.42857", -3840, "-548.57143")),
    (1000, "300.5", "1", (300, "3.005", 699, "6.995")),  # cents are cut, credits are not
    (100, "300.5", "1", (300, "3.005", -200, "-2.005")),
])
def test_figures_of_a_wallet(balance, allocated, rate, expected):
    figures = ongoing_balance(balance, Decimal(allocated), Rate(Decimal(rate), "EUR"))
    cents, credits, left, credits_left = expected
    assert figures == OngoingBalance(cents, Decimal(credits), left, Decimal(credits_left))


@pytest.mark.parametrize("currency, credits", [("JPY", "3.33333"), ("KWD", "0.00333")])
def test_credits_follow_the_currency(currency, credits):
    assert ongoing_balance(0, Decimal(5), Rate(Decimal("1.5"), currency)).usage_credits == Decimal(credits)


KEYS = st.sampled_from([SUBSCRIPTION, OF_A, OF_B, FeeKey("charge", A, "gold"), FeeKey("charge", B, "nobody")])
SCOPES = st.sampled_from([ANYTHING, FOR_A, FOR_SUBSCRIPTIONS, NAMED])
FEES = st.lists(st.builds(fee, KEYS, st.decimals(-100, 300, places=2), st.sampled_from(["EUR", "USD"])), max_size=8)
WALLETS = st.lists(
    st.builds(
        OpenWallet, SCOPES, st.sampled_from(["EUR", "USD"]), st.integers(-20, 200), st.booleans()
    ), max_size=5,
)


@steady
@given(FEES, WALLETS)
def test_nothing_is_lost_and_nothing_is_made(fees, wallets):
    """All of a currency is shared, up to what is owed in all, as far as anyone accepts it."""
    shares = share_unbilled(fees, wallets)
    assert len(shares) == len(wallets) and all(share >= 0 for share in shares)
    for currency in ("EUR", "USD"):
        net = {}
        for one in fees:
            if one.currency == currency:
                net[one.key] = net.get(one.key, Decimal(0)) + one.cents
        taken = sum(share for share, one in zip(shares, wallets, strict=True) if one.currency == currency)
        payable = sum(
            cents for key, cents in net.items()
            if cents > 0 and any(one.currency == currency and accepts(one.scope, key) for one in wallets)
        )
        assert taken == min(payable, max(Decimal(0), sum(net.values(), Decimal(0))))


@steady
@given(FEES, WALLETS)
def test_only_who_is_last_or_filled_up_goes_below_zero(fees, wallets):
    shares = share_unbilled(fees, wallets)
    for place, (share, one) in enumerate(zip(shares, wallets, strict=True)):
        later = [other for other in wallets[place + 1 :] if other.currency == one.currency]
        if not one.absorbs and any(other.scope == ANYTHING for other in later) and one.scope.code != "gold":
            assert share <= max(0, one.balance_cents)
