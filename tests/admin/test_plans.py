"""The pages of plans (03 §1, 02 §2): found, looked at, built, changed, duplicated, deleted."""

import html
import re

import pytest

from lago.catalog.models import Plan
from lago.core.db import db, transaction
from tests.admin.plan_forms import fields_of, filled
from tests.admin.visitor import a_visitor
from tests.builders.catalog import (
    a_metric,
    a_metric_with_filters,
    a_plan,
    a_pricing_unit,
    a_sum_metric,
    a_tax,
    an_add_on,
    fixed_charge,
    standard_charge,
)
from tests.builders.customers import a_customer

PATH = "/plans"
GROWTH = {
    "name": "Growth", "code": "growth", "interval": "monthly", "amount_cents": "99.50", "amount_currency": "EUR",
    "pay_in_advance": "yes",
}
"""What one types into the form of a plan."""

TIERS = {
    "from_value": ["0", "101", "501"], "to_value": ["100", "500", ""], "per_unit_amount": ["0.20", "0.15", "0.10"],
    "flat_amount": ["5", "", "20"],
}
RANGES = [
    {"from_value": 0, "to_value": 100, "per_unit_amount": "0.20", "flat_amount": "5"},
    {"from_value": 101, "to_value": 500, "per_unit_amount": "0.15", "flat_amount": "0"},
    {"from_value": 501, "to_value": None, "per_unit_amount": "0.10", "flat_amount": "20"},
]
"""The tiers of 02 §3.3 as one types them, and as the API has them."""


def test_the_list_shows_fee_charges_and_subscriptions(ada, owner):
    metric = a_metric(owner)
    a_plan(owner, charges=[standard_charge(metric)], fixed_charges=[fixed_charge(an_add_on(owner))])
    subscribed(owner, "one")
    subscribed(owner, "two")
    assert cells(ada.get(PATH).text)[1:] == ["basic", "Monthlyat the end", "10.00EURmonthly", "2", "2"]


def test_search_looks_at_names_and_codes_and_lives_in_the_address(ada, owner):
    a_plan(owner, "growth", name="Scale ups")
    a_plan(owner, "basic", name="Starter")
    for search in ("SCALE", "rowt"):
        found = ada.get(f"{PATH}?search={search}").text
        assert "Scale ups" in found and "Starter" not in found and f'value="{search}"' in found
    assert "No plan matches" in ada.get(f"{PATH}?search=%25").text


def test_overriding_plans_are_not_listed_and_their_subscriptions_count(ada, owner):
    plan = a_plan(owner)
    subscribed(owner)
    override(owner, plan)
    page = ada.get(PATH).text
    assert page.count('class="row-link"') == 1 and cells(page)[-1] == "1"
    assert "with prices of its own" in ada.get(page_of(plan)).text


def test_the_page_of_a_plan_tells_all_of_it(ada, owner):
    metric, tax = a_metric_with_filters(owner), a_tax(owner)
    charge = {
        **standard_charge(metric), "charge_model": "graduated", "properties": {"graduated_ranges": RANGES},
        "min_amount_cents": 5000, "tax_codes": ["vat"],
        "filters": [{
            "invoice_display_name": "Europe", "values": {"region": ["eu"], "tier": ["__ALL_FILTER_VALUES__"]},
            "properties": {"graduated_ranges": RANGES, "pricing_group_keys": ["team"]},
        }],
    }
    plan = a_plan(
        owner, "growth", charges=[charge], fixed_charges=[fixed_charge(an_add_on(owner), 3, "7.25")],
        tax_codes=[tax["code"]], minimum_commitment={"amount_cents": 123456}, description="For those that grow",
    )
    subscribed(owner, "harbour", plan="growth")
    shown = plain(ada.get(page_of(plan)).text)
    for text in ("101 – 500 0.15 EUR 0 EUR", "501 and more 0.10 EUR 20 EUR", "At least 50.00 EUR", "Europe",
                 "region eu", "tier any listed value", "Priced apart for each team", "3 units a period",
                 "7.25 EUR for each unit", "1,234.56 EUR a period", "VAT 20%", "harbour", "For those that grow",
                 "/api/v1/plans/growth"):
        assert text in shown, text


def test_what_is_filled_in_is_what_the_api_shows(ada, owner):
    metric, tax = a_metric(owner), a_tax(owner)
    ada.post(f"{PATH}/new", **GROWTH, **filled("charges.0", charge(metric, "graduated", tiers=TIERS) | {
        "min_amount_cents": "50.5", "invoice_display_name": "Requests", "code": "requests", "tax_codes[]": ["vat"],
    }), **{"tax_codes[]": [tax["code"]], "description": "", "minimum_commitment.amount_cents": "1000"})
    made = owner.get("/plans/growth")["plan"]
    expected = {"name": "Growth", "interval": "monthly", "amount_cents": 9950, "amount_currency": "EUR",
                "pay_in_advance": True, "description": None}
    assert {name: made[name] for name in expected} == expected
    assert (made["taxes"][0]["code"], made["minimum_commitment"]["amount_cents"]) == ("vat", 100000)
    (row,) = made["charges"]
    assert row["properties"] == {"graduated_ranges": RANGES}
    assert (row["code"], row["min_amount_cents"], row["invoice_display_name"]) == ("requests", 5050, "Requests")
    assert (row["pay_in_advance"], row["invoiceable"], row["taxes"][0]["code"]) == (False, True, "vat")


@pytest.mark.parametrize("model, typed, properties", [
    ("standard", {"amount": "0.05"}, {"amount": "0.05"}),
    ("package", {"amount": "7.5", "package_size": "250", "free_units": ""},
     {"amount": "7.5", "package_size": 250, "free_units": 0}),
    ("percentage", {"rate": "1.5", "fixed_amount": "", "free_units_per_events": "10"},
     {"rate": "1.5", "free_units_per_events": 10}),
    ("percentage", {"rate": "2", "per_transaction_min_amount": "1", "per_transaction_max_amount": "5"},
     {"rate": "2", "per_transaction_min_amount": "1", "per_transaction_max_amount": "5"}),
    ("dynamic", {}, {}),
    ("standard", {"amount": "1", "pricing_group_keys": "team\r\n\r\n zone "},
     {"amount": "1", "pricing_group_keys": ["team", "zone"], "grouped_by": ["team", "zone"]}),
    ("standard", {"amount": "1", "presentation.0.value": "team", "presentation.0.shown": "true",
                  "presentation.1.value": "", "presentation.1.shown": "true"},
     {"amount": "1", "presentation_group_keys": [{"value": "team", "options": {"display_in_invoice": True}}]}),
])
def test_every_model_is_sent_with_its_properties(ada, owner, model, typed, properties):
    metric = a_sum_metric(owner)
    ada.post(f"{PATH}/new", **GROWTH, **filled("charges.0", charge(metric, model, **typed)))
    assert owner.get("/plans/growth")["plan"]["charges"][0]["properties"] == properties


@pytest.mark.parametrize("model, name, amount", [
    ("volume", "volume_ranges", "per_unit_amount"),
    ("graduated_percentage", "graduated_percentage_ranges", "rate"),
])
def test_the_other_models_with_tiers(ada, owner, model, name, amount):
    tiers = {"from_value": ["0", ""], "to_value": ["10", "ignored"], amount: ["2", "1"], "flat_amount": ["", "3"]}
    ada.post(f"{PATH}/new", **GROWTH, **filled("charges.0", charge(a_sum_metric(owner), model, tiers=tiers)))
    assert owner.get("/plans/growth")["plan"]["charges"][0]["properties"] == {name: [
        {"from_value": 0, "to_value": 10, amount: "2", "flat_amount": "0"},
        {"from_value": 11, "to_value": None, amount: "1", "flat_amount": "3"},
    ]}


def test_filters_have_values_prices_and_names_of_their_own(ada, owner):
    metric = a_metric_with_filters(owner)
    typed = charge(metric, "standard", amount="1") | {
        "filters.0.chosen[]": ['["region", "eu"]', '["region", "us"]', '["tier", "pro"]'],
        "filters.0.price.amount": "2", "filters.0.invoice_display_name": "West",
        "filters.1.chosen[]": ['["tier", "__ALL_FILTER_VALUES__"]', '["tier", "std"]'],
        "filters.1.price.amount": "3", "filters.1.price.pricing_group_keys": "team",
    }
    ada.post(f"{PATH}/new", **GROWTH, **filled("charges.0", typed))
    filters = owner.get("/plans/growth")["plan"]["charges"][0]["filters"]
    assert [(row["values"], row["invoice_display_name"], row["properties"]) for row in filters] == [
        ({"region": ["eu", "us"], "tier": ["pro"]}, "West", {"amount": "2"}),
        ({"tier": ["__ALL_FILTER_VALUES__"]}, None,
         {"amount": "3", "pricing_group_keys": ["team"], "grouped_by": ["team"]}),
    ]


def test_terms_that_go_together_are_sent_and_others_left_out(ada, owner):
    metric = a_sum_metric(owner, recurring=True)
    in_advance = {"pay_in_advance": "yes", "invoiceable": "", "prorated": "yes", "min_amount_cents": "50"}
    ada.post(f"{PATH}/new", **GROWTH, **filled("charges.0", charge(metric, "standard", amount="1") | in_advance))
    (row,) = owner.get("/plans/growth")["plan"]["charges"]
    names = ("pay_in_advance", "invoiceable", "prorated", "min_amount_cents")
    assert [row[name] for name in names] == [True, False, True, 0]
    typed = charge(metric, "volume", tiers=TIERS) | in_advance
    ada.post(f"{PATH}/new", **GROWTH | {"code": "other"}, **filled("charges.0", typed))
    (row,) = owner.get("/plans/other")["plan"]["charges"]
    assert [row[name] for name in names] == [False, True, True, 5000]


def test_a_fixed_charge_is_sent_with_its_units(ada, owner):
    add_on = an_add_on(owner)
    typed = {"add_on_id": add_on["lago_id"], "charge_model": "standard", "units": "2.5", "pay_in_advance": "yes",
             "price.amount": "49"}
    ada.post(f"{PATH}/new", **GROWTH, **filled("fixed_charges.0", typed))
    (row,) = owner.get("/plans/growth")["plan"]["fixed_charges"]
    shown = {name: row[name] for name in ("add_on_code", "units", "properties", "pay_in_advance", "prorated")}
    assert shown == {"add_on_code": "seats", "units": "2.5", "properties": {"amount": "49"}, "pay_in_advance": True,
                     "prorated": False}


def test_a_charge_may_be_priced_in_a_unit_of_one_s_own(ada, owner):
    a_pricing_unit(owner, "credits")
    typed = charge(a_metric(owner), "standard", amount="1", pricing_unit="credits")
    assert "error-charges.0.conversion_rate" in ada.post(
        f"{PATH}/new", expect=422, **GROWTH, **filled("charges.0", typed | {"conversion_rate": "0"})
    ).text
    ada.post(f"{PATH}/new", **GROWTH, **filled("charges.0", typed | {"conversion_rate": "0.25"}))
    (row,) = owner.get("/plans/growth")["plan"]["charges"]
    assert row["applied_pricing_unit"] == {"code": "credits", "conversion_rate": "0.25"}


@pytest.mark.parametrize("interval, sent", [("yearly", True), ("monthly", None)])
def test_usage_is_billed_by_the_month_where_periods_are_long(ada, owner, interval, sent):
    ada.post(f"{PATH}/new", **GROWTH | {"interval": interval, "bill_charges_monthly": "yes"})
    assert owner.get("/plans/growth")["plan"]["bill_charges_monthly"] is sent


@pytest.mark.parametrize("currency, typed, cents", [("JPY", "500", 500), ("KWD", "1.234", 1234), ("EUR", "-5", -500)])
def test_amounts_have_the_decimals_of_their_currency(ada, owner, currency, typed, cents):
    ada.post(f"{PATH}/new", **GROWTH | {"amount_cents": typed, "amount_currency": currency})
    plan = owner.get("/plans/growth")["plan"]
    assert plan["amount_cents"] == cents
    assert f'name="amount_cents" type="text" value="{typed}' in ada.get(f"{page_of(plan)}/edit").text


@pytest.mark.parametrize("wrong, field", [
    ({"name": " "}, "name"),
    ({"code": ""}, "code"),
    ({"code": "taken"}, "code"),
    ({"interval": "daily"}, "interval"),
    ({"amount_currency": ""}, "amount_currency"),
    ({"amount_cents": ""}, "amount_cents"),
    ({"amount_cents": "99,50"}, "amount_cents"),
    ({"amount_cents": "1e3"}, "amount_cents"),
    ({"amount_cents": "0.005"}, "amount_cents"),
    ({"amount_cents": "1" * 20}, "amount_cents"),
    ({"minimum_commitment.amount_cents": "0"}, "minimum_commitment.amount_cents"),
    ({"charges.0.billable_metric_id": ""}, "charges.0.billable_metric_id"),
    ({"charges.0.min_amount_cents": "few"}, "charges.0.min_amount_cents"),
    ({"charges.0.code": "c" * 300}, "charges.0.code"),
    ({"charges.0.price.tiers.0.per_unit_amount": "free"}, "charges.0.price.tiers.0"),
    ({"charges.0.price.tiers.1.from_value": "90"}, "charges.0.price.tiers.1"),
    ({"charges.0.price.tiers.1.to_value": "50"}, "charges.0.price.tiers.1"),
    ({"charges.0.filters.0.price.tiers.2.flat_amount": "-1"}, "charges.0.filters.0.price.tiers.2"),
    ({"charges.0.filters.0.chosen[]": []}, "charges.0.filters.0.chosen"),
    ({"charges.0.filters.0.chosen[]": ['["region", "mars"]']}, "charges.0.filters.0.chosen"),
    ({"fixed_charges.0.units": "-1"}, "fixed_charges.0.units"),
    ({"fixed_charges.0.add_on_id": ""}, "fixed_charges.0.add_on_id"),
    ({"fixed_charges.0.price.amount": ""}, "fixed_charges.0.price.amount"),
])
def test_a_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(ada, owner, wrong, field):
    a_plan(owner, "taken")
    typed = GROWTH | filled("charges.0", charge(a_metric_with_filters(owner), "graduated", tiers=TIERS) | {
        "filters.0.chosen[]": ['["region", "eu"]'], **filled("filters.0.price", tiers_of(TIERS)),
    }) | filled("fixed_charges.0", {
        "add_on_id": an_add_on(owner)["lago_id"], "charge_model": "standard", "units": "7", "price.amount": "13.37",
    })
    refused = ada.post(f"{PATH}/new", expect=422, **typed | wrong).text
    assert f'id="error-{field}"' in refused and refused.count('class="error"') == 1
    kept = fields_of(refused)
    for name, value in (typed | wrong).items():
        if name not in wrong or not name.endswith("[]") and name != "interval":
            assert kept.get(name, "") == value, name
    assert [plan["code"] for plan in owner.get("/plans")["plans"]] == ["taken"]


def test_a_code_twice_among_the_charges_is_told_at_the_second(ada, owner):
    typed = charge(a_metric(owner), "standard", amount="1") | {"code": "same"}
    refused = ada.post(f"{PATH}/new", expect=422, **GROWTH, **filled("charges.0", typed), **filled("charges.1", typed))
    assert 'id="error-charges.1.code"' in refused.text and 'id="error-charges.0.code"' not in refused.text


def test_the_most_below_the_least_is_told_at_the_most(ada, owner):
    price = {"rate": "1", "per_transaction_min_amount": "5", "per_transaction_max_amount": "1"}
    typed = filled("charges.0", charge(a_sum_metric(owner), "percentage", **price))
    assert "The most is less than the least" in ada.post(f"{PATH}/new", expect=422, **GROWTH, **typed).text


def test_rows_come_and_go_without_a_loss(ada, owner):
    typed = GROWTH | filled("charges.0", charge(a_metric_with_filters(owner), "graduated", tiers=TIERS))
    more = fields_of(ada.post(f"{PATH}/new", expect=200, change="add:charges.0.price.tiers", **typed).text)
    assert more["charges.0.price.tiers.3.from_value"] == "" and more["charges.0.price.tiers.2.flat_amount"] == "20"
    fewer = fields_of(ada.post(f"{PATH}/new", expect=200, change="remove:charges.0.price.tiers.0", **typed).text)
    assert fewer["charges.0.price.tiers.0.per_unit_amount"] == "0.15"
    assert "charges.0.price.tiers.2.from_value" not in fewer
    page = ada.post(f"{PATH}/new", expect=200, change="add:charges.0.filters", **typed).text
    assert "charges.0.filters.0.invoice_display_name" in fields_of(page) and 'class="error"' not in page
    assert "charges.1.billable_metric_id" in ada.post(f"{PATH}/new", expect=200, change="add:charges", **typed).text
    gone = fields_of(ada.post(f"{PATH}/new", expect=200, change="remove:charges.0", **typed).text)
    assert gone["name"] == "Growth" and not any(name.startswith("charges.0") for name in gone)


@pytest.mark.parametrize("change", [
    "add:name", "remove:charges.7", "remove:charges.x", "add:charges.0.price.tiers.0", "x", "add:", "remove:",
    "add:charges.9.filters",
])
def test_a_change_of_nothing_changes_nothing(ada, owner, change):
    typed = GROWTH | filled("charges.0", charge(a_metric(owner), "standard", amount="0.07"))
    kept = fields_of(ada.post(f"{PATH}/new", expect=200, change=change, **typed).text)
    assert (kept["name"], kept["charges.0.price.amount"]) == ("Growth", "0.07")


def test_only_models_that_the_metric_can_have_are_offered(ada, owner):
    offered = {}
    for kind in ("sum_agg", "latest_agg"):
        metric = a_metric(owner, kind, aggregation_type=kind, field_name="gb")
        typed = filled("charges.0", charge(metric, "dynamic"))
        page = ada.post(f"{PATH}/new", expect=200, change="show", **GROWTH, **typed).text
        choice = re.search(r'name="charges.0.charge_model".*?</select>', page, re.DOTALL)[0]
        offered[kind] = set(re.findall(r'<option value="(\w+)"', choice))
    percentages = {"percentage", "graduated_percentage", "dynamic"}
    assert offered["sum_agg"] - offered["latest_agg"] == percentages and "volume" in offered["latest_agg"]


def test_the_form_sends_back_what_it_was_filled_with(ada, owner):
    plan = everything(owner)
    before = owner.get("/plans/growth")["plan"]
    ada.post(f"{page_of(plan)}/edit", **fields_of(ada.get(f"{page_of(plan)}/edit").text))
    assert without_times(owner.get("/plans/growth")["plan"]) == without_times(before)


def test_and_so_it_does_once_there_are_subscriptions(ada, owner):
    plan = everything(owner)
    subscribed(owner, plan="growth")
    before = owner.get("/plans/growth")["plan"]
    form = ada.get(f"{page_of(plan)}/edit").text
    assert "The plan has had subscriptions" in form and 'name="interval"' not in form and 'name="code"' not in form
    assert 'name="charges.0.charge_model"' not in form and "these terms of the charge are fixed" in form
    ada.post(f"{page_of(plan)}/edit", **fields_of(form))
    assert without_times(owner.get("/plans/growth")["plan"]) == without_times(before)


def test_prices_change_and_rows_come_and_go_with_subscriptions(ada, owner):
    plan = everything(owner)
    subscribed(owner, plan="growth")
    typed = fields_of(ada.get(f"{page_of(plan)}/edit").text)
    typed["amount_cents"], typed["charges.0.price.tiers.0.per_unit_amount"] = "120", "0.30"
    typed |= filled("charges.5", charge(a_metric(owner, "new"), "standard", amount="4"))
    left = {name: value for name, value in typed.items() if not name.startswith("charges.1.")}
    ada.post(f"{page_of(plan)}/edit", **left)
    changed = owner.get("/plans/growth")["plan"]
    assert changed["amount_cents"] == 12000
    assert changed["charges"][0]["properties"]["graduated_ranges"][0]["per_unit_amount"] == "0.30"
    assert changed["charges"][0]["lago_id"] == plan["charges"][0]["lago_id"]
    assert [row["billable_metric_code"] for row in changed["charges"]] == ["calls", "new"]


def test_a_form_from_before_the_first_subscription_is_not_taken_by_half(ada, owner):
    plan = a_plan(owner)
    typed = fields_of(ada.get(f"{page_of(plan)}/edit").text)
    subscribed(owner)
    refused = ada.post(f"{page_of(plan)}/edit", expect=422, **typed | {"name": "Other"}).text
    assert "The plan has its first subscription" in refused
    assert owner.get("/plans/basic")["plan"]["name"] == "Basic"


def test_a_commitment_is_taken_away_by_an_empty_amount(ada, owner):
    plan = a_plan(owner, minimum_commitment={"amount_cents": 5000})
    typed = fields_of(ada.get(f"{page_of(plan)}/edit").text)
    assert typed["minimum_commitment.amount_cents"] == "50.00"
    ada.post(f"{page_of(plan)}/edit", **typed | {"minimum_commitment.amount_cents": ""})
    assert "minimum_commitment" not in owner.get("/plans/basic")["plan"]


def test_a_duplicate_has_all_but_the_code(ada, owner):
    plan = everything(owner)
    form = fields_of(ada.get(f"{PATH}/new?from={plan['lago_id']}").text)
    assert (form["name"], form["code"]) == ("Growth (copy)", "growth_copy")
    ada.post(f"{PATH}/new", **form)
    copied, origin = (without_ids(owner.get(f"/plans/{code}")["plan"]) for code in ("growth_copy", "growth"))
    assert copied | {"name": 0, "code": 0} == origin | {"name": 0, "code": 0}
    assert len(owner.get("/plans")["plans"]) == 2


def test_no_one_duplicates_a_plan_of_others(stranger, owner):
    plan = a_plan(owner)
    stranger.get(f"{PATH}/new?from={plan['lago_id']}", expect=404)
    stranger.get(f"{PATH}/new?from=nonsense", expect=404)


def test_deleting_says_what_it_does_and_does_it(ada, owner):
    plan = a_plan(owner)
    subscribed(owner)
    asked = ada.get(f"{page_of(plan)}/delete", htmx=True).text
    assert "1 active subscription ends now" in asked
    ada.post(f"{page_of(plan)}/delete")
    assert owner.get("/plans/basic")["plan"]["pending_deletion"] is True
    assert "being deleted" in ada.get(page_of(plan)).text


def test_only_admins_change_plans_and_others_see_them(app, ada, owner):
    plan = a_plan(owner)
    clerk = a_visitor(app, owner.organization, "clerk@example.com", role="finance")
    assert "/edit" not in clerk.get(page_of(plan)).text and "/new" not in clerk.get(PATH).text
    for path in (f"{PATH}/new", f"{page_of(plan)}/edit", f"{page_of(plan)}/delete"):
        clerk.get(path, expect=403)
        clerk.post(path, expect=403, **GROWTH)


def page_of(plan):
    return f"{PATH}/{plan['lago_id']}"


def charge(metric, model, tiers=None, pricing_unit="", **price):
    """What one types for a charge."""
    return {
        "billable_metric_id": metric["lago_id"], "charge_model": model, "invoiceable": "yes",
        "pricing_unit": pricing_unit, **filled("price", price | (tiers_of(tiers) if tiers else {})),
    }


def tiers_of(columns):
    """The fields of tiers whose texts are given column by column."""
    return {f"tiers.{place}.{name}": text for name, texts in columns.items() for place, text in enumerate(texts)}


def subscribed(owner, customer="harbour", plan="basic"):
    a_customer(owner, customer, currency="EUR")
    body = {"external_customer_id": customer, "plan_code": plan, "external_id": customer}
    return owner.post("/subscriptions", {"subscription": body})["subscription"]


def everything(owner):
    """A plan with something of every kind, some of it in an order or a form that the page would not give it."""
    metric, storage = a_metric_with_filters(owner), a_sum_metric(owner)
    touching = [{"from_value": 0, "to_value": 2.5, "per_unit_amount": "4", "flat_amount": "0"},
                {"from_value": 2.5, "to_value": None, "per_unit_amount": "3.10", "flat_amount": "1"}]
    keys = [{"value": "team"}, {"value": "zone", "options": {"display_in_invoice": False}}]
    filters = [
        {"invoice_display_name": None, "values": {"tier": ["std"], "region": ["us", "eu"]},
         "properties": {"graduated_ranges": touching}},
        {"invoice_display_name": "Any", "values": {"region": ["__ALL_FILTER_VALUES__"]},
         "properties": {"graduated_ranges": RANGES, "pricing_group_keys": ["a"]}},
    ]
    charges = [
        standard_charge(metric) | {
            "charge_model": "graduated", "filters": filters, "min_amount_cents": 77,
            "properties": {"graduated_ranges": RANGES, "presentation_group_keys": keys},
        },
        standard_charge(storage, pay_in_advance=True, invoiceable=False, tax_codes=[a_tax(owner)["code"]]) | {
            "charge_model": "percentage", "properties": {"rate": "1.50", "free_units_per_events": 3},
        },
    ]
    return a_plan(
        owner, "growth", interval="yearly", bill_charges_monthly=True, charges=charges, tax_codes=["vat"],
        fixed_charges=[fixed_charge(an_add_on(owner), "2.5", pay_in_advance=True)], description="<b>",
        invoice_display_name="On paper", minimum_commitment={"amount_cents": 1, "tax_codes": ["vat"]},
    )


def override(owner, plan):
    """Puts all subscriptions of the plan on one of their own."""
    with transaction():
        special = Plan(
            organization_id=owner.organization.id, parent_id=plan["lago_id"], name="Basic", code="basic",
            interval="monthly", amount_cents=500, amount_currency="EUR", pay_in_advance=False,
        )
        db.session.add(special)
        db.session.flush()
        db.session.execute(db.text("UPDATE subscriptions SET plan_id = :special"), {"special": special.id})


def without_times(value):
    """An answer of the API without the times of changes."""
    return without(value, "updated_at")


def without_ids(value):
    return without(value, "updated_at", "created_at", "lago_id", "plan_code")


def without(value, *names):
    if isinstance(value, list):
        return [without(part, *names) for part in value]
    if not isinstance(value, dict):
        return value
    return {name: without(part, *names) for name, part in value.items() if name not in names}


def cells(page):
    """The texts of the first row of the page's table."""
    row = re.search(r"<tbody.*?<tr>(.*?)</tr>", page, re.DOTALL)[1]
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL)]


def plain(page):
    """The words of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
