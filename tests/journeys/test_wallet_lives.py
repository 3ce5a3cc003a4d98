"""Two years of prepaid credits, made up from seeds: whatever happens, the books are right (05 §1).

`WALLET_LIVES=1-60 pytest tests/journeys/test_wallet_lives.py` lives these seeds, all of them with and without outages.
`EVERY_DAYS=12` has more happen in them than otherwise.
"""

import os
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from lago.core.db import db
from tests.builders.organizations import account
from tests.builders.stories import customer, metric, plan, standard, subscribe, use
from tests.builders.wallet_books import ledger, wrong_books
from tests.builders.wallet_deeds import wallets
from tests.builders.wallet_intervals import wrong_dates
from tests.builders.wallet_living import live
from tests.builders.wallet_payments import wrong_payments
from tests.builders.wallet_shares import wrong_balances
from tests.builders.wallet_stories import OUTAGE, story
from tests.builders.wallets import interval_rule, wallet

first, _, last = os.environ.get("WALLET_LIVES", "").partition("-")
SEEDS = range(int(first), int(last or first) + 1) if first else ()
EVERY_DAYS = int(os.environ.get("EVERY_DAYS", 30 if SEEDS else 120))


def looking(owner, life):
    """What is looked at after each action."""

    known, seen = [], set()

    def look(action):
        wrong = [*wrong_books(owner), *wrong_payments(owner, known, seen)]
        known[:] = wallets(owner)
        wrong += wrong_balances(owner, known, action.moment, life.tax_rate)
        assert wrong == [], f"after {action}"

    return look


def cut_short(life):
    """It ends with the outage."""
    before = [action for action in life.actions if action.moment < life.outage_at]
    return replace(life, actions=before, ends_at=life.outage_at + OUTAGE)


@pytest.mark.parametrize("outage", ["none", "asleep"] if SEEDS else ["asleep"])
@pytest.mark.parametrize("seed", SEEDS or (71,))
def test_no_credit_is_lost_or_spent_twice_and_balances_are_right(sandbox, seed, outage):
    """Also where nobody is at work for forty days, and all is caught up afterwards."""
    life = story(seed, every_days=EVERY_DAYS)
    live(sandbox, life, looking(sandbox, life), outage=outage)
    assert wrong_dates(sandbox, life.ends_at) == []


@pytest.mark.parametrize("seed", SEEDS or (2,))
def test_a_leap_of_forty_days_gives_the_same_ledger(sandbox, client, seed):
    life = story(seed, every_days=EVERY_DAYS) if SEEDS else cut_short(story(seed, years=1, every_days=EVERY_DAYS))
    live(sandbox, life)
    twin = account(client, "Twin", sandbox=True)
    live(twin, life, outage="leap")
    assert ledger(twin) == ledger(sandbox)


def test_the_looks_tell_what_is_wrong(sandbox):
    """100.00 bought and 10.00 granted; a month of 49.00 and 5.00 of usage is paid, and 5.00 are used since."""
    sandbox.at("2025-01-01T00:00:00Z")
    plan(sandbox, charges=[standard(metric(sandbox, "calls"), "5")])
    customer(sandbox)
    subscribe(sandbox)
    rule = interval_rule(granted_credits="10")
    made = wallet(sandbox, paid_credits="100", recurring_transaction_rules=[rule])
    (bought,) = sandbox.at("2025-01-01T00:00:01Z").get("/invoices")["invoices"]
    sandbox.put(f"/invoices/{bought['lago_id']}", {"invoice": {"payment_status": "succeeded"}})
    use(sandbox, "calls")
    known, seen = [made], set()
    now = datetime(2025, 2, 1, 12, tzinfo=UTC)
    sandbox.at(now.isoformat())
    use(sandbox, "calls")
    sandbox.at(now.isoformat())
    assert wrong(sandbox, known, seen, now) == []
    told = {damage: damaged(sandbox, known, now, damage) for damage in DAMAGES}
    assert [told[damage] for damage, sign in DAMAGES.items() if sign not in told[damage]] == []


def wrong(owner, known, seen, now):
    looks = [*wrong_books(owner), *wrong_payments(owner, known, seen), *wrong_balances(owner, wallets(owner), now, 0)]
    return [*looks, *wrong_dates(owner, now)]


DAMAGES = {
    "UPDATE wallet_transactions SET remaining_amount_cents = 1 WHERE remaining_amount_cents > 1": "remaining 2",
    "DELETE FROM wallet_consumptions": "went out of 0",
    "UPDATE wallets SET consumed_credits = 1": "has consumed 1.0",
    "UPDATE invoices SET prepaid_credit_amount_cents = 1 WHERE prepaid_credit_amount_cents > 1": "was paid (1,",
    "UPDATE invoices SET payment_status = 'pending'": "settled of an invoice that is pending",
    "UPDATE wallets SET ongoing_balance_cents = 7": "directly [500, ",
    "UPDATE wallet_transactions SET created_at = created_at - interval '1 day' WHERE source = 'interval'": "due [",
    "UPDATE fees SET amount_cents = amount_cents - 5 WHERE fee_type = 'charge'": "directly {",
}


def damaged(owner, known, now, statement):
    """What the looks say after it; then it is undone. Requests are made on the way, with transactions of their own."""
    connection = db.session.get_bind()
    db.session.remove()
    step = connection.begin_nested()
    connection.execute(text(statement))
    told = " ".join(wrong(owner, known, set(), now))
    db.session.remove()
    step.rollback()
    return told
