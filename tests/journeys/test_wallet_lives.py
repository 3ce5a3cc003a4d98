"""Two years of prepaid credits, made up from seeds: whatever happens, the books are right (05 §1).

`WALLET_LIVES=1-60 pytest tests/journeys/test_wallet_lives.py` lives these seeds, all of them with and without outages.
`EVERY_DAYS=12` has more happen in them.
"""

import os

import pytest

from tests.builders.organizations import account
from tests.builders.wallet_books import ledger, wrong_books
from tests.builders.wallet_deeds import wallets
from tests.builders.wallet_intervals import wrong_dates
from tests.builders.wallet_living import live
from tests.builders.wallet_payments import wrong_payments
from tests.builders.wallet_shares import wrong_balances
from tests.builders.wallet_stories import story

first, _, last = os.environ.get("WALLET_LIVES", "").partition("-")
SEEDS = range(int(first), int(last or first) + 1) if first else ()
EVERY_DAYS = int(os.environ.get("EVERY_DAYS", 30))


def looking(owner, life):
    """What is looked at after each action."""

    known, seen = [], set()

    def look(action):
        wrong = [*wrong_books(owner), *wrong_payments(owner, known, seen)]
        known[:] = wallets(owner)
        wrong += wrong_balances(owner, known, action.moment, life.tax_rate)
        assert wrong == [], f"after {action}"

    return look


@pytest.mark.parametrize("seed", SEEDS or (1,))
def test_no_credit_is_lost_or_spent_twice_and_balances_are_right(sandbox, seed):
    life = story(seed, every_days=EVERY_DAYS)
    live(sandbox, life, looking(sandbox, life))
    assert wrong_dates(sandbox, life.ends_at) == []


@pytest.mark.parametrize("seed", SEEDS or (2,))
def test_a_leap_of_forty_days_gives_the_same_ledger(sandbox, client, seed):
    life = story(seed, every_days=EVERY_DAYS)
    live(sandbox, life)
    twin = account(client, "Twin", sandbox=True)
    live(twin, life, outage="leap")
    assert ledger(twin) == ledger(sandbox)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_books_are_right_after_forty_days_without_workers(sandbox, seed):
    life = story(seed, every_days=EVERY_DAYS)
    live(sandbox, life, looking(sandbox, life), outage="asleep")
    assert wrong_dates(sandbox, life.ends_at) == []
