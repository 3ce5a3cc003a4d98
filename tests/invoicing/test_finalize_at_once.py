"""A draft that several finalize at the same time has one number."""

import pytest

from lago.core.db import db, transaction
from tests.builders.at_once import at_once
from tests.builders.organizations import account
from tests.builders.stories import customer, plan, subscribe


@pytest.fixture
def owner(committing):
    return account(committing.test_client(), "Owner")


def test_two_finalizations_at_once_give_one_number(committing, owner):
    customer(owner, billing_configuration={"invoice_grace_period": 3})
    plan(owner, pay_in_advance=True)
    for number in range(3):
        subscribe(owner, external_id=f"s{number}")
    ids = [row["lago_id"] for row in owner.get("/invoices", status="draft")["invoices"]]
    assert len(ids) == 3
    for identifier in ids:
        answers = at_once(committing, owner.api_key, f"/invoices/{identifier}/finalize", [{}] * 3, "PUT")
        assert sorted(status for status, _ in answers) == [200, 404, 404]
    with transaction():
        numbers = sorted(row["sequential_id"] for row in owner.get("/invoices")["invoices"])
    assert numbers == [1, 2, 3]
    db.session.remove()


def test_a_refresh_during_a_finalization_loses_nothing(committing, owner):
    customer(owner, "other", billing_configuration={"invoice_grace_period": 3})
    plan(owner, "early", amount_cents=4900, pay_in_advance=True)
    subscribe(owner, "other", "early", billing_time="anniversary")
    (draft,) = owner.get("/invoices", external_customer_id="other")["invoices"]
    path = f"/invoices/{draft['lago_id']}"
    finalized = at_once(committing, owner.api_key, f"{path}/refresh", [{}] * 2, "PUT")
    owner.put(f"{path}/finalize")
    again = at_once(committing, owner.api_key, f"{path}/refresh", [{}] * 2, "PUT")
    assert {status for status, _ in [*finalized, *again]} == {200}
    final = owner.get(path)["invoice"]
    assert (final["status"], final["fees_amount_cents"], len(final["fees"])) == ("finalized", 4900, 1)
