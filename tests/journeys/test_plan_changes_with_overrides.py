"""Plan changes and prices of one's own: the override decides, and the parent's code is another plan (03 §3.1)."""

import pytest

from tests.builders.catalog import an_add_on, fixed_charge
from tests.builders.plan_changes import begin, billed, change, fees, in_status
from tests.builders.stories import invoices, subscribe

AHEAD = {"pay_in_advance": True}
TWO = {"old": {"amount_cents": 3000}, "new": {"amount_cents": 6000}}


def cheap(cents):
    return {"plan_overrides": {"amount_cents": cents}}


@pytest.mark.parametrize("cents, at_once", [(2999, False), (3000, True), (9000, True)])
def test_the_amount_of_the_override_decides(sandbox, cents, at_once):
    begin(sandbox, "2025-04-01T00:00:00Z", plans=TWO)
    shown = change(sandbox, "2025-04-16T00:00:00Z", "new", **cheap(cents))
    assert (shown["plan_code"], shown["next_plan_code"]) == (("new", None) if at_once else ("old", "new"))
    sandbox.at("2025-06-01T00:00:00Z")
    assert billed(sandbox)[-1] == ("2025-06-01", [("new", cents)])


def test_the_amount_that_is_overridden_now_is_compared(sandbox):
    begin(sandbox, "2025-04-01T00:00:00Z", plans=TWO, **cheap(7000))
    assert change(sandbox, "2025-04-16T00:00:00Z", "new")["next_plan_code"] == "new"


@pytest.mark.parametrize("own, at_once", [(2000, True), (3000, True), (4000, False)])
def test_the_code_of_the_parent_is_a_change(sandbox, own, at_once):
    """Of an overridden subscription: back to the plan that all have."""
    first = begin(sandbox, "2025-04-01T00:00:00Z", plans=TWO, **cheap(own))
    shown = change(sandbox, "2025-04-16T00:00:00Z", "old")
    assert (shown["lago_id"] == first["lago_id"]) == (not at_once)
    assert shown["plan_amount_cents"] == (3000 if at_once else own)
    assert (shown["previous_plan_code"], shown["next_plan_code"]) == (("old", None) if at_once else (None, "old"))


def test_the_same_plan_with_overrides_changes_nothing(sandbox):
    """03 §12-5."""
    begin(sandbox, "2025-04-01T00:00:00Z", plans=TWO)
    assert change(sandbox, "2025-04-16T00:00:00Z", "old", **cheap(1))["plan_amount_cents"] == 3000


def test_one_that_is_yet_to_start_gets_the_plan_without_overrides(sandbox):
    begin(sandbox, "2025-04-01T00:00:00Z", plans=TWO, subscription_at="2025-05-01")
    assert subscribe(sandbox, plan_code="new", **cheap(1))["plan_amount_cents"] == 6000


def test_a_wrong_override_changes_nothing(sandbox):
    begin(sandbox, "2025-04-01T00:00:00Z", plans={**TWO, "less": {"amount_cents": 10}})
    change(sandbox, "2025-04-10T00:00:00Z", "less")
    body = {"external_customer_id": "acme", "external_id": "acme", "plan_code": "new"}
    for overrides in ({"amount_currency": "???"}, {"amount_cents": "much"}):
        sandbox.refused("POST", "/subscriptions", {"subscription": {**body, "plan_overrides": overrides}})
    unknown = {**body, "plan_overrides": {"tax_codes": ["none"]}}
    sandbox.call("POST", "/subscriptions", {"subscription": unknown}, expect=404)
    rows = [row for status in ("active", "pending") for row in in_status(sandbox, status)]
    assert [row["plan_code"] for row in rows] == ["old", "less"]
    assert invoices(sandbox) == []


def test_units_of_ones_own_are_kept_by_the_next_one_only_if_it_asks_for_them(sandbox):
    sandbox.at("2025-04-01T00:00:00Z")
    row = fixed_charge(an_add_on(sandbox, "seats"), 3, "10", **AHEAD)
    begin(sandbox, "2025-04-01T00:00:00Z", plans={
        code: {"amount_cents": cents, "fixed_charges": [row]} for code, cents in (("a", 0), ("b", 1), ("c", 2))
    }, first="a")
    change(sandbox, "2025-04-11T00:00:00Z", "b", **units(sandbox, "b", 7))
    change(sandbox, "2025-04-21T00:00:00Z", "c")
    assert [fees(one) for one in invoices(sandbox)] == [
        [("seats", 3000)], [("a", 0), ("seats", 7000)], [("b", 0), ("seats", 3000)]
    ]
    assert [row["plan_amount_cents"] for row in in_status(sandbox, "active")] == [2]


def test_units_of_an_unknown_fixed_charge_are_refused(sandbox):
    begin(sandbox, "2025-04-01T00:00:00Z", plans=TWO)
    wanted = {"fixed_charges": [{"id": "00000000-0000-0000-0000-000000000000", "units": 1}]}
    body = {"external_customer_id": "acme", "external_id": "acme", "plan_code": "new", "plan_overrides": wanted}
    answer = sandbox.call("POST", "/subscriptions", {"subscription": body}, expect=404)
    assert answer["code"] == "fixed_charge_not_found"


def units(sandbox, code, number):
    """An override of nothing but the units of the plan's fixed charges."""
    rows = sandbox.get(f"/plans/{code}/fixed_charges")["fixed_charges"]
    return {"plan_overrides": {"fixed_charges": [{"id": row["lago_id"], "units": number} for row in rows]}}
