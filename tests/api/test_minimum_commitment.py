"""The minimum commitment of a plan, as clients write and read it (03 §1.1 to §1.3)."""

import pytest

from lago.catalog.queries import plan_by_code
from lago.core.db import db
from lago.webhooks.catalog import MESSAGES
from tests.builders.catalog import a_plan, a_tax, plan_body

FIFTY = {"amount_cents": 5000, "invoice_display_name": "Minimum", "tax_codes": ["vat"]}


@pytest.fixture
def committed(owner):
    """A plan with a commitment of 50.00, taxed by `vat`."""
    a_tax(owner)
    a_plan(owner, minimum_commitment=FIFTY)
    return owner


def shown(owner, code="basic"):
    return owner.get(f"/plans/{code}")["plan"].get("minimum_commitment")


def put(owner, commitment, **fields):
    return owner.put("/plans/basic", {"plan": {"minimum_commitment": commitment, **fields}})["plan"]


def test_a_plan_shows_its_commitment(committed):
    commitment = shown(committed)
    assert [tax["code"] for tax in commitment.pop("taxes")] == ["vat"]
    assert list(commitment) == [
        "lago_id", "plan_code", "invoice_display_name", "amount_cents", "interval", "created_at", "updated_at",
    ]
    values = {name: commitment[name] for name in ("plan_code", "invoice_display_name", "amount_cents", "interval")}
    assert values == {
        "plan_code": "basic", "invoice_display_name": "Minimum", "amount_cents": 5000, "interval": "monthly",
    }


def test_every_place_that_shows_a_plan_shows_its_commitment(committed):
    (listed,) = committed.get("/plans")["plans"]
    body = {"external_customer_id": "acme", "external_id": "acme", "plan_code": "basic"}
    subscription = committed.post("/subscriptions", {"subscription": body})["subscription"]
    deleted = committed.delete("/plans/basic")["plan"]
    for plan in (listed, subscription["plan"], deleted):
        assert plan["minimum_commitment"]["amount_cents"] == 5000


@pytest.mark.parametrize("nothing", [{}, {"minimum_commitment": None}, {"minimum_commitment": {}}])
def test_a_plan_without_one_has_no_such_key(owner, nothing):
    assert "minimum_commitment" not in owner.post("/plans", {"plan": {**plan_body(), **nothing}})["plan"]


def test_an_update_changes_what_is_named(committed):
    put(committed, {"amount_cents": 7000})
    assert (shown(committed)["amount_cents"], shown(committed)["invoice_display_name"]) == (7000, "Minimum")
    assert [tax["code"] for tax in shown(committed)["taxes"]] == ["vat"]
    put(committed, {"invoice_display_name": None, "tax_codes": []})
    assert (shown(committed)["amount_cents"], shown(committed)["invoice_display_name"]) == (7000, None)
    assert shown(committed)["taxes"] == []


def test_an_update_keeps_the_id_and_may_give_it_back(committed):
    before = shown(committed)
    after = put(committed, {"id": before["lago_id"], "amount_cents": 1})["minimum_commitment"]
    assert (after["lago_id"], after["amount_cents"]) == (before["lago_id"], 1)


def test_an_update_makes_one(owner):
    a_plan(owner)
    assert put(owner, {"amount_cents": 100})["minimum_commitment"]["amount_cents"] == 100


def test_an_empty_object_takes_it_away(committed):
    assert "minimum_commitment" not in put(committed, {})
    assert shown(committed) is None


@pytest.mark.parametrize("nothing", [None, [], "none", 7])
def test_anything_else_changes_nothing(committed, nothing):
    assert put(committed, nothing, name="New")["minimum_commitment"]["amount_cents"] == 5000


@pytest.mark.parametrize("amount, code", [
    (0, "value_is_out_of_range"), (-1, "value_is_out_of_range"), (10**16, "value_is_out_of_range"),
    (None, "is not a number"), ("much", "is not a number"), (1.5, "must be an integer"),
])
def test_a_bad_amount_is_refused(committed, amount, code):
    for method, path, body in (("POST", "/plans", plan_body("other")), ("PUT", "/plans/basic", {"name": "New"})):
        plan = {**body, "minimum_commitment": {"amount_cents": amount}}
        assert committed.refused(method, path, {"plan": plan}) == {"amount_cents": [code]}
    assert (shown(committed)["amount_cents"], committed.get("/plans/basic")["plan"]["name"]) == (5000, "Basic")
    assert len(committed.get("/plans")["plans"]) == 1


def test_a_new_one_needs_an_amount(owner):
    body = plan_body(minimum_commitment={"invoice_display_name": "Minimum"})
    assert owner.refused("POST", "/plans", {"plan": body}) == {"amount_cents": ["is not a number"]}


@pytest.mark.parametrize("method, path", [("POST", "/plans"), ("PUT", "/plans/basic")])
def test_an_unknown_tax_is_not_found(committed, outsider, method, path):
    a_tax(outsider, "gst")
    commitment = {"amount_cents": 100, "tax_codes": ["gst"]}
    body = {**plan_body("other"), "minimum_commitment": commitment}
    assert committed.call(method, path, {"plan": body}, expect=404)["code"] == "tax_not_found"
    assert shown(committed)["amount_cents"] == 5000


def test_a_deleted_tax_is_gone_from_it(committed):
    committed.delete("/taxes/vat")
    assert shown(committed)["taxes"] == []


def test_the_webhooks_of_a_plan_tell_of_it(committed):
    plan = plan_by_code(committed.organization.id, "basic")
    for name in ("plan.created", "plan.updated", "plan.deleted"):
        assert MESSAGES[name].show(plan)["minimum_commitment"]["amount_cents"] == 5000


def test_a_list_takes_the_same_queries_however_many_have_one(owner, count_queries):
    costs = []
    for more in (2, 18):
        for _ in range(more):
            a_plan(owner, f"plan{len(owner.get('/plans')['plans'])}", minimum_commitment={"amount_cents": 1})
        db.session.expire_all()
        with count_queries() as statements:
            owner.get("/plans")
        costs.append(len(statements))
    assert costs[0] == costs[1]
