"""Nobody but the ledger moves a balance: the database refuses it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from lago.core.db import db
from tests.builders.prepaid import a_wallet, balance
from tests.builders.stories import customer


@pytest.fixture
def wallet(owner):
    customer(owner)
    return a_wallet(owner, "10")


@pytest.mark.parametrize("change", [
    "UPDATE wallets SET balance_cents = balance_cents + 1",
    "UPDATE wallets SET credits_balance = 0",
    "INSERT INTO wallets SELECT (jsonb_populate_record(w, jsonb_build_object('id', gen_random_uuid(), 'code', 'b'))).*"
    " FROM wallets w",
    "UPDATE wallet_transactions SET amount_cents = 500",  # less than remains of it
    "UPDATE wallet_transactions SET status = 'failed'",  # what was paid from it would hang in the air
    "UPDATE wallet_transactions SET remaining_amount_cents = -1",
    "UPDATE wallet_transactions SET transaction_type = 'outbound'",
], ids=["cents", "credits", "a wallet that begins full", "an amount", "a status", "what remains", "a side"])
def test_what_the_database_refuses(wallet, change):
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(text(change))
    assert balance(wallet) == 1000


def test_a_row_that_is_settled_moves_the_balance_by_itself(wallet):
    db.session.execute(text("UPDATE wallet_transactions SET remaining_amount_cents = NULL, status = 'pending'"))
    assert balance(wallet) == 0
    db.session.execute(text("UPDATE wallet_transactions SET status = 'settled'"))
    assert balance(wallet) == 1000
