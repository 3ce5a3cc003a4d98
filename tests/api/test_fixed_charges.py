"""Fixed charges of plans over the API (02 §8.1, 03 §1.3-6)."""

from urllib.parse import quote

import pytest

from lago.core.ids import new_id
from tests.builders.catalog import a_plan, a_tax, an_add_on, fixed_charge, plan_body
from tests.builders.stories import subscribe

TIER = {"from_value": 0, "to_value": None, "per_unit_amount": "1", "flat_amount": "0"}
GRADUATED = {"charge_model": "graduated", "properties": {"graduated_ranges": [TIER]}}
VOLUME = {"charge_model": "volume", "properties": {"volume_ranges": [TIER]}}


@pytest.fixture
def seats(owner):
    return an_add_on(owner)


@pytest.fixture
def plan(owner, seats):
    """A plan with one fixed charge on seats."""
    return a_plan(owner, fixed_charges=[fixed_charge(seats)])


def replaced(owner, *rows, expect=200):
    """The fixed charges of the plan after an update with these."""
    answer = owner.put("/plans/basic", {"plan": {"fixed_charges": list(rows)}}, expect=expect)
    return answer["plan"]["fixed_charges"] if expect == 200 else answer


def test_a_fixed_charge_is_shown_with_all_that_there_is(owner, seats):
    a_tax(owner)
    terms = {"pay_in_advance": True, "prorated": True, "invoice_display_name": "Desks", "tax_codes": ["vat"]}
    row = fixed_charge(seats, "2.50", **terms)
    (made,) = a_plan(owner, fixed_charges=[row])["fixed_charges"]
    assert owner.get("/plans/basic/fixed_charges/seats")["fixed_charge"] == made
    assert made.pop("lago_id") and made.pop("created_at")
    assert [tax["code"] for tax in made.pop("taxes")] == ["vat"]
    assert made == {
        "lago_add_on_id": seats["lago_id"], "add_on_code": "seats", "code": "seats", "invoice_display_name": "Desks",
        "charge_model": "standard", "pay_in_advance": True, "prorated": True, "properties": {"amount": "10"},
        "units": "2.5", "lago_parent_id": None,
    }


def test_what_is_not_said_is_free_and_in_arrears(owner, seats):
    row = {"add_on_id": seats["lago_id"], "charge_model": "standard"}
    (made,) = a_plan(owner, fixed_charges=[row])["fixed_charges"]
    assert (made["units"], made["properties"]) == ("0.0", {"amount": "0"})
    assert (made["pay_in_advance"], made["prorated"]) == (False, False)


@pytest.mark.parametrize("changes, details", [
    ({"charge_model": None}, {"charge_model": ["value_is_invalid", "value_is_mandatory"]}),
    ({"charge_model": "package"}, {"charge_model": ["value_is_invalid"]}),
    ({"charge_model": ["standard"]}, {"charge_model": ["value_is_invalid"]}),
    ({"properties": {"amount": 1}}, {"properties": ["invalid_amount"]}),
    ({"charge_model": "graduated"}, {"properties": ["missing_graduated_ranges"]}),
    ({"units": -1}, {"units": ["value_is_out_of_range"]}),
    ({"units": "many"}, {"units": ["is not a number"]}),
    ({"units": 10**16}, {"units": ["value_is_out_of_range"]}),
    ({"units": 10**15, "properties": {"amount": "1"}}, {"units": ["value_is_out_of_range"]}),
    ({**VOLUME, "pay_in_advance": True}, {"pay_in_advance": ["invalid_charge_model"]}),
    ({**GRADUATED, "pay_in_advance": True, "prorated": True}, {"prorated": ["invalid_charge_model"]}),
    ({"pay_in_advance": "perhaps"}, {"pay_in_advance": ["value_is_invalid"]}),
    ({"code": "x" * 256}, {"code": ["value_is_too_long"]}),
])
def test_a_bad_fixed_charge_is_refused(owner, seats, changes, details):
    row = fixed_charge(seats, **changes)
    assert owner.refused("POST", "/plans", {"plan": plan_body(fixed_charges=[row])}) == details
    assert owner.get("/plans")["plans"] == []
    a_plan(owner)
    body = {"fixed_charge": {"code": "seats", **row}}
    assert owner.refused("POST", "/plans/basic/fixed_charges", body) == details


@pytest.mark.parametrize("changes", [
    {**GRADUATED, "pay_in_advance": True}, {**GRADUATED, "prorated": True}, {**VOLUME, "prorated": True},
    {"pay_in_advance": True, "prorated": True}, {"units": "0"}, {"units": 1.5}, {"apply_units_immediately": True},
    {"properties": {"amount": "1", "pricing_group_keys": ["a"], "colour": "red"}},
])
def test_what_goes_together_is_taken(owner, seats, changes):
    (made,) = a_plan(owner, fixed_charges=[fixed_charge(seats, **changes)])["fixed_charges"]
    assert made["properties"].keys() <= {"amount", "graduated_ranges", "volume_ranges"}


@pytest.mark.parametrize("add_on_id", [None, "x", "01a20381-e526-737d-80ee-95b2ea144e6d"])
def test_an_unknown_add_on_is_said_before_anything_else(owner, add_on_id):
    body = {"plan": {"fixed_charges": [{"add_on_id": add_on_id}]}}
    assert owner.post("/plans", body, expect=404)["code"] == "add_ons_not_found"
    a_plan(owner)
    assert owner.put("/plans/basic", body, expect=404)["code"] == "add_ons_not_found"


def test_an_unknown_tax_is_not_found(owner, seats, plan):
    row = fixed_charge(seats, tax_codes=["vat"])
    body = {"plan": plan_body("other", fixed_charges=[row])}
    assert owner.post("/plans", body, expect=404)["code"] == "tax_not_found"
    paths = [("POST", "/plans/basic/fixed_charges", {"code": "b"}), ("PUT", "/plans/basic/fixed_charges/seats", {})]
    for method, path, more in paths:
        assert owner.call(method, path, {"fixed_charge": {**row, **more}}, expect=404)["code"] == "tax_not_found"


def test_codes_are_made_of_the_add_ons(owner, seats):
    rows = [fixed_charge(seats), fixed_charge(seats, code=""), fixed_charge(seats, code="desks")]
    made = a_plan(owner, fixed_charges=rows)["fixed_charges"]
    assert [row["code"] for row in made] == ["seats", "seats_2", "desks"]
    twice = plan_body("other", fixed_charges=[fixed_charge(seats, code="a")] * 2)
    assert owner.refused("POST", "/plans", {"plan": twice}) == {"code": ["value_already_exist"]}


def test_fixed_charges_are_replaced_by_their_ids(owner, seats, plan):
    (first,) = plan["fixed_charges"]
    kept = {"id": first["lago_id"], "units": 4, "charge_model": "standard"}
    changed, added = replaced(owner, kept, fixed_charge(seats, 1))
    assert (changed["lago_id"], changed["units"], changed["code"]) == (first["lago_id"], "4.0", "seats")
    assert changed["properties"] == {"amount": "0"}  # what is not said is reset
    assert (added["code"], added["units"]) == ("seats_2", "1.0")
    (left,) = replaced(owner, {"id": added["lago_id"], "units": 1, "properties": {"amount": "3"}})
    assert (left["code"], left["properties"]) == ("seats_2", {"amount": "3"})
    assert replaced(owner) == []
    (again,) = replaced(owner, fixed_charge(seats))
    assert again["code"] == "seats"


def test_without_the_key_fixed_charges_stay(owner, plan):
    changed = owner.put("/plans/basic", {"plan": {"name": "New", "cascade_updates": True}})["plan"]
    assert changed["fixed_charges"] == plan["fixed_charges"]


def test_units_are_always_sent(owner, plan):
    row = {"id": plan["fixed_charges"][0]["lago_id"], "properties": {"amount": "1"}}
    assert owner.refused("PUT", "/plans/basic", {"plan": {"fixed_charges": [row]}}) == {"units": ["value_is_mandatory"]}
    path = "/plans/basic/fixed_charges/seats"
    assert owner.refused("PUT", path, {"fixed_charge": row}) == {"units": ["value_is_mandatory"]}
    assert owner.get("/plans/basic")["plan"]["fixed_charges"] == plan["fixed_charges"]


EVERYTHING = {
    "units": 7, "code": "other", "charge_model": "graduated", "properties": {"graduated_ranges": [TIER]},
    "pay_in_advance": True, "prorated": True, "invoice_display_name": "New",
}


def told(row):
    return row["units"], row["code"], row["charge_model"], row["invoice_display_name"]


@pytest.mark.parametrize("alone", [True, False])
def test_before_the_first_subscription_model_and_code_may_change(owner, seats, plan, alone):
    row = changed(owner, plan, EVERYTHING, alone)
    assert told(row) == ("7.0", "other", "graduated", "New")
    assert (row["pay_in_advance"], row["prorated"]) == (False, False)


@pytest.mark.parametrize("alone", [True, False])
def test_afterwards_they_stay(owner, plan, alone):
    subscribe(owner, plan_code="basic")
    sent = {**EVERYTHING, "properties": {"amount": "3"}}
    row = changed(owner, plan, sent, alone)
    assert told(row) == ("7.0", "seats", "standard", "New")
    assert row["properties"] == {"amount": "3"}


def changed(owner, plan, values, alone):
    """The one fixed charge of the plan, changed by its own endpoint or with its plan."""
    (present,) = plan["fixed_charges"]
    if alone:
        return owner.put(f"/plans/basic/fixed_charges/{present['code']}", {"fixed_charge": values})["fixed_charge"]
    (row,) = replaced(owner, {"id": present["lago_id"], **values})
    return row


def test_taxes_are_replaced_if_they_are_sent(owner, seats):
    for code in ("vat", "gst"):
        a_tax(owner, code)
    a_plan(owner, fixed_charges=[fixed_charge(seats, tax_codes=["vat"])])
    for sent, expected in (({}, ["vat"]), ({"tax_codes": ["gst", "gst"]}, ["gst"]), ({"tax_codes": []}, [])):
        body = {"fixed_charge": {"units": 1, **sent}}
        row = owner.call("PATCH", "/plans/basic/fixed_charges/seats", body)["fixed_charge"]
        assert [tax["code"] for tax in row["taxes"]] == expected


def test_one_is_added_by_itself(owner, seats, plan):
    body = {"fixed_charge": {**fixed_charge(seats, 3), "code": "desks", "cascade_updates": True}}
    made = owner.post("/plans/basic/fixed_charges", body)["fixed_charge"]
    assert (made["code"], made["units"], made["add_on_code"]) == ("desks", "3.0", "seats")
    assert [row["code"] for row in owner.get("/plans/basic")["plan"]["fixed_charges"]] == ["seats", "desks"]
    assert [row["code"] for row in owner.get("/plans/basic/fixed_charges")["fixed_charges"]] == ["desks", "seats"]


def test_one_may_be_added_by_the_code_of_its_add_on(owner, seats, plan):
    row = {"add_on_code": "seats", "charge_model": "standard", "code": "desks"}
    made = owner.post("/plans/basic/fixed_charges", {"fixed_charge": row})["fixed_charge"]
    assert made["lago_add_on_id"] == seats["lago_id"]
    for unknown in ({"add_on_code": "x"}, {"add_on_id": str(new_id()), "add_on_code": None}, {"add_on_code": None}):
        body = {"fixed_charge": {**row, **unknown}}
        assert owner.post("/plans/basic/fixed_charges", body, expect=404)["code"] == "add_on_not_found"


@pytest.mark.parametrize("code, codes", [
    (None, ["value_is_mandatory"]), (" ", ["value_is_mandatory"]), ("seats", ["value_already_exist"])
])
def test_one_that_is_added_needs_a_code_of_its_own(owner, seats, plan, code, codes):
    body = {"fixed_charge": {**fixed_charge(seats), "code": code}}
    assert owner.refused("POST", "/plans/basic/fixed_charges", body) == {"code": codes}


def test_a_code_that_is_taken_is_refused_in_a_change(owner, seats, plan):
    owner.post("/plans/basic/fixed_charges", {"fixed_charge": {**fixed_charge(seats), "code": "desks"}})
    body = {"fixed_charge": {"units": 1, "code": "seats"}}
    assert owner.refused("PUT", "/plans/basic/fixed_charges/desks", body) == {"code": ["value_already_exist"]}


def test_one_is_deleted(owner, plan):
    gone = owner.delete("/plans/basic/fixed_charges/seats", body={"fixed_charge": {"cascade_updates": True}})
    assert gone["fixed_charge"] == plan["fixed_charges"][0]
    assert owner.get("/plans/basic")["plan"]["fixed_charges"] == []
    for method in ("GET", "PUT", "DELETE"):
        answer = owner.call(method, "/plans/basic/fixed_charges/seats", {"fixed_charge": {"units": 1}}, expect=404)
        assert answer["code"] == "fixed_charge_not_found"


@pytest.mark.parametrize("method, path", [
    ("GET", ""), ("POST", ""), ("GET", "/seats"), ("PUT", "/seats"), ("DELETE", "/seats")
])
def test_an_unknown_plan_is_not_found(owner, method, path):
    body = {"fixed_charge": {"units": 1}}
    assert owner.call(method, f"/plans/x/fixed_charges{path}", body, expect=404)["code"] == "plan_not_found"


@pytest.mark.parametrize("plan_code, code", [("a/b", "c/d"), ("a/fixed_charges", "x"), ("p", "c/fixed_charges/q")])
def test_codes_may_be_any_text(owner, seats, plan_code, code):
    plan = a_plan(owner, plan_code, fixed_charges=[fixed_charge(seats, code=code)])
    path = f"/plans/{quote(plan_code, safe='')}"
    assert owner.get(path)["plan"]["code"] == plan_code
    assert owner.get(f"{path}/fixed_charges")["fixed_charges"] == plan["fixed_charges"]
    assert owner.get(f"{path}/fixed_charges/{quote(code, safe='')}")["fixed_charge"] == plan["fixed_charges"][0]


def test_a_deleted_add_on_leaves_fixed_charges_as_they_are(owner, seats, plan):
    owner.delete("/add_ons/seats")
    (kept,) = owner.get("/plans/basic")["plan"]["fixed_charges"]
    assert kept == plan["fixed_charges"][0]
    (changed_row,) = replaced(owner, {"id": kept["lago_id"], **fixed_charge(seats, 5)})
    assert (changed_row["lago_id"], changed_row["units"]) == (kept["lago_id"], "5.0")
    assert replaced(owner, fixed_charge(seats), expect=404)["code"] == "add_ons_not_found"


@pytest.mark.parametrize("method, path", [("GET", "/plans/basic"), ("GET", "/plans/basic/fixed_charges")])
def test_a_plan_costs_the_same_with_2_and_20_fixed_charges(owner, seats, count_queries, method, path):
    a_tax(owner)
    counts = []
    for number in (2, 20):
        rows = [fixed_charge(seats, tax_codes=["vat"]) for _ in range(number)]
        a_plan(owner, fixed_charges=rows) if number == 2 else replaced(owner, *rows)
        with count_queries() as statements:
            owner.call(method, path)
        counts.append(len(statements))
    assert counts[0] == counts[1]
