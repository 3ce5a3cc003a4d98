"""Another amount of a plan, where changes of plan wait for the end of a period (03 §1.3-10)."""

import pytest

from tests.builders.stories import invoices, plan, subscribe

NOW = "2024-03-15T00:00:00Z"


@pytest.fixture
def waiting(sandbox):
    """Acme on 'big' of 100.00 in arrears, on its way to 'small' of 20.00."""
    sandbox.at("2024-03-01T00:00:00Z")
    plan(sandbox, "big", amount_cents=10000)
    plan(sandbox, "small", amount_cents=2000)
    subscribe(sandbox, plan_code="big")
    subscribe(sandbox, plan_code="small")
    return sandbox


def amount(sandbox, code, cents):
    sandbox.at(NOW)
    sandbox.put(f"/plans/{code}", {"plan": {"amount_cents": cents}})
    sandbox.at(NOW)


def now(sandbox):
    found = sandbox.get("/subscriptions/acme")["subscription"]
    return found["plan_code"], found["next_plan_code"]


@pytest.mark.parametrize("cents, following", [(1999, None), (2000, "small"), (5000, "small")])
def test_a_change_to_a_plan_that_is_dearer_by_now_is_called_off(waiting, cents, following):
    amount(waiting, "big", cents)
    assert now(waiting) == ("big", following)


def test_amounts_are_compared_as_they_stand_whatever_the_intervals(sandbox):
    """A year of 'big' for 1,200.00 is cheaper by the month than 'small' at 90.00, but 1,199.00 is more than 90.00."""
    sandbox.at("2024-03-01T00:00:00Z")
    plan(sandbox, "big", amount_cents=120000, interval="yearly")
    plan(sandbox, "small", amount_cents=9000)
    subscribe(sandbox, plan_code="big")
    subscribe(sandbox, plan_code="small")
    amount(sandbox, "big", 9500)
    assert now(sandbox) == ("big", "small")


@pytest.mark.parametrize("cents, expected", [
    (9999, ("big", "small")), (10000, ("small", None)), (20000, ("small", None)),
])
def test_a_change_to_a_plan_that_costs_as_much_by_now_is_done_at_once(waiting, cents, expected):
    amount(waiting, "small", cents)
    assert now(waiting) == expected


def test_what_is_done_at_once_is_billed_as_an_upgrade(waiting):
    """14 of 31 days of 100.00 in arrears; the day of the change is the new plan's."""
    amount(waiting, "small", 10000)
    (invoice,) = invoices(waiting)
    assert [row["amount_cents"] for row in invoice["fees"]] == [4516]
    assert waiting.get("/subscriptions/acme")["subscription"]["started_at"].startswith("2024-03-15T00:00:00")


def test_another_name_changes_nothing(waiting):
    waiting.at(NOW)
    waiting.put("/plans/small", {"plan": {"name": "Small", "amount_cents": 2000}})
    waiting.at(NOW)
    assert now(waiting) == ("big", "small")


def test_the_amount_that_a_plan_takes_over_counts_too(sandbox):
    """Acme is on its way to a plan of its own, made from 'small'; it follows the amount of that, and is an upgrade."""
    sandbox.at("2024-03-01T00:00:00Z")
    plan(sandbox, "big", amount_cents=10000)
    plan(sandbox, "small", amount_cents=2000)
    subscribe(sandbox, plan_code="big")
    subscribe(sandbox, plan_code="small", plan_overrides={"name": "Mine"})
    sandbox.at(NOW)
    sandbox.put("/plans/small", {"plan": {"amount_cents": 10000, "cascade_updates": True}})
    sandbox.at(NOW)
    assert now(sandbox) == ("small", None)


def test_the_amount_of_an_own_plan_counts_too(sandbox):
    sandbox.at("2024-03-01T00:00:00Z")
    plan(sandbox, "big", amount_cents=10000)
    plan(sandbox, "small", amount_cents=2000)
    subscribe(sandbox, plan_code="big", plan_overrides={"name": "Mine"})
    subscribe(sandbox, plan_code="small")
    sandbox.at(NOW)
    sandbox.put("/subscriptions/acme", {"subscription": {"plan_overrides": {"amount_cents": 100}}})
    sandbox.at(NOW)
    assert now(sandbox) == ("big", None)
