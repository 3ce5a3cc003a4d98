"""Changes of a plan that reach the plans which override it (03 §1.3, the table of the cascade)."""

import pytest

from tests.builders.catalog import (
    a_filter,
    a_metric_with_filters,
    a_pricing_unit,
    an_add_on,
    fixed_charge,
    standard_charge,
)
from tests.builders.fixed_charges import all_billed
from tests.builders.stories import metric, plan, subscribe

OWN = "/subscriptions/acme"
NOW = "2024-03-10T00:00:00Z"


@pytest.fixture
def made(sandbox):
    """Acme on a plan of its own, made from one with a charge of 1.00 with two filters, a plain one, and 10 seats; that
    one."""
    sandbox.at("2024-03-01T00:00:00Z")
    counted = a_metric_with_filters(sandbox)
    made = plan(
        sandbox, amount_cents=3000,
        charges=[
            standard_charge(counted, "1", code="calls", filters=[
                a_filter("10", "US", region=["us"]), a_filter("20", "EU", region=["eu"]),
            ]),
            standard_charge(metric(sandbox, "mails"), "5", code="mails"),
        ],
        fixed_charges=[fixed_charge(an_add_on(sandbox), code="seats", pay_in_advance=True)],
    )
    subscribe(sandbox, plan_overrides={"name": "Acme's"})
    return made


def change(sandbox, cascade=True, **fields):
    """Changes the plan; what follows from that is done."""
    sandbox.at(NOW)
    sandbox.put("/plans/pro", {"plan": {**fields, "cascade_updates": cascade}})
    sandbox.at(NOW)


def put(sandbox, path, root, **fields):
    """Changes a part of the plan."""
    sandbox.at(NOW)
    sandbox.put(f"/plans/pro/{path}", {root: {**fields, "cascade_updates": True}})
    sandbox.at(NOW)


def override(sandbox, **overrides):
    sandbox.put(OWN, {"subscription": {"plan_overrides": overrides}})


def own(sandbox):
    return sandbox.get(OWN)["subscription"]["plan"]


def charge(sandbox, code="calls"):
    return sandbox.get(f"{OWN}/charges/{code}")["charge"]


def charges(sandbox):
    return sorted(row["code"] for row in sandbox.get(f"{OWN}/charges")["charges"])


def prices(sandbox):
    """The price of each region, in the order of the filters."""
    return {row["values"]["region"][0]: row["properties"]["amount"] for row in charge(sandbox)["filters"]}


def seats(sandbox, code="seats"):
    return sandbox.get(f"{OWN}/fixed_charges/{code}")["fixed_charge"]


def kept(made, number=0, **changes):
    """A charge of the plan as a client sends it back, with changes."""
    row = made["charges"][number]
    filters = [
        {name: one[name] for name in ("invoice_display_name", "properties", "values")} for one in row["filters"]
    ]
    return {
        "id": row["lago_id"], "billable_metric_id": row["lago_billable_metric_id"], "charge_model": "standard",
        "properties": row["properties"], "filters": filters, **changes,
    }


@pytest.mark.parametrize("cascade, amount", [(True, 5000), (False, 3000)])
def test_the_amount_follows_if_asked(sandbox, made, cascade, amount):
    change(sandbox, cascade, amount_cents=5000)
    assert own(sandbox)["amount_cents"] == amount


def test_an_amount_of_its_own_stays(sandbox, made):
    override(sandbox, amount_cents=100)
    change(sandbox, amount_cents=5000)
    assert own(sandbox)["amount_cents"] == 100


def test_the_amount_follows_also_where_nobody_is_subscribed_any_more(sandbox, made):
    sandbox.delete(OWN)
    change(sandbox, amount_cents=5000, charges=[kept(made)])
    ended = sandbox.get(OWN, status="terminated")["subscription"]["plan"]
    assert ended["amount_cents"] == 5000 and len(ended["charges"]) == 2


def test_names_description_taxes_and_commitment_do_not_follow(sandbox, made):
    change(
        sandbox, name="Other", description="Other", invoice_display_name="Other",
        minimum_commitment={"amount_cents": 5},
        charges=[kept(made, invoice_display_name="Other"), kept(made, 1)],
    )
    now = own(sandbox)
    assert (now["name"], now["description"], now["invoice_display_name"]) == ("Acme's", None, None)
    assert "minimum_commitment" not in now and charge(sandbox)["invoice_display_name"] is None


def test_an_added_charge_is_copied_once(sandbox, made):
    added = {**kept(made, 1), "id": None, "code": "more"}
    change(sandbox, charges=[kept(made), kept(made, 1), added])
    of_plan = next(row for row in sandbox.get("/plans/pro")["plan"]["charges"] if row["code"] == "more")
    assert charge(sandbox, "more")["lago_parent_id"] == of_plan["lago_id"]
    change(sandbox, amount_cents=1)
    assert charges(sandbox) == ["calls", "mails", "more"]


def test_an_added_charge_has_its_filters_and_a_free_code(sandbox, made):
    override(sandbox, charges=[
        {"id": charge(sandbox)["lago_id"], "properties": {"amount": "1"}},
        standard_charge({"lago_id": made["charges"][1]["lago_billable_metric_id"]}, "3", code="more"),
    ])
    sandbox.at(NOW)
    row = {**kept(made), "code": "more", "cascade_updates": True}
    sandbox.post("/plans/pro/charges", {"charge": row})
    sandbox.at(NOW)
    assert charges(sandbox) == ["calls", "more", "more_2"]
    assert len(charge(sandbox, "more_2")["filters"]) == 2


def test_a_removed_charge_is_removed(sandbox, made):
    change(sandbox, charges=[kept(made)])
    assert charges(sandbox) == ["calls"]


@pytest.mark.parametrize("body, left", [
    ({"charge": {"cascade_updates": True}}, ["calls"]), (None, ["calls", "mails"]),
])
def test_a_charge_deleted_by_itself_is_removed_if_asked(sandbox, made, body, left):
    sandbox.call("DELETE", "/plans/pro/charges/mails", body)
    sandbox.at(NOW)
    assert charges(sandbox) == left


def test_a_charge_that_was_taken_out_does_not_come_back(sandbox, made):
    override(sandbox, charges=[{"id": charge(sandbox)["lago_id"], "properties": {"amount": "1"}}])
    change(sandbox, charges=[kept(made), kept(made, 1, properties={"amount": "9"})])
    assert charges(sandbox) == ["calls"]


def test_prices_follow_where_they_were_the_same(sandbox, made):
    change(sandbox, charges=[kept(made, properties={"amount": "2"}), kept(made, 1, properties={"amount": "6"})])
    assert charge(sandbox)["properties"] == {"amount": "2"}
    assert charge(sandbox, "mails")["properties"] == {"amount": "6"}


def test_prices_of_its_own_stay_and_groups_follow(sandbox, made):
    own_charge = charge(sandbox)["lago_id"]
    mails = charge(sandbox, "mails")["lago_id"]
    override(sandbox, charges=[
        {"id": own_charge, "properties": {"amount": "7", "pricing_group_keys": ["old"]}},
        {"id": mails, "properties": {"amount": "5"}},
    ])
    put(sandbox, "charges/calls", "charge", properties={"amount": "2", "pricing_group_keys": ["team"]})
    changed = charge(sandbox)["properties"]
    assert changed == {"amount": "7", "pricing_group_keys": ["team"], "grouped_by": ["team"]}


def test_a_charge_changed_by_itself_leaves_the_others_alone(sandbox, made):
    change(sandbox, False, charges=[kept(made), kept(made, 1, properties={"amount": "6"})])
    put(sandbox, "charges/calls", "charge", properties={"amount": "2"})
    assert charge(sandbox)["properties"] == {"amount": "2"}
    assert charge(sandbox, "mails")["properties"] == {"amount": "5"}


def test_the_code_follows(sandbox, made):
    """Subscriptions on plans that override it do not attach a plan: its codes may still change."""
    put(sandbox, "charges/mails", "charge", code="letters", properties={"amount": "5"})
    assert charges(sandbox) == ["calls", "letters"]


def test_another_model_does_not_follow(sandbox, made):
    package = {"amount": "5", "package_size": 10, "free_units": 0}
    put(sandbox, "charges/mails", "charge", charge_model="package", properties=package, code="letters")
    assert (charge(sandbox, "mails")["charge_model"], charges(sandbox)) == ("standard", ["calls", "mails"])


@pytest.mark.parametrize("its_own, expected", [(None, "0.75"), ("0.6", "0.6")])
def test_the_worth_of_a_unit_follows_where_it_was_the_same(sandbox, its_own, expected):
    sandbox.at("2024-03-01T00:00:00Z")
    a_pricing_unit(sandbox)
    unit = {"code": "credits", "conversion_rate": "0.5"}
    plan(sandbox, charges=[standard_charge(metric(sandbox, "calls"), "1", applied_pricing_unit=unit)])
    subscribe(sandbox, plan_overrides={"name": "Acme's"})
    if its_own:
        override_of_unit = {"applied_pricing_unit": {"conversion_rate": its_own}}
        sandbox.put(f"{OWN}/charges/calls", {"charge": override_of_unit})
    put(sandbox, "charges/calls", "charge", applied_pricing_unit={"conversion_rate": "0.75"})
    assert charge(sandbox)["applied_pricing_unit"]["conversion_rate"] == expected


def test_filters_follow_but_for_prices_of_their_own(sandbox, made):
    """The copy has its own price for the EU and a filter for APAC; the plan changes both of its, drops none."""
    override(sandbox, charges=[
        {"id": charge(sandbox)["lago_id"], "properties": {"amount": "1"}, "filters": [
            a_filter("10", "US", region=["us"]), a_filter("21", "Ours", region=["eu"]), a_filter("3", region=["apac"]),
        ]},
        {"id": charge(sandbox, "mails")["lago_id"], "properties": {"amount": "5"}},
    ])
    change(sandbox, charges=[kept(made, 1), kept(made, filters=[
        a_filter("15", "America", region=["us"]),
        {**a_filter("25", "Europe", region=["eu"]), "properties": {"amount": "25", "pricing_group_keys": ["team"]}},
    ])])
    assert prices(sandbox) == {"apac": "3", "us": "15", "eu": "21"}
    apac, america, europe = charge(sandbox)["filters"]
    assert (america["invoice_display_name"], europe["invoice_display_name"]) == ("America", "Ours")
    assert europe["properties"]["pricing_group_keys"] == ["team"] and apac["properties"] == {"amount": "3"}


def test_new_and_removed_filters_follow(sandbox, made):
    override(sandbox, charges=[
        {"id": charge(sandbox)["lago_id"], "properties": {"amount": "1"}, "filters": [
            a_filter("10", "US", region=["us"]), a_filter("21", "Ours", region=["eu"]),
        ]},
    ])
    change(sandbox, charges=[kept(made, filters=[a_filter("10", "US", region=["us"]), a_filter("4", region=["apac"])])])
    assert prices(sandbox) == {"us": "10", "apac": "4"}


@pytest.mark.parametrize("method, where, row, expected", [
    ("POST", None, a_filter("4", region=["apac"]), {"us": "10", "eu": "20", "apac": "4"}),
    ("PUT", 0, {"properties": {"amount": "11"}}, {"eu": "20", "us": "11"}),
    ("DELETE", 1, {}, {"us": "10"}),
])
@pytest.mark.parametrize("cascade", [True, False])
def test_filters_changed_by_themselves_follow_if_asked(sandbox, made, method, where, row, expected, cascade):
    path = "/plans/pro/charges/calls/filters"
    if where is not None:
        path += f"/{made['charges'][0]['filters'][where]['lago_id']}"
    sandbox.at(NOW)
    sandbox.call(method, path, {"filter": {**row, "cascade_updates": cascade}})
    sandbox.at(NOW)
    assert prices(sandbox) == (expected if cascade else {"us": "10", "eu": "20"})


def test_units_and_prices_of_fixed_charges_follow_together(sandbox, made):
    put(sandbox, "fixed_charges/seats", "fixed_charge", units=12, properties={"amount": "9"}, code="chairs")
    changed = seats(sandbox, "chairs")
    assert (changed["units"], changed["properties"]) == ("12.0", {"amount": "9"})
    assert len(all_billed(sandbox)) == 1
    sandbox.at("2024-04-01T00:00:00Z")
    assert all_billed(sandbox)[1][1] == {"seats": ("12.0", 10800)}


def test_units_that_begin_at_once_are_billed_at_once(sandbox, made):
    terms = {"units": 12, "properties": {"amount": "9"}, "apply_units_immediately": True}
    put(sandbox, "fixed_charges/seats", "fixed_charge", **terms)
    assert all_billed(sandbox)[1:] == [("2024-03-10", {"seats": ("2.0", 1800)})]


@pytest.mark.parametrize("own_terms", [{"units": 11}, {"properties": {"amount": "8"}}], ids=["units", "price"])
def test_a_fixed_charge_with_terms_of_its_own_keeps_them_all(sandbox, made, own_terms):
    sandbox.put(f"{OWN}/fixed_charges/seats", {"fixed_charge": own_terms})
    before = seats(sandbox)
    put(sandbox, "fixed_charges/seats", "fixed_charge", units=12, properties={"amount": "9"})
    assert seats(sandbox) == before


def test_an_added_fixed_charge_is_copied_and_billed(sandbox, made):
    sandbox.at(NOW)
    row = fixed_charge(an_add_on(sandbox, "setup"), 2, code="setup", pay_in_advance=True, apply_units_immediately=True)
    sandbox.post("/plans/pro/fixed_charges", {"fixed_charge": {**row, "cascade_updates": True}})
    sandbox.at(NOW)
    assert seats(sandbox, "setup")["units"] == "2.0"
    assert all_billed(sandbox)[1:] == [("2024-03-10", {"setup": ("2.0", 2000)})]


def test_a_removed_fixed_charge_is_removed(sandbox, made):
    sandbox.at(NOW)
    sandbox.call("DELETE", "/plans/pro/fixed_charges/seats", {"fixed_charge": {"cascade_updates": True}})
    sandbox.at(NOW)
    assert sandbox.get(f"{OWN}/fixed_charges")["fixed_charges"] == []


def test_one_that_has_not_begun_follows_too(sandbox, made):
    subscribe(sandbox, external_id="later", subscription_at="2024-05-01T00:00:00Z", plan_overrides={"name": "Later"})
    change(sandbox, charges=[kept(made, properties={"amount": "2"}), kept(made, 1)])
    pending = sandbox.get("/subscriptions/later", status="pending")["subscription"]["plan"]
    assert pending["charges"][0]["properties"] == {"amount": "2"}


def test_plans_of_others_and_own_plans_change_nobody_else(sandbox, made):
    subscribe(sandbox, external_id="other", plan_overrides={"name": "Other's"})
    override(sandbox, amount_cents=1, cascade_updates=True)
    assert sandbox.get("/plans/pro")["plan"]["amount_cents"] == 3000
    assert sandbox.get("/subscriptions/other")["subscription"]["plan"]["amount_cents"] == 3000
