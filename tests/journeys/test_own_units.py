"""Units of fixed charges that one subscription has of its own (02 §8.1, 03 §1.5)."""

import pytest

from tests.builders.fixed_charges import AHEAD, all_billed, begin, billed, change, on, own
from tests.builders.stories import invoices, subscribe


def test_own_units_are_billed_and_shown_for_the_subscription_alone(sandbox):
    begin(sandbox, "2024-06-01T00:00:00Z", on(**AHEAD), on("desks"))
    subscribe(sandbox, "other")
    assert own(sandbox, "2024-06-06T10:00:00Z", "15", apply_units_immediately=True)["units"] == "15.0"
    assert own(sandbox, "2024-06-06T10:00:00Z", 12, "desks")["units"] == "12.0"
    assert sandbox.get("/plans/pro/fixed_charges/seats")["fixed_charge"]["units"] == "10.0"
    assert sandbox.get("/subscriptions/other/fixed_charges/seats")["fixed_charge"]["units"] == "10.0"
    listed = sandbox.get("/subscriptions/acme/fixed_charges")["fixed_charges"]
    assert [(row["code"], row["units"]) for row in listed] == [("desks", "12.0"), ("seats", "15.0")]
    sandbox.at("2024-08-01T00:00:00Z")
    assert all_billed(sandbox) == [
        ("2024-06-01", {"seats": ("10.0", 10_000)}), ("2024-06-06", {"seats": ("5.0", 5000)}),
        ("2024-07-01", {"seats": ("15.0", 15_000), "desks": ("10.0", 10_000)}),
        ("2024-08-01", {"seats": ("15.0", 15_000), "desks": ("12.0", 12_000)}),
    ]
    assert all_billed(sandbox, "other")[1][1] == {"seats": ("10.0", 10_000), "desks": ("10.0", 10_000)}


def test_the_plan_does_not_change_own_units(sandbox):
    begin(sandbox, "2024-06-01T00:00:00Z", on(**AHEAD))
    own(sandbox, "2024-06-02T00:00:00Z", 10)
    change(sandbox, "2024-06-06T10:00:00Z", 30)
    sandbox.at("2024-07-01T00:00:00Z")
    assert [billed(row)["seats"] for row in invoices(sandbox)] == [("10.0", 10_000)] * 2


def test_own_units_of_one_that_is_yet_to_start_are_those_it_begins_with(sandbox):
    later = {"subscription_at": "2024-06-16T00:00:00Z"}
    begin(sandbox, "2024-06-01T00:00:00Z", on(**AHEAD), subscription=later, pay_in_advance=True)
    body = {"fixed_charge": {"units": 3, "apply_units_immediately": True}}
    path = "/subscriptions/acme/fixed_charges/seats"
    assert sandbox.put(path, body, subscription_status="pending")["fixed_charge"]["units"] == "3.0"
    assert sandbox.get(path, status="pending")["fixed_charge"]["units"] == "3.0"
    sandbox.at("2024-06-16T00:00:00Z")
    assert all_billed(sandbox) == [("2024-06-16", {"seats": ("3.0", 3000)})]


@pytest.mark.parametrize("body, details", [
    ({"units": -1}, {"units": ["value_is_out_of_range"]}),
    ({"apply_units_immediately": True}, {"units": ["value_is_mandatory"]}),
    ({"units": None}, {"units": ["value_is_mandatory"]}),
    ({"units": 10**15}, {"units": ["value_is_out_of_range"]}),
    ({"units": -1, "properties": {"amount": "1"}}, {"units": ["value_is_out_of_range"]}),
    ({"units": 1, "properties": {"amount": "x"}}, {"properties": ["invalid_amount"]}),
])
def test_bad_units_and_bad_prices_are_refused(sandbox, body, details):
    begin(sandbox, "2024-06-01T00:00:00Z", on(**AHEAD))
    assert sandbox.refused("PUT", "/subscriptions/acme/fixed_charges/seats", {"fixed_charge": body}) == details
    assert len(invoices(sandbox)) == 1


def test_what_is_not_there_is_not_found(sandbox):
    begin(sandbox, "2024-06-01T00:00:00Z", on())
    body = {"fixed_charge": {"units": 1}}
    for method in ("GET", "PUT"):
        for path, code in (("acme/fixed_charges/x", "fixed_charge"), ("x/fixed_charges/seats", "subscription")):
            assert sandbox.call(method, f"/subscriptions/{path}", body, expect=404)["code"] == f"{code}_not_found"
    sandbox.delete("/subscriptions/acme")
    path = "/subscriptions/acme/fixed_charges/seats"
    assert sandbox.put(path, body, status="terminated", expect=405)["code"] == "plan_overrides_not_editable"
    assert sandbox.get(path, status="terminated")["fixed_charge"]["units"] == "10.0"
