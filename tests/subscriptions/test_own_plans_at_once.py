"""Plans of single subscriptions that several clients ask for, or change, at the same time."""

import uuid

import pytest

from lago.catalog.models import Plan
from lago.core.db import db
from tests.builders.at_once import all_at_once, at_once
from tests.builders.catalog import an_add_on, fixed_charge
from tests.builders.organizations import account
from tests.builders.stories import invoices, metric, plan, standard, subscribe
from tests.builders.webhooks import work

OWN = "/subscriptions/acme"


@pytest.fixture
def caller(committing):
    """Someone whose customer has a charge of 1.00 and pays ten seats in advance."""
    caller = account(committing.test_client(), f"Caller {uuid.uuid4().hex[:8]}")
    plan(
        caller, charges=[{**standard(metric(caller, "calls"), "1"), "code": "calls"}],
        fixed_charges=[fixed_charge(an_add_on(caller), pay_in_advance=True)],
    )
    subscribe(caller)
    return caller


def children(caller):
    db.session.rollback()
    query = db.session.query(Plan).where(Plan.organization_id == caller.organization.id)
    return query.where(Plan.parent_id.is_not(None)).count()


def test_there_is_one_plan_of_its_own(committing, caller):
    calls = [
        ("PUT", f"{OWN}/charges/calls", {"charge": {"properties": {"amount": "2"}}}),
        ("PUT", OWN, {"subscription": {"plan_overrides": {"amount_cents": 7}}}),
        ("PUT", f"{OWN}/fixed_charges/seats", {"fixed_charge": {"properties": {"amount": "3"}}}),
        ("PUT", f"{OWN}/charges/calls", {"charge": {"min_amount_cents": 5}}),
    ]
    assert [status for status, _ in all_at_once(committing, caller.api_key, calls)] == [200] * 4
    own = caller.get(OWN)["subscription"]["plan"]
    assert children(caller) == 1 and own["amount_cents"] == 7
    assert (own["charges"][0]["properties"], own["charges"][0]["min_amount_cents"]) == ({"amount": "2"}, 5)
    seats = caller.get(f"{OWN}/fixed_charges/seats")["fixed_charge"]
    assert seats["properties"] == {"amount": "3"}


def test_units_of_the_plan_and_of_its_own_are_paid_once(committing, caller):
    """Whether its own plan comes before the change of the plan of all, or after it."""
    row = {"units": 15, "apply_units_immediately": True, "properties": {"amount": "10"}}
    calls = [
        ("PUT", "/plans/pro/fixed_charges/seats", {"fixed_charge": row}),
        ("PUT", f"{OWN}/fixed_charges/seats", {"fixed_charge": row}),
    ]
    assert [status for status, _ in all_at_once(committing, caller.api_key, calls)] == [200] * 2
    work()
    paid = [float(fee["units"]) for one in invoices(caller) for fee in one["fees"]]
    assert sum(paid) == 15 and caller.get(f"{OWN}/fixed_charges/seats")["fixed_charge"]["units"] == "15.0"


def test_a_deleted_plan_has_no_subscription_left(committing, caller):
    bodies = [
        {"subscription": {"external_customer_id": name, "external_id": name, "plan_code": "pro", **overrides}}
        for name, overrides in (("a", {}), ("b", {"plan_overrides": {"name": "x"}}), ("c", {}))
    ]
    calls = [("DELETE", "/plans/pro", None), *(("POST", "/subscriptions", body) for body in bodies)]
    statuses = [status for status, _ in all_at_once(committing, caller.api_key, calls)]
    assert statuses[0] == 200 and set(statuses) <= {200, 404}
    work()
    assert caller.get("/subscriptions")["subscriptions"] == []
    db.session.rollback()
    live = db.session.query(Plan).where(Plan.organization_id == caller.organization.id, Plan.deleted_at.is_(None))
    assert live.count() == 0


def test_changes_that_reach_own_plans_meet_changes_of_these(committing, caller):
    caller.put(f"{OWN}/charges/calls", {"charge": {"invoice_display_name": "Ours"}})
    bodies = [{"charge": {"properties": {"amount": f"{number}"}, "cascade_updates": True}} for number in (2, 3, 4)]
    answers = at_once(committing, caller.api_key, "/plans/pro/charges/calls", bodies, "PUT")
    assert [status for status, _ in answers] == [200] * 3
    work()
    of_plan = caller.get("/plans/pro/charges/calls")["charge"]["properties"]
    assert caller.get(f"{OWN}/charges/calls")["charge"]["properties"] == of_plan
