"""Charges that are priced in a unit of the organization's own (02 §10)."""

import pytest

from lago.catalog.update_pricing_unit import update_pricing_unit
from lago.core.errors import Invalid
from tests.builders.catalog import (
    a_filter,
    a_metric,
    a_metric_with_filters,
    a_plan,
    a_pricing_unit,
    a_sum_metric,
    standard_charge,
)
from tests.builders.customers import a_customer
from tests.builders.stories import fee, invoices, subscribe, use

PATH = "/plans/basic/charges"


def in_credits(rate="0.25", code="credits"):
    return {"code": code, "conversion_rate": rate}


@pytest.fixture
def unit(owner):
    return a_pricing_unit(owner)


@pytest.fixture
def billed(sandbox):
    """An organization with a unit, on 1 January 2024."""
    sandbox.at("2024-01-01T00:00:00Z")
    a_pricing_unit(sandbox)
    return sandbox


def priced(account, metric, rate="0.25", currency="EUR", **changes):
    """A subscription to a plan whose only charge prices the metric in credits."""
    charge = standard_charge(metric, **{"applied_pricing_unit": in_credits(rate), **changes})
    a_plan(account, amount_cents=0, amount_currency=currency, charges=[charge])
    subscribe(account, plan_code="basic")


def usage(account, kind="current"):
    return account.get(f"/customers/acme/{kind}_usage", external_subscription_id="acme")


def details(cents, precise, unit_cents, precise_unit, rate):
    return {
        "pricing_unit_code": "credits", "short_name": "CR", "amount_cents": cents, "precise_amount_cents": precise,
        "unit_amount_cents": unit_cents, "precise_unit_amount": precise_unit, "conversion_rate": rate,
    }


def shown(row):
    """The details of a fee but for the id of the unit."""
    found = dict(row["pricing_unit_details"])
    assert found.pop("lago_pricing_unit_id")
    return found


def test_a_charge_in_a_plan_has_a_pricing_unit(owner, unit):
    charge = standard_charge(a_metric(owner), applied_pricing_unit=in_credits())
    made = a_plan(owner, charges=[charge])["charges"][0]
    assert made["applied_pricing_unit"] == {"conversion_rate": "0.25", "code": "credits"}
    assert owner.get("/plans/basic")["plan"]["charges"] == [made]


def test_a_charge_by_itself_has_a_pricing_unit(owner, unit):
    a_plan(owner)
    body = {"charge": standard_charge(a_metric(owner), code="api", applied_pricing_unit=in_credits(2))}
    assert owner.post(PATH, body)["charge"]["applied_pricing_unit"] == {"conversion_rate": "2.0", "code": "credits"}


@pytest.mark.parametrize("applied, codes", [
    ({"code": "points", "conversion_rate": "1"}, {"pricing_unit": ["relation_must_exist"]}),
    ({"conversion_rate": "1"}, {"pricing_unit": ["relation_must_exist"]}),
    (in_credits("0"), {"conversion_rate": ["value_is_out_of_range"]}),
    (in_credits("-0.5"), {"conversion_rate": ["value_is_out_of_range"]}),
    (in_credits("1e-16"), {"conversion_rate": ["value_is_out_of_range"]}),  # nothing is left of it when it is stored
    (in_credits("1e16"), {"conversion_rate": ["value_is_out_of_range"]}),
    (in_credits("much"), {"conversion_rate": ["value_is_invalid"]}),
    (in_credits(None), {"conversion_rate": ["value_is_mandatory"]}),
    ({"code": "points", "conversion_rate": "0"},
     {"pricing_unit": ["relation_must_exist"], "conversion_rate": ["value_is_out_of_range"]}),
    ("credits", {"applied_pricing_unit": ["value_is_invalid"]}),
])
def test_a_bad_unit_is_refused(owner, unit, applied, codes):
    charge = standard_charge(a_metric(owner), code="api", applied_pricing_unit=applied)
    body = {"name": "Pro", "code": "pro", "interval": "monthly", "amount_cents": 0, "amount_currency": "EUR",
            "pay_in_advance": False, "charges": [charge]}
    assert owner.refused("POST", "/plans", {"plan": body}) == codes
    a_plan(owner)
    assert owner.refused("POST", PATH, {"charge": charge}) == codes
    assert owner.get(PATH)["charges"] == []


def test_the_unit_of_someone_else_does_not_exist(owner, outsider):
    a_pricing_unit(outsider)
    a_plan(owner)
    body = {"charge": standard_charge(a_metric(owner), code="api", applied_pricing_unit=in_credits())}
    assert owner.refused("POST", PATH, body) == {"pricing_unit": ["relation_must_exist"]}


@pytest.mark.parametrize("attached", [False, True])
def test_only_the_rate_of_a_charge_changes(owner, unit, attached):
    a_pricing_unit(owner, "points")
    charge = standard_charge(a_metric(owner), code="api", applied_pricing_unit=in_credits())
    a_plan(owner, charges=[charge])
    if attached:
        subscribe(owner, plan_code="basic")
    change = {"charge": {"properties": {"amount": "1"}, "applied_pricing_unit": in_credits("0.5", "points")}}
    assert owner.put(f"{PATH}/api", change)["charge"]["applied_pricing_unit"] == {
        "conversion_rate": "0.5", "code": "credits",
    }
    kept = owner.put(f"{PATH}/api", {"charge": {"properties": {"amount": "1"}}})["charge"]
    row = {"id": kept["lago_id"], "applied_pricing_unit": {"conversion_rate": "2"}}
    (changed,) = owner.put("/plans/basic", {"plan": {"charges": [row]}})["plan"]["charges"]
    assert changed["applied_pricing_unit"] == {"conversion_rate": "2.0", "code": "credits"}


def test_a_bad_rate_changes_nothing(owner, unit):
    charge = standard_charge(a_metric(owner), code="api", applied_pricing_unit=in_credits())
    before = a_plan(owner, charges=[charge])
    change = {"charge": {"properties": {"amount": "9"}, "applied_pricing_unit": {"conversion_rate": "0"}}}
    assert owner.refused("PUT", f"{PATH}/api", change) == {"conversion_rate": ["value_is_out_of_range"]}
    assert owner.get("/plans/basic")["plan"] == before


def test_a_charge_in_money_stays_in_money(owner, unit):
    a_plan(owner, charges=[standard_charge(a_metric(owner), code="api")])
    change = {"charge": {"properties": {"amount": "1"}, "applied_pricing_unit": in_credits()}}
    assert owner.put(f"{PATH}/api", change)["charge"]["applied_pricing_unit"] is None


def test_usage_and_invoice_show_units_and_money(billed):
    """12.345 units at 0.25: 1235 cents, 3.0875 EUR, 309 cents; the price of one is 1.00 x 0.25."""
    priced(billed, a_sum_metric(billed), amount="1")
    use(billed, "storage", properties={"gb": "12.345"})
    (row,) = usage(billed)["customer_usage"]["charges_usage"]
    kept = {"amount_cents": 1235, "short_name": "CR", "conversion_rate": "0.25"}
    assert (row["amount_cents"], row["amount_currency"], row["pricing_unit_details"]) == (309, "EUR", kept)
    (invoice,) = invoices(billed.at("2024-02-01T12:00:00Z"))
    line = fee(invoice, "charge")
    assert shown(line) == details(1235, "1234.5", 100, "1.0", "0.25")
    assert (line["amount_cents"], line["precise_amount"], line["precise_unit_amount"]) == (309, "3.0875", "0.25")
    assert invoice["fees_amount_cents"] == 309
    (past,) = usage(billed, "past")["usage_periods"]
    (row,) = past["charges_usage"]
    assert (row["amount_cents"], row["pricing_unit_details"]) == (309, kept)


def test_the_price_of_one_is_that_of_its_cut_cents(billed):
    """37 units of 0.125 at 0.8: 4.63, 3.704 EUR; 12 cents of a unit are 0.096 EUR."""
    priced(billed, a_sum_metric(billed), amount="0.125", rate="0.8")
    use(billed, "storage", properties={"gb": 37})
    (invoice,) = invoices(billed.at("2024-02-01T12:00:00Z"))
    line = fee(invoice, "charge")
    assert (line["amount_cents"], line["precise_unit_amount"]) == (370, "0.096")
    assert shown(line) == details(463, "462.5", 12, "0.125", "0.8")


def test_an_invoice_keeps_the_rate_that_it_was_made_with(billed):
    priced(billed, a_sum_metric(billed), amount="1", rate="0.5", code="api")
    use(billed, "storage", properties={"gb": 10})
    billed.at("2024-02-01T12:00:00Z")
    change = {"properties": {"amount": "1"}, "applied_pricing_unit": {"conversion_rate": "2"}}
    billed.put(f"{PATH}/api", {"charge": change})
    (invoice,) = invoices(billed)
    assert shown(fee(invoice, "charge"))["conversion_rate"] == "0.5"
    (past,) = usage(billed, "past")["usage_periods"]
    assert past["charges_usage"][0]["pricing_unit_details"]["conversion_rate"] == "0.5"


def test_filters_add_up_in_units_and_in_money(billed):
    """0.125 units each are 13 cents of a unit, at 0.5 are 6.5, so 7 cents; the sums are those of the rounded fees."""
    filters = [a_filter("0.125", region=["eu"]), a_filter("0.125", region=["us"])]
    priced(billed, a_metric_with_filters(billed), amount="0.125", rate="0.5", filters=filters)
    for region in ("eu", "us", "mars"):
        use(billed, "calls", properties={"region": region})
    (row,) = usage(billed)["customer_usage"]["charges_usage"]
    assert (row["amount_cents"], row["pricing_unit_details"]["amount_cents"]) == (21, 39)
    assert [part["pricing_unit_details"]["amount_cents"] for part in row["filters"]] == [13, 13, 13]
    assert [part["amount_cents"] for part in row["filters"]] == [7, 7, 7]


def test_a_currency_without_decimals_has_units_with_two(billed):
    """1.25 units at 3 are 3.75: 4 JPY."""
    priced(billed, a_metric(billed), amount="1.25", rate="3", currency="JPY")
    use(billed, "calls")
    (row,) = usage(billed)["customer_usage"]["charges_usage"]
    assert (row["amount_cents"], row["pricing_unit_details"]["amount_cents"]) == (4, 125)


def test_projections_are_of_units_and_money(billed):
    """On the 15th of a month of 30 days half of it is gone by: 12.345 x 2 = 24.69 units, at 0.25 are 6.1725 EUR."""
    billed.at("2024-04-01T00:00:00Z")
    priced(billed, a_sum_metric(billed), amount="1")
    use(billed, "storage", properties={"gb": "12.345"})
    projected = usage(billed.at("2024-04-15T12:00:00Z"), "projected")["customer_projected_usage"]
    (row,) = projected["charges_usage"]
    assert row["pricing_unit_details"] == {
        "amount_cents": 1235, "projected_amount_cents": 2469, "short_name": "CR", "conversion_rate": "0.25",
    }
    assert (row["amount_cents"], row["projected_amount_cents"], projected["projected_amount_cents"]) == (309, 617, 617)


def test_what_is_paid_in_advance_is_converted_from_its_rounded_amount(billed):
    """12.345 units are rounded first: 12.35 at 0.25 are 3.0875 EUR, and of 1 unit that is 12.35."""
    priced(billed, a_metric(billed), amount="12.345", pay_in_advance=True)
    use(billed, "calls")
    billed.at("2024-01-01T00:00:01Z")
    (invoice,) = [row for row in invoices(billed) if row["fees"]]
    line = fee(invoice, "charge")
    assert shown(line) == details(1235, "1235.0", 1235, "12.35", "0.25")
    assert (line["amount_cents"], line["precise_amount"], line["precise_unit_amount"]) == (309, "3.0875", "3.0875")


def test_an_event_in_a_currency_without_decimals_is_priced_in_hundredths_of_the_unit(billed):
    """12.35 units at 2 are 24.70: 25 JPY (docs/departures.md)."""
    priced(billed, a_metric(billed), amount="12.345", rate="2", currency="JPY", pay_in_advance=True)
    event = {"external_subscription_id": "acme", "code": "calls"}
    (estimated,) = billed.post("/events/estimate_fees", {"event": event})["fees"]
    assert (estimated["amount_cents"], shown(estimated)["amount_cents"]) == (25, 1235)


def test_instant_estimates_are_in_money(billed):
    priced(billed, a_metric(billed), amount="12.345", pay_in_advance=True)
    event = {"external_subscription_id": "acme", "code": "calls"}
    (estimated,) = billed.post("/events/estimate_instant_fees", {"event": event})["fees"]
    assert (estimated["amount_cents"], estimated["precise_amount"]) == ("309.0", "3.0875")


def test_estimates_are_in_money(billed):
    priced(billed, a_metric(billed), amount="12.345", pay_in_advance=True)
    event = {"external_subscription_id": "acme", "code": "calls"}
    (estimated,) = billed.post("/events/estimate_fees", {"event": event})["fees"]
    assert (estimated["amount_cents"], shown(estimated)["amount_cents"]) == (309, 1235)


def test_a_spending_minimum_is_in_units(billed):
    """Of a minimum of 20.00 units 12.35 are used: 7.65 are missing, at 0.25 1.9125 EUR; precisely 2000 - 1234.5."""
    priced(billed, a_sum_metric(billed), amount="1", min_amount_cents=2000)
    use(billed, "storage", properties={"gb": "12.345"})
    (invoice,) = invoices(billed.at("2024-02-01T12:00:00Z"))
    used, extra = [row for row in invoice["fees"] if row["item"]["type"] == "charge"]
    assert extra["lago_true_up_parent_fee_id"] == used["lago_id"]
    assert (used["amount_cents"], extra["amount_cents"]) == (309, 191)
    assert shown(extra) == details(765, "765.5", 765, "7.655", "0.25")


@pytest.mark.parametrize("fields, codes", [
    ({"name": " "}, {"name": ["value_is_mandatory"]}),
    ({"code": ""}, {"code": ["value_is_mandatory"]}),
    ({"code": "x" * 256}, {"code": ["value_is_too_long"]}),
    ({"short_name": ""}, {"short_name": ["value_is_mandatory"]}),
    ({"short_name": "CRED"}, {"short_name": ["value_is_too_long"]}),
    ({"description": "x" * 601}, {"description": ["value_is_too_long"]}),
])
def test_a_bad_pricing_unit_is_refused(owner, fields, codes):
    with pytest.raises(Invalid) as refused:
        a_pricing_unit(owner, **{"code": "credits", **fields})
    assert refused.value.details == codes


def test_the_code_of_a_unit_is_its_own_and_stays(owner, outsider, unit):
    a_pricing_unit(outsider)
    with pytest.raises(Invalid) as refused:
        a_pricing_unit(owner)
    assert refused.value.details == {"code": ["value_already_exist"]}
    update_pricing_unit(unit, {"name": "Points", "code": "points", "short_name": "PT", "description": "Ours"})
    assert (unit.name, unit.code, unit.short_name, unit.description) == ("Points", "credits", "PT", "Ours")


def test_a_plan_takes_as_many_queries_for_2_priced_charges_as_for_20(owner, unit, count_queries):
    metric = a_metric(owner)

    def queries(number):
        charges = [standard_charge(metric, applied_pricing_unit=in_credits()) for _ in range(number)]
        a_plan(owner, f"p{number}", charges=charges)
        with count_queries() as statements:
            owner.get(f"/plans/p{number}")
        return len(statements)

    assert queries(2) == queries(20)


def test_a_customer_of_a_plan_in_units_has_its_currency(owner, unit):
    a_customer(owner, "acme")
    a_plan(owner, charges=[standard_charge(a_metric(owner), applied_pricing_unit=in_credits())])
    subscribe(owner, plan_code="basic")
    assert usage(owner)["customer_usage"]["currency"] == "EUR"
