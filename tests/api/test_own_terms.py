"""`plan_overrides` on a subscription with a plan of its own, and the endpoints of its charges."""

import pytest

from tests.builders.catalog import a_filter, a_metric_with_filters, a_tax, an_add_on, fixed_charge, standard_charge
from tests.builders.stories import metric, plan, subscribe

OWN = "/subscriptions/acme"


@pytest.fixture
def made(owner):
    """Acme on a plan with two charges, one of them with filters, and two fixed charges; the plan."""
    charges = [
        standard_charge(
            a_metric_with_filters(owner), "1", code="calls", filters=[a_filter("2", region=["eu"])],
        ),
        standard_charge(metric(owner, "mails"), "5", code="mails", invoice_display_name="Mails"),
    ]
    fixed = [fixed_charge(an_add_on(owner, code), code=code) for code in ("seats", "setup")]
    made = plan(owner, charges=charges, fixed_charges=fixed)
    subscribe(owner)
    return made


def override(owner, **overrides):
    return owner.put(OWN, {"subscription": {"plan_overrides": overrides}})["subscription"]["plan"]


def fixed(owner):
    """The units and prices of the fixed charges of the subscription, by code."""
    rows = owner.get(f"{OWN}/fixed_charges")["fixed_charges"]
    return {row["code"]: (row["units"], row["properties"]["amount"]) for row in rows}


def charges(owner):
    return {row["code"]: row for row in owner.get(f"{OWN}/charges")["charges"]}


def own_plan(owner):
    return owner.get(OWN)["subscription"]["plan"]


def test_the_first_override_makes_a_plan_and_the_next_ones_change_it(owner, made):
    first = override(owner, name="Acme's")
    assert first["parent_id"] == made["lago_id"]
    second = override(owner, amount_cents=5, tax_codes=[a_tax(owner)["code"]], description="Ours")
    assert (second["lago_id"], second["name"], second["amount_cents"]) == (first["lago_id"], "Acme's", 5)
    assert [tax["code"] for tax in second["taxes"]] == ["vat"] and second["description"] == "Ours"
    assert owner.get("/plans/pro")["plan"]["amount_cents"] == 4900


def test_currency_and_trial_stay_as_the_own_plan_was_made(owner, made):
    override(owner, name="Acme's")
    changed = override(owner, amount_currency="USD", interval="yearly", code="acme")
    assert (changed["amount_currency"], changed["interval"], changed["code"]) == ("EUR", "monthly", "pro")


def test_charges_of_the_own_plan_are_replaced_by_their_own_ids(owner, made):
    override(owner, name="Acme's")
    calls = charges(owner)["calls"]
    kept = {"id": calls["lago_id"], "properties": {"amount": "9"}}
    override(owner, charges=[kept])
    assert list(charges(owner)) == ["calls"]
    assert charges(owner)["calls"]["lago_id"] == calls["lago_id"]
    assert charges(owner)["calls"]["properties"] == {"amount": "9"}
    assert len(owner.get("/plans/pro")["plan"]["charges"]) == 2


def test_fixed_charges_of_the_own_plan_are_overlaid(owner, made):
    override(owner, name="Acme's")
    seats = owner.get(f"{OWN}/fixed_charges/seats")["fixed_charge"]["lago_id"]
    override(owner, fixed_charges=[{"id": seats, "units": 3}])
    assert fixed(owner) == {"seats": ("3.0", "10"), "setup": ("10.0", "10")}
    override(owner, fixed_charges=[{"id": seats, "properties": {"amount": "4"}}])
    assert fixed(owner) == {"seats": ("3.0", "4"), "setup": ("10.0", "10")}


@pytest.mark.parametrize("given", ["parent", "none"])
def test_a_fixed_charge_that_the_own_plan_has_not_is_not_found(owner, made, given):
    override(owner, name="Acme's")
    row = {"id": made["fixed_charges"][0]["lago_id"], "units": 3} if given == "parent" else {"units": 3}
    body = {"subscription": {"plan_overrides": {"fixed_charges": [row]}}}
    assert owner.put(OWN, body, expect=404)["code"] == "fixed_charge_not_found"


def test_what_is_refused_changes_nothing(owner, made):
    body = {"subscription": {"name": "New", "plan_overrides": {"amount_cents": 1, "charges": [
        {"id": made["charges"][0]["lago_id"], "properties": {"amount": "x"}},
    ]}}}
    assert owner.put(OWN, body, expect=422)["error_details"] == {"properties": ["invalid_amount"]}
    now = owner.get(OWN)["subscription"]
    assert (now["name"], now["plan"]["parent_id"], now["plan"]["amount_cents"]) == ("", None, 4900)


@pytest.mark.parametrize("nothing", [None, {}, [], "x"])
def test_no_overrides_make_no_plan(owner, made, nothing):
    owner.put(OWN, {"subscription": {"name": "New", "plan_overrides": nothing}})
    assert own_plan(owner)["parent_id"] is None


def test_a_charge_is_changed_for_the_subscription_alone(owner, made):
    body = {"charge": {"invoice_display_name": "Ours", "properties": {"amount": "7"}, "min_amount_cents": 50}}
    changed = owner.put(f"{OWN}/charges/calls", body)["charge"]
    assert (changed["properties"], changed["min_amount_cents"]) == ({"amount": "7"}, 50)
    assert changed["lago_parent_id"] == made["charges"][0]["lago_id"]
    assert len(changed["filters"]) == 1 and charges(owner)["calls"] == changed
    assert charges(owner)["mails"]["lago_parent_id"] == made["charges"][1]["lago_id"]
    assert owner.get("/plans/pro/charges/calls")["charge"]["properties"] == {"amount": "1"}


def test_another_change_of_the_charge_keeps_what_it_does_not_name(owner, made):
    first = owner.put(f"{OWN}/charges/mails", {"charge": {"properties": {"amount": "7"}}})["charge"]
    second = owner.put(f"{OWN}/charges/mails", {"charge": {"min_amount_cents": 9}})["charge"]
    assert second == {**first, "min_amount_cents": 9} and second["invoice_display_name"] == "Mails"
    filters = [a_filter("4", tier=["pro"])]
    third = owner.put(f"{OWN}/charges/calls", {"charge": {"filters": filters, "tax_codes": [a_tax(owner)["code"]]}})
    assert [row["values"] for row in third["charge"]["filters"]] == [{"tier": ["pro"]}]
    assert [tax["code"] for tax in third["charge"]["taxes"]] == ["vat"]


@pytest.mark.parametrize("first", [False, True], ids=["first", "later"])
def test_a_charge_keeps_its_model(owner, made, first):
    if first:
        override(owner, name="Acme's")
    body = {"charge": {"charge_model": "volume"}}
    assert owner.put(f"{OWN}/charges/calls", body, expect=403)["code"] == "cannot_override_charge_model"


def test_filters_of_a_charge_are_the_subscriptions_own(owner, made):
    path = f"{OWN}/charges/calls/filters"
    added = owner.post(path, {"filter": a_filter("3", "America", region=["us"])})["filter"]
    assert (added["charge_code"], added["values"]) == ("calls", {"region": ["us"]})
    changed = owner.put(f"{path}/{added['lago_id']}", {"filter": {"properties": {"amount": "6"}}})["filter"]
    assert changed == {**added, "properties": {"amount": "6"}}
    assert owner.delete(f"{path}/{added['lago_id']}")["filter"] == changed
    assert [row["values"] for row in owner.get(path)["filters"]] == [{"region": ["eu"]}]
    assert owner.get("/plans/pro/charges/calls/filters")["filters"][0]["properties"] == {"amount": "2"}


@pytest.mark.parametrize("method, left", [("PUT", ["6"]), ("DELETE", [])])
def test_a_filter_of_the_plan_becomes_the_subscriptions_own_when_it_is_changed(owner, made, method, left):
    path, of_plan = f"{OWN}/charges/calls/filters", made["charges"][0]["filters"][0]["lago_id"]
    body = {"filter": {"properties": {"amount": "6"}}} if method == "PUT" else None
    answer = owner.call(method, f"{path}/{of_plan}", body)["filter"]
    assert answer["lago_id"] != of_plan
    assert [row["properties"]["amount"] for row in owner.get(path)["filters"]] == left
    assert owner.get("/plans/pro/charges/calls/filters")["filters"][0]["properties"] == {"amount": "2"}
    owner.call("GET", f"{path}/{of_plan}", expect=404)


def test_units_alone_of_a_fixed_charge_make_no_plan(owner, made):
    owner.put(f"{OWN}/fixed_charges/seats", {"fixed_charge": {"units": "3", "apply_units_immediately": True}})
    assert fixed(owner)["seats"] == ("3.0", "10") and own_plan(owner)["parent_id"] is None


def test_anything_else_of_a_fixed_charge_makes_one(owner, made):
    owner.put(f"{OWN}/fixed_charges/seats", {"fixed_charge": {"units": "3"}})
    body = {"fixed_charge": {"properties": {"amount": "2"}, "invoice_display_name": "Ours"}}
    changed = owner.put(f"{OWN}/fixed_charges/seats", body)["fixed_charge"]
    assert (changed["units"], changed["properties"]) == ("3.0", {"amount": "2"})
    assert changed["invoice_display_name"] == "Ours"
    assert changed["lago_parent_id"] == made["fixed_charges"][0]["lago_id"]
    again = owner.put(f"{OWN}/fixed_charges/seats", {"fixed_charge": {"units": "8"}})["fixed_charge"]
    assert again == {**changed, "units": "8.0"}
    assert fixed(owner) == {"seats": ("8.0", "2"), "setup": ("10.0", "10")}


@pytest.mark.parametrize("method, path, body, code", [
    ("PUT", "/charges/none", {"charge": {"min_amount_cents": 1}}, "charge_not_found"),
    ("POST", "/charges/none/filters", {"filter": a_filter(region=["us"])}, "charge_not_found"),
    ("PUT", "/charges/calls/filters/none", {"filter": {"invoice_display_name": "x"}}, "charge_filter_not_found"),
    ("DELETE", "/charges/mails/filters/none", None, "charge_filter_not_found"),
    ("PUT", "/fixed_charges/none", {"fixed_charge": {"units": 1}}, "fixed_charge_not_found"),
])
def test_what_there_is_not_is_not_found_and_makes_no_plan(owner, made, method, path, body, code):
    assert owner.call(method, f"{OWN}{path}", body, expect=404)["code"] == code
    assert own_plan(owner)["parent_id"] is None


def test_a_filter_that_is_wrong_makes_no_plan(owner, made):
    body = {"filter": a_filter(region=["moon"])}
    assert owner.refused("POST", f"{OWN}/charges/calls/filters", body) == {"values": ["value_is_invalid"]}
    assert own_plan(owner)["parent_id"] is None


def test_one_that_has_not_begun_can_have_prices_of_its_own(owner, made):
    subscribe(owner, external_id="later", subscription_at="2999-01-01T00:00:00Z")
    path, body = "/subscriptions/later/charges/mails", {"charge": {"properties": {"amount": "1"}}}
    assert owner.put(path, body, expect=404)["code"] == "subscription_not_found"
    changed = owner.put(path, body, subscription_status="pending")["charge"]
    assert changed["lago_parent_id"] == made["charges"][1]["lago_id"]
    assert own_plan(owner)["parent_id"] is None


@pytest.mark.parametrize("path, body", [
    ("charges/mails", {"charge": {"invoice_display_name": "Ours"}}),
    ("fixed_charges/seats", {"fixed_charge": {"units": 7}}),
], ids=["charge", "fixed charge"])
def test_which_one_is_meant_may_be_said_in_the_body(owner, made, path, body):
    subscribe(owner, external_id="later", subscription_at="2999-01-01T00:00:00Z")
    changed = owner.put(f"/subscriptions/later/{path}", {**body, "status": "pending"})
    assert changed == owner.get(f"/subscriptions/later/{path}", status="pending")
    (root, given), = body.items()
    assert all(str(changed[root][name]).startswith(str(value)) for name, value in given.items())


@pytest.mark.parametrize("path, body", [
    ("charges/mails", {"charge": {"invoice_display_name": "Ours"}}),
    ("fixed_charges/seats", {"fixed_charge": {"units": 7}}),
    ("charges/calls/filters", {"filter": a_filter(region=["us"])}),
], ids=["charge", "fixed charge", "filter"])
def test_one_that_has_ended_keeps_its_terms(owner, made, path, body):
    owner.delete(OWN)
    method = "POST" if "filter" in body else "PUT"
    refused = owner.call(method, f"{OWN}/{path}", body, expect=405, status="terminated")
    assert refused["code"] == "plan_overrides_not_editable"


@pytest.mark.parametrize("overrides", [
    {"charges": "x"}, {"charges": ["x"]}, {"charges": [{"id": ["x"], "properties": 7}]},
    {"fixed_charges": [{"id": {}, "properties": {}}]}, {"tax_codes": "x"}, {"minimum_commitment": "x"},
    {"usage_thresholds": "x"}, {"metadata": [1]}, {"cascade_updates": [True]}, {"name": ["x"]},
], ids=str)
def test_what_has_no_shape_overrides_nothing(owner, made, overrides):
    own = override(owner, **overrides)
    assert (own["name"], own["taxes"], len(own["charges"]), own["amount_cents"]) == ("pro", [], 2, 4900)
    assert fixed(owner) == {"seats": ("10.0", "10"), "setup": ("10.0", "10")}
