"""The form of plans (02 §2, 03 §1): what is typed is what the API has, and mistakes are told where they are."""

import re

import pytest

from tests.admin.plan_forms import GROWTH, PATH, RANGES, TIERS, charge, fields_of, filled, tiers_of
from tests.builders.catalog import (
    a_metric,
    a_metric_with_filters,
    a_plan,
    a_pricing_unit,
    a_sum_metric,
    a_tax,
    an_add_on,
)
from tests.builders.stories import subscribe


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
    assert f'name="amount_cents" type="text" value="{typed}' in ada.get(f"{PATH}/{plan['lago_id']}/edit").text


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


def test_a_form_may_be_long(ada, owner):
    long = {f"charges.0.filters.{number}.price.amount": "1" for number in range(12_000)}
    typed = GROWTH | filled("charges.0", {"open": "", "billable_metric_id": a_metric(owner)["lago_id"]}) | long
    assert "12000 filters" in ada.post(f"{PATH}/new", expect=200, change="show", **typed).text


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


def test_events_may_name_a_wallet_whoever_is_subscribed(ada, owner):
    typed = charge(a_metric(owner), "standard", amount="1") | {"accepts_target_wallet": "yes"}
    ada.post(f"{PATH}/new", **GROWTH, **filled("charges.0", typed))
    made = owner.get("/plans/growth")["plan"]
    subscribe(owner, plan_code="growth")
    edit = f"{PATH}/{made['lago_id']}/edit"
    form = fields_of(ada.get(edit).text)
    for sent, kept in ((form, True), ({**form, "charges.0.accepts_target_wallet": ""}, False)):
        ada.post(edit, **sent)
        assert owner.get("/plans/growth")["plan"]["charges"][0]["accepts_target_wallet"] is kept
