"""What a price that is being typed would cost: the tables of 02 §3, computed by the code that bills."""

from decimal import Decimal

import pytest

from lago.admin.plan_preview import Money, preview_of
from lago.admin.plan_prices import MODELS, TIERS, default_price, properties_of
from lago.admin.plan_problems import price_problems
from lago.admin.plan_samples import Sample, Terms, sample_of
from lago.pricing.charge_models import CHARGE_MODELS, default_properties
from tests.admin.plan_forms import GROWTH, PATH, RANGES, charge, fields_of, filled
from tests.admin.plan_forms import TIERS as TYPED
from tests.builders.catalog import a_metric, a_metric_with_filters, a_plan, standard_charge
from tests.builders.stories import subscribe

GRADUATED = {"graduated_ranges": RANGES}
PACKAGE = {"amount": "7.50", "package_size": 250, "free_units": 100}
VOLUME = {"volume_ranges": [
    {"from_value": 0, "to_value": 50, "per_unit_amount": "2", "flat_amount": "10"},
    {"from_value": 51, "to_value": 200, "per_unit_amount": "1.5", "flat_amount": "5"},
    {"from_value": 201, "to_value": None, "per_unit_amount": "1", "flat_amount": "0"},
]}
SHARE = {"rate": "2", "fixed_amount": "0.25"}
BOUNDED = {**SHARE, "per_transaction_min_amount": "1", "per_transaction_max_amount": "5"}
EUR = Money("EUR")


def previewed(model, properties, size, each=None, kind="sum_agg", money=EUR):
    sample = Sample(Decimal(size), None if each is None else Decimal(each))
    return preview_of(Terms(model, kind, properties), sample, money)


@pytest.mark.parametrize("model, properties, units, amount", [
    ("standard", {"amount": "0.0375"}, "13", "0.49 EUR"),
    ("graduated", GRADUATED, "101", "25.15 EUR"),
    ("graduated", GRADUATED, "1234.5", "178.45 EUR"),
    ("package", PACKAGE, "350", "7.50 EUR"),
    ("package", PACKAGE, "351", "15.00 EUR"),
    ("volume", VOLUME, "50.2", "80.30 EUR"),
    ("volume", VOLUME, "201", "201.00 EUR"),
])
def test_the_chosen_units_cost_what_the_reference_says(model, properties, units, amount):
    assert previewed(model, properties, units).row.text == amount


@pytest.mark.parametrize("properties, each, kind, amount", [
    (SHARE, "100", "sum_agg", "9.00 EUR"),  # 400 × 2 % + 4 × 0.25
    ({**SHARE, "free_units_per_events": 2}, "100", "sum_agg", "4.50 EUR"),  # half of all
    ({**SHARE, "free_units_per_total_aggregation": "150"}, "100", "sum_agg", "5.75 EUR"),  # F 150, G 1
    (BOUNDED, "100", "sum_agg", "9.00 EUR"),
    (BOUNDED, "300", "sum_agg", "20.00 EUR"),  # 6.25 each, 5 at most
    ({**SHARE, "free_units_per_events": 3, "free_units_per_total_aggregation": "1"}, "1", "count_agg", "0.27 EUR"),
    (SHARE, "100", "max_agg", "3.00 EUR"),  # 100 × 2 % + 4 × 0.25
    (BOUNDED, "300", "max_agg", "8.00 EUR"),  # the greatest: 5; three of nothing: 1 each
])
def test_a_percentage_is_of_events_with_their_amounts(properties, each, kind, amount):
    assert previewed("percentage", properties, "4", each, kind).row.text == amount


def test_the_tiers_are_told_as_the_invoice_does():
    told = previewed("graduated", GRADUATED, "101").parts
    parts = [(part.label, part.units, part.price, part.amount) for part in told]
    assert parts[:2] == [("First 100 units", "100", "€0.20", "€20.00"), ("Units 101 to 500", "1", "€0.15", "€0.15")]
    assert [amount for *_, amount in parts[2:]] == ["€5.00", "€25.15"]


def test_the_curve_jumps_where_a_tier_begins():
    curve = {dot.label: dot for dot in previewed("graduated", GRADUATED, "1000").curve}
    assert (curve["500 units"].text, curve["501 units"].text) == ("85.00 EUR", "105.10 EUR")
    assert curve["0 units"].text == "5.00 EUR"
    assert all(0 <= dot.x <= 100 and 0 <= dot.y <= 100 for dot in curve.values())
    assert curve["1,000 units"].x == 80


def test_the_table_has_the_edges_of_the_tiers():
    rows = [(row.label, row.text, row.chosen) for row in previewed("graduated", GRADUATED, "1234.5").rows]
    assert rows == [
        ("100 units", "25.00 EUR", False), ("101 units", "25.15 EUR", False), ("500 units", "85.00 EUR", False),
        ("501 units", "105.10 EUR", False), ("1,234.5 units", "178.45 EUR", True),
    ]


def test_a_pricing_unit_is_converted_as_it_is_billed():
    in_credits = Money("EUR", Decimal("0.25"))
    assert previewed("standard", {"amount": "1"}, "12.345", money=in_credits).row.text == "3.09 EUR"  # 02 §10


def test_amounts_have_the_decimals_of_the_currency():
    assert previewed("standard", {"amount": "0.0375"}, "13", money=Money("KWD")).row.text == "0.488 KWD"
    assert previewed("standard", {"amount": "0.0375"}, "13", money=Money("JPY")).row.text == "0 JPY"


@pytest.mark.parametrize("typed", ["", "0", "-3", "x", "1e9", "0.001", "9" * 29, "7.5"])
@pytest.mark.parametrize("model", sorted(CHARGE_MODELS.keys() - {"dynamic"}))
def test_whatever_sample_is_typed_there_is_a_curve(model, typed):
    properties = default_properties(model)
    for kind in ("count_agg", "sum_agg", "max_agg"):
        terms = Terms(model, kind, properties)
        assert preview_of(terms, sample_of(terms, typed, typed), EUR).curve


def test_prices_and_tiers_may_be_very_large_and_very_small():
    huge, tiny = "9" * 100, "0." + "0" * 98 + "1"
    for price in (huge, tiny):
        assert previewed("standard", {"amount": price}, "1000000000000").row.text
    tiers = [{"from_value": 0, "to_value": 10**29, "per_unit_amount": huge, "flat_amount": tiny},
             {"from_value": 10**29 + 1, "to_value": None, "per_unit_amount": tiny, "flat_amount": huge}]
    for model in ("graduated", "volume"):
        terms = Terms(model, "sum_agg", {TIERS[model].name: tiers})
        assert preview_of(terms, sample_of(terms, "", ""), EUR).curve
    package = Terms("package", "sum_agg", {"amount": "1", "package_size": 10**29, "free_units": 10**29})
    assert preview_of(package, sample_of(package, "", ""), EUR).curve


def test_the_part_that_htmx_asks_for_is_the_answer_alone(ada, owner):
    part = answer(ada, charge(a_metric(owner), "graduated", tiers=TYPED) | {"price.sample_size": "501"})
    assert "501 units cost <strong>105.10 EUR</strong>" in part and "<form" not in part and "<svg" in part
    assert '<p class="answer" data-tells>501 units cost <strong>105.10 EUR</strong></p>' in part


def test_a_filter_has_a_price_of_its_own(ada, owner):
    typed = charge(a_metric_with_filters(owner), "standard", amount="1") | {"filters.0.price.amount": "3"}
    assert "100 units cost <strong>300.00 EUR" in answer(ada, typed, "preview-charges-0-filters-0-price")
    assert "100 units cost <strong>100.00 EUR" in answer(ada, typed)


@pytest.mark.parametrize("price, reason", [
    ({"amount": ""}, "Prices are digits with a point"),
    ({"amount": "1,5"}, "Prices are digits with a point"),
    ({"amount": "1", "pricing_unit": "none"}, "It is not known yet what its amounts are in"),
])
def test_without_a_curve_it_says_why(ada, owner, price, reason):
    part = answer(ada, charge(a_metric(owner), "standard", **price))
    assert reason in part and "<svg" not in part


def test_the_currency_is_known_even_once_it_is_fixed(ada, owner):
    plan = a_plan(owner, charges=[standard_charge(a_metric(owner), "0.25")])
    subscribe(owner, plan_code="basic")
    page = f"{PATH}/{plan['lago_id']}/edit"
    shown = fields_of(ada.get(page).text)
    assert "100 units cost <strong>25.00 EUR" in ada.post(page, expect=200, change="show", **shown).text


def test_what_is_not_there_has_no_part(ada, owner):
    typed = charge(a_metric(owner), "standard", amount="1")
    assert "<form" in answer(ada, typed, "preview-charges-7-price")
    assert "100.00 EUR" in answer(ada, typed, "preview-charges-0-filters-7")


def test_every_model_is_explained_and_starts_without_a_price():
    assert MODELS.keys() == CHARGE_MODELS.keys()
    for model in CHARGE_MODELS:
        problems = price_problems(model, properties_of(model, default_price(model)))
        assert len(problems) == (0 if model == "dynamic" else 1), model


def test_a_mistake_in_a_tier_is_told_once():
    typed = {"tiers": [{"from_value": "0", "to_value": "x", "per_unit_amount": "1"}, {"from_value": "9"}]}
    assert price_problems("graduated", properties_of("graduated", typed)) == {
        "tiers.0.to_value": ["invalid_graduated_ranges"], "tiers.1.per_unit_amount": ["invalid_amount"],
    }


def answer(ada, typed, target="preview-charges-0-price"):
    form = {"csrf_token": ada.token(), "change": "show", **GROWTH, **filled("charges.0", {"open": "yes", **typed})}
    return ada.client.post(f"{PATH}/new", data=form, headers={"HX-Request": "true", "HX-Target": target}).text
