"""Usage thresholds of plans and subscriptions over the API (03 §1.1, §7.2)."""

import pytest

from tests.builders.outbox import waiting
from tests.builders.stories import metric, plan, standard, subscribe

TWO = [{"amount_cents": 5000, "threshold_display_name": "First"}, {"amount_cents": "900", "recurring": True}]
SHOWN = [
    {"amount_cents": 5000, "threshold_display_name": "First", "recurring": False},
    {"amount_cents": 900, "threshold_display_name": None, "recurring": True},
]
OTHERS = [{"amount_cents": 70}]
OTHERS_SHOWN = [{"amount_cents": 70, "threshold_display_name": None, "recurring": False}]

BAD = [
    pytest.param([{"recurring": True}], {"usage_thresholds": ["missing_amount_cents"]}, id="no amount"),
    pytest.param([{"amount_cents": None}], {"usage_thresholds": ["missing_amount_cents"]}, id="null"),
    pytest.param([5000], {"usage_thresholds": ["missing_amount_cents"]}, id="no object"),
    pytest.param(
        [{"amount_cents": 5}, {"amount_cents": "5"}], {"usage_thresholds": ["duplicated_values"]}, id="twice"
    ),
    pytest.param(
        [{"amount_cents": 5, "recurring": True}, {"amount_cents": 6, "recurring": True}],
        {"usage_thresholds": ["multiple_recurring_thresholds"]}, id="two recurring",
    ),
    pytest.param([{"amount_cents": 0}], {"amount_cents": ["value_is_out_of_range"]}, id="zero"),
    pytest.param([{"amount_cents": -5}], {"amount_cents": ["value_is_out_of_range"]}, id="negative"),
    pytest.param([{"amount_cents": 2**70}], {"amount_cents": ["value_is_out_of_range"]}, id="absurd"),
    pytest.param([{"amount_cents": "much"}], {"amount_cents": ["is not a number"]}, id="words"),
    pytest.param([{"amount_cents": 5, "recurring": "maybe"}], {"recurring": ["value_is_invalid"]}, id="neither nor"),
]


def bare(thresholds):
    return [{name: row[name] for name in SHOWN[0]} for row in thresholds]


def applicable(account, external_id="acme"):
    return account.get(f"/subscriptions/{external_id}")["subscription"]["applicable_usage_thresholds"]


def change(account, **fields):
    return account.put("/subscriptions/acme", {"subscription": fields})["subscription"]


def test_a_plan_has_thresholds(owner):
    made = plan(owner, usage_thresholds=TWO)
    assert bare(made["usage_thresholds"]) == SHOWN == made["applicable_usage_thresholds"]
    assert set(made["usage_thresholds"][0]) == {*SHOWN[0], "lago_id", "created_at", "updated_at"}
    assert owner.get("/plans/pro")["plan"] == made
    (listed,) = owner.get("/plans")["plans"]
    assert (listed["usage_thresholds"], listed["applicable_usage_thresholds"]) == (made["usage_thresholds"], SHOWN)


@pytest.mark.parametrize("rows, details", BAD)
def test_bad_thresholds_are_refused_and_change_nothing(owner, rows, details):
    body = {"name": "b", "code": "b", "interval": "monthly", "amount_cents": 0, "amount_currency": "EUR",
            "pay_in_advance": False, "usage_thresholds": rows}
    assert owner.refused("POST", "/plans", {"plan": body}) == details
    assert owner.get("/plans")["plans"] == []


def test_an_amount_may_be_fixed_and_recurring(owner):
    both = [{"amount_cents": 5, "recurring": True}, {"amount_cents": 5, "recurring": None}]
    assert [row["recurring"] for row in plan(owner, usage_thresholds=both)["usage_thresholds"]] == [True, False]


def test_thresholds_of_a_plan_are_replaced_with_new_ids(owner):
    (old, _) = plan(owner, usage_thresholds=TWO)["usage_thresholds"]
    again = owner.put("/plans/pro", {"plan": {"usage_thresholds": [{**OTHERS[0], "id": old["lago_id"]}]}})["plan"]
    assert bare(again["usage_thresholds"]) == OTHERS_SHOWN
    assert again["usage_thresholds"][0]["lago_id"] != old["lago_id"]
    for untouched in ({"name": "x"}, {"usage_thresholds": None}, {"usage_thresholds": "none"}):
        assert owner.put("/plans/pro", {"plan": untouched})["plan"]["usage_thresholds"] == again["usage_thresholds"]
    assert owner.put("/plans/pro", {"plan": {"usage_thresholds": []}})["plan"]["applicable_usage_thresholds"] == []


def test_a_refused_change_leaves_the_thresholds_of_a_plan(owner):
    made = plan(owner, usage_thresholds=TWO)
    owner.refused("PUT", "/plans/pro", {"plan": {"name": "x", "usage_thresholds": [{}]}})
    assert owner.get("/plans/pro")["plan"] == made


def test_a_list_of_plans_costs_the_same_however_many_there_are(owner, count_queries):
    def queries():
        with count_queries() as statements:
            owner.get("/plans")
        return len(statements)

    plan(owner, usage_thresholds=TWO)
    one = queries()
    for code in "abc":
        plan(owner, code, usage_thresholds=OTHERS)
    assert queries() == one


def test_those_of_the_plan_apply_until_a_subscription_has_its_own(owner):
    plan(owner, usage_thresholds=TWO)
    made = subscribe(owner)
    assert made["applicable_usage_thresholds"] == SHOWN == bare(made["plan"]["usage_thresholds"])
    assert change(owner, usage_thresholds=OTHERS)["applicable_usage_thresholds"] == OTHERS_SHOWN
    assert applicable(owner) == OTHERS_SHOWN
    change(owner, name="x")
    change(owner, usage_thresholds=None)
    assert applicable(owner) == OTHERS_SHOWN
    assert change(owner, usage_thresholds=[])["applicable_usage_thresholds"] == SHOWN


def test_a_subscription_may_begin_with_its_own(owner):
    plan(owner, usage_thresholds=TWO)
    assert subscribe(owner, usage_thresholds=OTHERS)["applicable_usage_thresholds"] == OTHERS_SHOWN


def test_the_same_plan_again_takes_thresholds_and_nothing_else(owner):
    plan(owner)
    first = subscribe(owner)
    again = subscribe(owner, name="x", usage_thresholds=OTHERS)
    assert (again["lago_id"], again["name"]) == (first["lago_id"], "")
    assert again["applicable_usage_thresholds"] == OTHERS_SHOWN


def test_none_apply_where_progressive_billing_is_off(owner):
    plan(owner, usage_thresholds=TWO)
    assert subscribe(owner, usage_thresholds=OTHERS, progressive_billing_disabled=True)[
        "applicable_usage_thresholds"] == []
    assert change(owner, progressive_billing_disabled=False)["applicable_usage_thresholds"] == OTHERS_SHOWN


@pytest.mark.parametrize("rows, details", BAD)
def test_bad_thresholds_of_a_subscription_are_refused(owner, rows, details):
    plan(owner, usage_thresholds=TWO)
    body = {"external_customer_id": "acme", "plan_code": "pro", "external_id": "acme", "usage_thresholds": rows}
    assert owner.refused("POST", "/subscriptions", {"subscription": body}) == details
    assert owner.get("/subscriptions")["subscriptions"] == []
    subscribe(owner)
    assert owner.refused("PUT", "/subscriptions/acme", {"subscription": {"usage_thresholds": rows}}) == details
    assert applicable(owner) == SHOWN


@pytest.mark.parametrize("method, path", [("POST", "/subscriptions"), ("PUT", "/subscriptions/acme")])
def test_thresholds_are_named_in_one_place(owner, method, path):
    plan(owner)
    subscribe(owner)
    fields = {"external_customer_id": "acme", "plan_code": "pro", "external_id": "other"}
    body = {**fields, "usage_thresholds": TWO, "plan_overrides": {"usage_thresholds": OTHERS}}
    assert owner.refused(method, path, {"subscription": body}) == {
        "usage_thresholds": ["incompatible_params"], "plan_overrides.usage_thresholds": ["incompatible_params"],
    }
    assert len(owner.get("/subscriptions")["subscriptions"]) == 1


def test_a_plan_of_its_own_has_thresholds_only_of_its_own(owner):
    """Else those of the plan that it was made from apply (03 §7.2)."""
    plan(owner, usage_thresholds=TWO)
    subscribe(owner)
    own = change(owner, plan_overrides={"amount_cents": 1})
    assert own["plan"]["usage_thresholds"] == []
    assert own["applicable_usage_thresholds"] == SHOWN == own["plan"]["applicable_usage_thresholds"]
    own = change(owner, plan_overrides={"usage_thresholds": OTHERS})
    assert bare(own["plan"]["usage_thresholds"]) == OTHERS_SHOWN == own["applicable_usage_thresholds"]
    assert own["plan"]["applicable_usage_thresholds"] == SHOWN  # those of the parent (03 §1.1)


def test_thresholds_of_a_subscription_end_those_of_the_plan_of_its_own(owner):
    plan(owner, usage_thresholds=TWO)
    subscribe(owner)
    change(owner, plan_overrides={"usage_thresholds": OTHERS})
    assert applicable(owner) == OTHERS_SHOWN
    changed = change(owner, usage_thresholds=[{"amount_cents": 33}])
    assert [row["amount_cents"] for row in changed["applicable_usage_thresholds"]] == [33]
    assert changed["plan"]["usage_thresholds"] == []
    assert change(owner, usage_thresholds=[])["applicable_usage_thresholds"] == SHOWN
    assert bare(owner.get("/plans/pro")["plan"]["usage_thresholds"]) == SHOWN


def test_subscriptions_are_looked_at_when_their_thresholds_change(sandbox):
    """Usage of 40.00 without a threshold; then the plan, later the subscription, has one below it."""
    sandbox.at("2024-01-01T00:00:00Z")
    plan(sandbox, amount_cents=0, charges=[standard(metric(sandbox, "calls"), "40")])
    subscribe(sandbox)
    sandbox.post("/events", {"event": {"transaction_id": "t", "external_subscription_id": "acme", "code": "calls"}})
    sandbox.at("2024-01-02T00:00:00Z")
    assert sandbox.get("/invoices")["invoices"] == []
    sandbox.put("/plans/pro", {"plan": {"usage_thresholds": [{"amount_cents": 3000}]}})
    sandbox.at("2024-01-02T00:00:01Z")
    assert [row["total_amount_cents"] for row in sandbox.get("/invoices")["invoices"]] == [4000]


def test_nobody_looks_where_there_are_no_thresholds(owner):
    plan(owner)
    subscribe(owner)
    change(owner, usage_thresholds=[])
    assert waiting(owner, "metering.watch_subscriptions") == []
    change(owner, usage_thresholds=OTHERS)
    (asked,) = waiting(owner, "metering.watch_subscriptions")
    assert asked["external_ids"] == ["acme"]
