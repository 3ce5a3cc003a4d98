"""Three years of plan changes, ends and new starts, made up from seeds: whatever happens, the books are right.

`LIVES=10-300 pytest tests/journeys/test_lives.py` lives these seeds, all of them with and without an outage.
"""

import os
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from lago.core.db import db, transaction
from lago.invoicing.models import Invoice
from tests.builders.charged_days import wrong_days, wrong_usage
from tests.builders.documents import documents, rows, wrong_money
from tests.builders.life_stories import OUTAGE, story
from tests.builders.living import live
from tests.builders.organizations import account
from tests.builders.stories import plan, subscribe

first, _, last = os.environ.get("LIVES", "").partition("-")
SEEDS = range(int(first), int(last or first) + 1) if first else ()


@pytest.mark.parametrize("seed", SEEDS or (4,))
def test_no_day_is_charged_twice_and_none_missed_and_money_adds_up(sandbox, seed):
    life = story(seed)
    live(sandbox, life)
    assert wrong(sandbox, life.ends_at) == []


@pytest.mark.parametrize("seed", SEEDS or (13,))
def test_an_outage_of_forty_days_gives_the_same_documents(sandbox, client, seed):
    life = story(seed)
    live(sandbox, life)
    twin = account(client, "Twin", sandbox=True)
    live(twin, life, outage=True)
    assert documents(twin) == documents(sandbox)
    assert [one for one in rows(twin, Invoice) if life.outage_at < one.created_at < life.outage_at + OUTAGE]
    assert wrong(twin, life.ends_at) == []


def wrong(owner, now):
    return [*wrong_days(owner, now), *wrong_usage(owner), *wrong_money(owner)]


def test_the_books_tell_what_is_wrong(sandbox):
    """In advance from 12 March, 20 days; ended on the 21st, so that ten are given back."""
    sandbox.at("2025-03-12T10:00:00Z")
    plan(sandbox, amount_cents=3100, pay_in_advance=True)
    subscribe(sandbox)
    now = datetime(2025, 3, 21, 12, tzinfo=UTC)
    sandbox.at(now.isoformat()).delete("/subscriptions/acme")
    assert wrong(sandbox, now) == []
    assert [damage for damage, told in DAMAGES.items() if told not in damaged(sandbox, now, damage)] == []


DAMAGES = {
    "UPDATE fees SET properties = jsonb_set(properties, '{days}', '19') WHERE properties ->> 'days' = '20'": "missed",
    "UPDATE fees SET properties = jsonb_set(properties, '{days}', '21') WHERE properties ->> 'days' = '20'": "lived",
    "DELETE FROM credit_note_items": "not lived 2025-03-22..2025-03-31 (10)",
    "UPDATE fees SET amount_cents = 1": "given back of 1",
    "UPDATE invoices SET total_amount_cents = 1": "total 1",
    "UPDATE credit_notes SET balance_amount_cents = 1": "balance 1",
    "UPDATE credit_notes SET refund_amount_cents = 1, credit_amount_cents = 999, balance_amount_cents = 999":
        "1 refunded of 0",
    "UPDATE invoice_subscriptions SET charges_from_datetime = charges_from_datetime + interval '1 hour'": "charges",
}


def damaged(owner, now, statement):
    """What the books say after it; then it is undone."""
    with transaction():
        step = db.session.begin_nested()
        db.session.execute(text(statement))
        told = " ".join(wrong(owner, now))
        step.rollback()
    return told
