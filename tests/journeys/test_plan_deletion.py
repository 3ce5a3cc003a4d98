"""A plan that is deleted: its subscriptions end, their drafts become final, what is old stays readable (03 §1.4)."""

from datetime import datetime

import pytest

from lago.catalog.models import Entitlement, Plan
from lago.core import clock
from lago.core.db import db, transaction
from lago.invoicing import end_plan as ending
from lago.invoicing.end_plan import end_plan
from tests.builders.outbox import announced
from tests.builders.stories import customer, fee, invoices, metric, plan, standard, subscribe, use

END = "2024-03-20T00:00:00Z"


@pytest.fixture
def made(sandbox):
    """A plan of 31.00 in arrears with 1.00 for each call."""
    sandbox.at("2024-03-01T00:00:00Z")
    return plan(sandbox, amount_cents=3100, charges=[standard(metric(sandbox, "calls"), "1")])


def delete(sandbox, code="pro"):
    """Deletes the plan; what follows from that is done."""
    sandbox.at(END)
    answer = sandbox.delete(f"/plans/{code}")["plan"]
    sandbox.at(END)
    return answer


def status(sandbox, name="acme"):
    return {
        one: len(sandbox.get("/subscriptions", external_id=name, **{"status[]": one})["subscriptions"])
        for one in ("active", "pending", "terminated", "canceled")
    }


def test_it_is_marked_at_once_and_told_of(sandbox, made):
    sandbox.at(END)
    assert sandbox.delete("/plans/pro")["plan"]["pending_deletion"] is True
    assert "plan.deleted" in announced(sandbox)
    assert sandbox.get("/plans/pro")["plan"]["pending_deletion"] is True
    assert [row["code"] for row in sandbox.get("/plans")["plans"]] == ["pro"]


def test_the_subscription_ends_and_is_billed_for_its_days(sandbox, made):
    """19 days and the day of the end: 20 of 31 days of 31.00, and a call."""
    subscribe(sandbox)
    use(sandbox, "calls")
    delete(sandbox)
    assert status(sandbox) == {"active": 0, "pending": 0, "terminated": 1, "canceled": 0}
    (last,) = invoices(sandbox)
    assert (fee(last, "subscription")["amount_cents"], fee(last, "charge")["amount_cents"]) == (2000, 100)
    assert sandbox.call("GET", "/plans/pro", expect=404)["code"] == "plan_not_found"


def test_its_stored_options_count(sandbox, made):
    subscribe(sandbox)
    sandbox.put("/subscriptions/acme", {"subscription": {"on_termination_invoice": "skip"}})
    delete(sandbox)
    assert status(sandbox)["terminated"] == 1 and invoices(sandbox) == []


def test_what_has_not_begun_is_canceled(sandbox, made):
    subscribe(sandbox, subscription_at="2024-05-01T00:00:00Z")
    delete(sandbox)
    assert status(sandbox) == {"active": 0, "pending": 0, "terminated": 0, "canceled": 1}


def test_a_change_to_it_is_called_off(sandbox, made):
    plan(sandbox, "big", amount_cents=99900)
    subscribe(sandbox, plan_code="big")
    subscribe(sandbox, plan_code="pro")
    assert sandbox.get("/subscriptions/acme")["subscription"]["next_plan_code"] == "pro"
    delete(sandbox)
    assert status(sandbox) == {"active": 1, "pending": 0, "terminated": 0, "canceled": 1}
    assert sandbox.get("/subscriptions/acme")["subscription"]["next_plan_code"] is None


def test_plans_that_override_it_go_with_it(sandbox, made):
    subscribe(sandbox, plan_overrides={"amount_cents": 6200})
    subscribe(sandbox, "other")
    delete(sandbox)
    assert status(sandbox)["terminated"] == status(sandbox, "other")["terminated"] == 1
    assert fee(invoices(sandbox)[0], "subscription")["amount_cents"] == 4000
    assert db.session.query(Plan).where(Plan.deleted_at.is_(None) | Plan.pending_deletion).count() == 0


def test_drafts_become_final(sandbox, made):
    customer(sandbox, billing_configuration={"invoice_grace_period": 60})
    customer(sandbox, "other", billing_configuration={"invoice_grace_period": 60})
    plan(sandbox, "kept", amount_cents=100)
    subscribe(sandbox)
    subscribe(sandbox, "other", "kept")
    sandbox.at("2024-04-02T00:00:00Z")
    assert [row["status"] for row in invoices(sandbox)] == ["draft"]
    sandbox.delete("/plans/pro")
    sandbox.at("2024-04-02T00:00:00Z")
    assert [row["status"] for row in invoices(sandbox)] == ["finalized"] * 2
    assert [row["status"] for row in invoices(sandbox, "other")] == ["draft"]


def test_it_stays_readable_and_its_code_is_free(sandbox, made):
    subscribe(sandbox)
    delete(sandbox)
    old = sandbox.get("/subscriptions/acme", status="terminated")["subscription"]["plan"]
    assert (old["lago_id"], len(old["charges"])) == (made["lago_id"], 1)
    assert plan(sandbox)["lago_id"] != made["lago_id"]


def test_the_code_of_a_plan_on_its_way_out_is_not_free(sandbox, made):
    sandbox.delete("/plans/pro")
    body = {"name": "x", "code": "pro", "interval": "monthly", "amount_cents": 1, "amount_currency": "EUR"}
    refused = sandbox.refused("POST", "/plans", {"plan": {**body, "pay_in_advance": False}})
    assert refused == {"code": ["value_already_exist"]}


def test_what_it_gave_of_features_is_gone(sandbox, made):
    sandbox.post("/features", {"feature": {"code": "sso", "name": "SSO"}})
    sandbox.post("/plans/pro/entitlements", {"entitlements": {"sso": {}}})
    assert db.session.query(Entitlement).count() == 1
    delete(sandbox)
    assert db.session.query(Entitlement).count() == 0


def test_one_who_subscribes_meanwhile_is_ended_too(sandbox, made, monkeypatch):
    """Just before the plan would be deleted, someone gets a subscription on it, and one on a plan of its own."""
    subscribe(sandbox)
    delete_plan, late = ending._delete, iter(["late", "later"])

    def somewhat_later(plan_id):
        if (name := next(late, None)) is not None:
            subscribe(sandbox, name, **({"plan_overrides": {"name": "x"}} if name == "late" else {}))
        delete_plan(plan_id)

    monkeypatch.setattr(ending, "_delete", somewhat_later)
    delete(sandbox)
    assert [status(sandbox, name)["terminated"] for name in ("acme", "late", "later")] == [1, 1, 1]
    assert db.session.query(Plan).where(Plan.deleted_at.is_(None)).count() == 0


def test_it_goes_on_after_a_crash(sandbox, made, monkeypatch):
    for name in ("acme", "other"):
        subscribe(sandbox, name)
    sandbox.at(END)
    sandbox.delete("/plans/pro")
    end_each = ending.end_each

    class Crash(Exception):
        pass

    def only_the_first(ids):
        end_each(ids[:1])
        raise Crash

    monkeypatch.setattr(ending, "end_each", only_the_first)
    with pytest.raises(Crash), clock.at(datetime.fromisoformat(END)):
        end_plan(db.session.query(Plan).one().id)
    assert [status(sandbox, name)["active"] for name in ("acme", "other")] == [0, 1]
    monkeypatch.undo()
    sandbox.at(END)
    assert [status(sandbox, name)["terminated"] for name in ("acme", "other")] == [1, 1]
    assert [len(invoices(sandbox, name)) for name in ("acme", "other")] == [1, 1]


def test_it_is_deleted_once(sandbox, made):
    delete(sandbox)
    before = db.session.query(Plan).one().deleted_at
    sandbox.at("2024-03-25T00:00:00Z")
    with transaction():
        end_plan(db.session.query(Plan).one().id)
    assert db.session.query(Plan).one().deleted_at == before
    assert sandbox.call("DELETE", "/plans/pro", expect=404)["code"] == "plan_not_found"
