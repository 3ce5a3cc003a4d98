"""Units of fixed charges that several clients change at the same time."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest

from tests.builders.at_once import at_once
from tests.builders.catalog import an_add_on, fixed_charge
from tests.builders.organizations import account
from tests.builders.stories import invoices, plan, subscribe
from tests.builders.webhooks import work

OWN = "/subscriptions/acme/fixed_charges/seats"
OF_PLAN = "/plans/pro/fixed_charges/seats"


@pytest.fixture
def caller(committing):
    """Someone whose customer pays ten seats in advance."""
    caller = account(committing.test_client(), f"Caller {uuid.uuid4().hex[:8]}")
    plan(caller, fixed_charges=[fixed_charge(an_add_on(caller), pay_in_advance=True)])
    subscribe(caller)
    return caller


def paid(caller, name="acme"):
    """The units of all fees, the largest first."""
    rows = [row for invoice in invoices(caller, name) for row in invoice["fees"]]
    return sorted((Decimal(row["units"]) for row in rows), reverse=True)


def changes(*units):
    return [
        {"fixed_charge": {"units": one, "apply_units_immediately": True, "properties": {"amount": "10"}}}
        for one in units
    ]


def own_changes(*units):
    return [{"fixed_charge": {"units": one, "apply_units_immediately": True}} for one in units]


def test_own_units_are_paid_once_whatever_comes_first(committing, caller):
    answers = at_once(committing, caller.api_key, OWN, own_changes(12, 15, 11), "PUT")
    assert [status for status, _ in answers] == [200] * 3
    assert sum(paid(caller)) == 15 and len(paid(caller)) == 4


def test_the_same_own_units_are_billed_by_one_of_two(committing, caller):
    at_once(committing, caller.api_key, OWN, own_changes(12, 12), "PUT")
    assert paid(caller) == [10, 2]


def test_units_of_a_plan_are_paid_once_whatever_comes_first(committing, caller):
    answers = at_once(committing, caller.api_key, OF_PLAN, changes(12, 15, 11), "PUT")
    assert [status for status, _ in answers] == [200] * 3
    work()
    assert sum(paid(caller)) == 15


def test_the_same_units_of_a_plan_are_billed_by_one_of_two(committing, caller):
    at_once(committing, caller.api_key, OF_PLAN, changes(12, 12), "PUT")
    work()
    assert paid(caller) == [10, 2]


def test_who_subscribes_while_units_change_has_them(committing, caller):
    """Whoever is first: the start is billed with the new units, or the change bills what is missing."""
    for number in range(4):
        name, units = f"c{number}", 20 + number
        body = {"external_customer_id": name, "plan_code": "pro", "external_id": name}
        calls = [("PUT", OF_PLAN, changes(units)[0]), ("POST", "/subscriptions", {"subscription": body})]
        assert _all_at_once(committing, caller, calls) == [200, 200]
        work()
        assert sum(paid(caller, name)) == units


def test_a_code_is_given_once(committing, caller):
    body = {"fixed_charge": {**fixed_charge(caller.get("/add_ons/seats")["add_on"]), "code": "desks"}}
    answers = at_once(committing, caller.api_key, "/plans/pro/fixed_charges", [body] * 3)
    assert sorted(status for status, _ in answers) == [200, 422, 422]
    add_on = {"add_on": {"name": "Lines", "code": "lines", "amount_cents": 1, "amount_currency": "EUR"}}
    answers = at_once(committing, caller.api_key, "/add_ons", [add_on] * 3)
    assert sorted(status for status, _ in answers) == [200, 422, 422]


def _all_at_once(committing, caller, calls):
    """The statuses of different requests that are sent at the same time."""
    barrier = Barrier(len(calls))

    def send(call):
        method, path, body = call
        barrier.wait()
        headers = {"Authorization": f"Bearer {caller.api_key}"}
        return committing.test_client().open(f"/api/v1{path}", method=method, json=body, headers=headers).status_code

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(send, calls))
