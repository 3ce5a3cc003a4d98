"""Wallets that several clients make at the same time."""

import uuid

import pytest

from tests.builders.at_once import at_once
from tests.builders.organizations import account
from tests.builders.stories import customer


@pytest.fixture
def caller(committing):
    caller = account(committing.test_client(), f"Caller {uuid.uuid4().hex[:8]}")
    customer(caller)
    return caller


def answers(app, caller, count, **fields):
    """What became of so many requests for a wallet: its status, or the details of the refusal."""
    body = {"wallet": {"external_customer_id": "acme", "rate_amount": "1", "currency": "EUR", **fields}}
    told = at_once(app, caller.api_key, "/wallets", [body] * count)
    return [answer["wallet"]["status"] if status == 200 else answer["error_details"] for status, answer in told]


def test_no_more_are_made_than_a_customer_may_have(committing, caller):
    told = answers(committing, caller, 8)
    assert (told.count("active"), told.count({"customer": ["wallet_limit_reached"]})) == (6, 2)
    codes = {wallet["code"] for wallet in caller.get("/wallets")["wallets"]}
    assert len(codes) == 6


def test_one_gets_the_code(committing, caller):
    told = answers(committing, caller, 4, code="mine")
    assert (told.count("active"), told.count({"code": ["value_already_exist"]})) == (1, 3)
