"""Which wallets pay an invoice: 05 §1.11, §1.18 B and C, 04 §5 S7 and §19.1."""

import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lago.pricing.wallet_allocation import FeeKey, PayingFee, WalletScope, accepts, allocate
from tests.pricing.steady import steady

A, B = uuid.UUID(int=1), uuid.UUID(int=2)
SUBSCRIPTION, OF_A, OF_B = FeeKey("subscription"), FeeKey("charge", A), FeeKey("charge", B)
ANYTHING = WalletScope("any")
FOR_A = WalletScope("for_a", billable_metric_ids=frozenset({A}))
FOR_CHARGES = WalletScope("for_charges", frozenset({"charge"}))
FOR_A_OR_SUBSCRIPTIONS = WalletScope("both", frozenset({"subscription"}), frozenset({A}))


def fee(key, net, taxes="0", credited="0"):
    return PayingFee(key, Decimal(net), Decimal(taxes), Decimal(credited))


def rich(scope):
    return (scope, 10**9)


FEES_OF_B = [fee(SUBSCRIPTION, 2900, 580), fee(OF_A, 1200, 240), fee(OF_B, 800, 160)]
FEES_OF_19_1 = [
    fee(SUBSCRIPTION, 8415, "1598.85", "2273.32577"), fee(OF_A, "1593.75", "342.65625", "439.67083"),
    fee(OF_B, "1041.25", "223.86875", "287.23042"),
]

EXAMPLES = {
    "05 example B": (5880, FEES_OF_B, [(FOR_A, 2000), (FOR_CHARGES, 500), (ANYTHING, 3000)], [1440, 500, 3000]),
    "05 example C": (1098, [fee(OF_A, 500, "48.75"), fee(OF_B, 500, "48.75")], [rich(ANYTHING)], [1098]),
    "04 19.1, caps above the total": (10215, FEES_OF_19_1, [(ANYTHING, 5000)], [5000]),
    "04 19.1, a rich wallet": (10215, FEES_OF_19_1, [rich(ANYTHING)], [10215]),
    "the largest key has the gap": (  # 97.5 of tax are 98: metric A's 548.75 become 549.25
        1098, [fee(OF_A, 500, "48.75"), fee(OF_B, 400, "39"), fee(SUBSCRIPTION, 100, "9.75")], [rich(FOR_A)], [549],
    ),
    "a gap of a cent for each key": (12, [fee(OF_A, 5), fee(OF_B, 5)], [rich(ANYTHING)], [12]),
    "no larger gap": (13, [fee(OF_A, 5), fee(OF_B, 5)], [rich(ANYTHING)], [10]),
    "fees of a key are one": (11, [fee(OF_A, 5), fee(OF_A, 5)], [rich(ANYTHING)], [11]),
    "their gap is that of one key": (12, [fee(OF_A, 5), fee(OF_A, 5)], [rich(ANYTHING)], [10]),
    "a fee without a net amount": (10, [fee(OF_A, 8), fee(OF_B, 0, 7)], [rich(ANYTHING)], [8]),
    "a fee that credit notes have paid": (100, [fee(OF_A, 80, 20), fee(OF_B, 50, 10, 70)], [rich(ANYTHING)], [100]),
    "rounding of parts stops at the total": (
        1, [fee(OF_A, "0.5"), fee(SUBSCRIPTION, "0.5")], [rich(FOR_A), rich(ANYTHING)], [1, 0],
    ),
    "each part is rounded": (
        1098, [fee(OF_A, "440.4"), fee(SUBSCRIPTION, "657.6")], [rich(FOR_A), rich(ANYTHING)], [440, 658],
    ),
    "an empty wallet": (10, [fee(OF_A, 10)], [(ANYTHING, 0), (ANYTHING, 4)], [0, 4]),
    "no wallets": (10, [fee(OF_A, 10)], [], []),
    "no fees": (10, [], [rich(ANYTHING)], [0]),
    "the largest key first": (  # the wallet for charges is used up by B, so the next one pays A
        30, [fee(OF_A, 10), fee(OF_B, 20)], [(FOR_CHARGES, 20), rich(FOR_A)], [20, 10],
    ),
}


@pytest.mark.parametrize(
    ("total", "fees", "wallets", "paid"), EXAMPLES.values(), ids=[name.replace(" ", "-") for name in EXAMPLES]
)
def test_what_each_wallet_pays(total, fees, wallets, paid):
    assert allocate(total, fees, wallets) == paid


@pytest.mark.parametrize(
    ("scope", "key", "accepted"),
    [
        (ANYTHING, SUBSCRIPTION, True),
        (FOR_CHARGES, OF_A, True),
        (FOR_CHARGES, SUBSCRIPTION, False),
        (FOR_A, OF_A, True),
        (FOR_A, OF_B, False),
        (FOR_A, SUBSCRIPTION, False),
        (FOR_A, FeeKey("add_on", A), False),
        (FOR_A_OR_SUBSCRIPTIONS, SUBSCRIPTION, True),
        (FOR_A_OR_SUBSCRIPTIONS, OF_A, True),
        (FOR_A_OR_SUBSCRIPTIONS, OF_B, False),
        (FOR_A, FeeKey("charge", B, "for_a", True), True),
        (ANYTHING, FeeKey("charge", B, "for_a", True), False),
        (ANYTHING, FeeKey("charge", B, "ANY", True), False),
        (ANYTHING, FeeKey("charge", B, " ", True), True),
        (FOR_CHARGES, FeeKey("charge", B, None, True), True),
        (FOR_A, FeeKey("charge", B, None, True), False),
    ],
)
def test_what_a_wallet_accepts(scope, key, accepted):
    assert accepts(scope, key) is accepted


def test_usage_that_names_no_wallet_is_apart_from_usage_that_cannot():
    """So two keys may share a gap of two cents."""
    fees = [fee(FeeKey("charge", A, None, True), 5), fee(OF_A, 5)]
    assert allocate(12, fees, [rich(FOR_A)]) == [12]


keys = st.builds(
    FeeKey, st.sampled_from(["charge", "subscription"]), st.sampled_from([A, B, None]),
    st.sampled_from([None, "one", "two"]),
)
cents = st.decimals(0, 10**6, places=5)
fees_of_any_kind = st.lists(st.builds(PayingFee, keys, cents, cents, cents), max_size=6)
scopes = st.builds(
    WalletScope, st.sampled_from(["one", "two", "three"]),
    st.frozensets(st.sampled_from(["charge", "subscription"])), st.frozensets(st.sampled_from([A, B])),
)
wallets_of_any_kind = st.lists(st.tuples(scopes, st.integers(0, 10**6)), max_size=5)


@steady
@given(st.integers(0, 10**7), fees_of_any_kind, wallets_of_any_kind)
def test_nobody_pays_more_than_there_is_or_may(total, fees, wallets):
    paid = allocate(total, fees, wallets)
    assert sum(paid) <= total
    for cents_paid, (scope, balance) in zip(paid, wallets, strict=True):
        accepted = [one.cap_cents for one in fees if accepts(scope, one.key) and one.cap_cents > 0]
        assert 0 <= cents_paid <= balance
        assert cents_paid <= sum(accepted) + (len(fees) if accepted else 0) + Decimal("0.5")
        assert accepted or not cents_paid


@steady
@given(st.lists(st.builds(PayingFee, keys, cents, cents), min_size=1, max_size=6))
def test_rich_wallets_for_all_pay_all(fees):
    total = int(sum(one.cap_cents for one in fees))
    wallets = [(WalletScope(code), 10**9) for code in ("one", "two")]
    assert 0 <= total - sum(allocate(total, fees, wallets)) <= 1


@steady
@given(st.integers(0, 10**7), fees_of_any_kind, wallets_of_any_kind)
def test_a_wallet_more_at_the_end_changes_nothing_for_the_others(total, fees, wallets):
    assert allocate(total, fees, [*wallets, rich(ANYTHING)])[:-1] == allocate(total, fees, wallets)
