"""A plan of its own for one subscription, made from another one."""

from decimal import Decimal

import pytest

from lago.catalog.models import Plan
from lago.catalog.override_plan import override_plan
from lago.catalog.schemas import PlanSchema
from lago.catalog.units_only import is_units_only
from lago.core.db import db, transaction
from lago.core.errors import Forbidden, Invalid, NotFound
from tests.builders.catalog import (
    a_filter,
    a_metric,
    a_metric_with_filters,
    a_plan,
    a_pricing_unit,
    a_tax,
    an_add_on,
    fixed_charge,
    standard_charge,
)

COPIED = ("code", "interval", "amount_cents", "amount_currency", "pay_in_advance", "name", "trial_period")


def overridden(plan, **overrides):
    """The plan's copy, as it is shown."""
    with transaction():
        child = override_plan(db.session.get(Plan, plan["lago_id"]), overrides)
        return PlanSchema().dump(child)


@pytest.fixture
def priced(owner):
    """A plan with two charges, one of them with filters, a fixed charge, taxes everywhere and a commitment."""
    a_tax(owner)
    metric = a_metric_with_filters(owner)
    filters = [a_filter("1", "Europe", region=["eu"]), a_filter("2", region=["us"])]
    return a_plan(
        owner, tax_codes=["vat"], minimum_commitment={"amount_cents": 5000},
        charges=[
            standard_charge(metric, code="calls", filters=filters, tax_codes=["vat"], min_amount_cents=100),
            standard_charge(a_metric(owner, "seats"), code="seats", invoice_display_name="Seats"),
        ],
        fixed_charges=[fixed_charge(an_add_on(owner, "setup"), code="setup", tax_codes=["vat"])],
    )


def same(parent, child, *left_out):
    """Whether two charges differ in nothing but their identity, and in what is left out."""
    ours = {"lago_id", "created_at", "lago_parent_id", "taxes", "filters", *left_out}
    assert {k: v for k, v in child.items() if k not in ours} == {k: v for k, v in parent.items() if k not in ours}
    assert child["lago_parent_id"] == parent["lago_id"] and child["lago_id"] != parent["lago_id"]


def test_everything_is_copied_but_taxes_and_the_commitment(priced):
    child = overridden(priced, name="Acme's")
    assert child["parent_id"] == priced["lago_id"] and child["lago_id"] != priced["lago_id"]
    assert {**{name: priced[name] for name in COPIED}, "name": "Acme's"} == {name: child[name] for name in COPIED}
    assert child["taxes"] == [] and "minimum_commitment" not in child and child["usage_thresholds"] == []
    for parent, copy in zip(priced["charges"], child["charges"], strict=True):
        same(parent, copy)
        assert copy["taxes"] == []
    europe, america = child["charges"][0]["filters"]
    assert (europe["values"], europe["properties"]) == ({"region": ["eu"]}, {"amount": "1"})
    assert europe["invoice_display_name"] == "Europe" and america["values"] == {"region": ["us"]}
    same(priced["fixed_charges"][0], child["fixed_charges"][0])
    assert child["fixed_charges"][0]["taxes"] == []


def test_its_own_columns_are_replaced(priced):
    wanted = {
        "amount_cents": 7, "amount_currency": "USD", "description": "For Acme", "invoice_display_name": "Acme",
        "name": "Acme's",
    }
    child = overridden(priced, **wanted, interval="yearly", code="acme", pay_in_advance=True, metadata={"a": "b"})
    assert {name: child[name] for name in wanted} == wanted
    assert (child["interval"], child["code"], child["pay_in_advance"]) == ("monthly", "basic", False)
    assert "metadata" not in child


def test_taxes_and_commitment_come_from_the_override_alone(priced):
    child = overridden(priced, tax_codes=["vat"], minimum_commitment={"amount_cents": 9, "tax_codes": ["vat"]})
    assert [tax["code"] for tax in child["taxes"]] == ["vat"]
    assert child["minimum_commitment"]["amount_cents"] == 9
    assert [tax["code"] for tax in child["minimum_commitment"]["taxes"]] == ["vat"]


def test_thresholds_come_from_the_override_alone(priced):
    child = overridden(priced, usage_thresholds=[{"amount_cents": 500, "threshold_display_name": "Half"}])
    assert [(row["amount_cents"], row["recurring"]) for row in child["usage_thresholds"]] == [(500, False)]


def test_a_charge_is_changed_by_the_id_of_the_plans(priced):
    calls, seats = priced["charges"]
    row = {
        "id": calls["lago_id"], "properties": {"amount": "7"}, "min_amount_cents": 0, "invoice_display_name": "Mine",
        "filters": [a_filter("3", tier=["pro"])], "tax_codes": ["vat"], "charge_model": "standard",
        "pay_in_advance": True, "code": "mine", "billable_metric_id": seats["lago_billable_metric_id"],
    }
    child = overridden(priced, charges=[row, {"id": calls["code"]}, {"properties": {"amount": "9"}}])
    changed, other = child["charges"]
    same(calls, changed, "properties", "min_amount_cents", "invoice_display_name")
    assert (changed["properties"], changed["min_amount_cents"]) == ({"amount": "7"}, 0)
    assert changed["invoice_display_name"] == "Mine" and [tax["code"] for tax in changed["taxes"]] == ["vat"]
    assert [row["values"] for row in changed["filters"]] == [{"tier": ["pro"]}]
    same(seats, other)


def test_what_is_not_named_of_a_charge_stays(priced):
    calls = priced["charges"][0]
    child = overridden(priced, charges=[{"id": calls["lago_id"], "invoice_display_name": "Mine"}])
    same(calls, child["charges"][0], "invoice_display_name")
    assert len(child["charges"][0]["filters"]) == 2


def test_the_worth_of_a_pricing_unit_is_replaced(owner):
    a_pricing_unit(owner)
    unit = {"code": "credits", "conversion_rate": "0.5"}
    plan = a_plan(owner, charges=[
        standard_charge(a_metric(owner), applied_pricing_unit=unit), standard_charge(a_metric(owner, "seats")),
    ])
    rate = {"applied_pricing_unit": {"code": "other", "conversion_rate": "0.25"}}
    child = overridden(plan, charges=[{"id": row["lago_id"], **rate} for row in plan["charges"]])
    assert child["charges"][0]["applied_pricing_unit"] == {"conversion_rate": "0.25", "code": "credits"}
    assert child["charges"][1]["applied_pricing_unit"] is None


def test_a_fixed_charge_is_changed_by_the_id_of_the_plans(priced):
    setup = priced["fixed_charges"][0]
    row = {
        "id": setup["lago_id"], "units": "12.5", "properties": {"amount": "3"}, "invoice_display_name": "Mine",
        "tax_codes": ["vat"], "pay_in_advance": True,
    }
    child = overridden(priced, fixed_charges=[row, {"id": priced["lago_id"], "units": 9}])["fixed_charges"][0]
    same(setup, child, "units", "properties", "invoice_display_name")
    assert (child["units"], child["properties"], child["invoice_display_name"]) == ("12.5", {"amount": "3"}, "Mine")
    assert [tax["code"] for tax in child["taxes"]] == ["vat"]


@pytest.mark.parametrize("part, row", [
    ("charges", {"charge_model": "package", "properties": {"amount": "1", "package_size": 1, "free_units": 0}}),
    ("fixed_charges", {"charge_model": "volume"}),
])
def test_a_charge_keeps_its_model(priced, part, row):
    with pytest.raises(Forbidden) as refused:
        overridden(priced, **{part: [{"id": priced[part][0]["lago_id"], **row}]})
    assert refused.value.code == "cannot_override_charge_model"


@pytest.mark.parametrize("part, row, field, code", [
    ("charges", {"properties": {"amount": -1}}, "properties", "invalid_amount"),
    ("charges", {"min_amount_cents": -1}, "min_amount_cents", "value_is_out_of_range"),
    ("charges", {"filters": [{"properties": {"amount": "1"}}]}, "values", "value_is_mandatory"),
    ("fixed_charges", {"units": -1}, "units", "value_is_out_of_range"),
    ("fixed_charges", {"properties": {"amount": "x"}}, "properties", "invalid_amount"),
])
def test_what_is_wrong_with_a_charge_is_said(priced, part, row, field, code):
    with pytest.raises(Invalid) as refused:
        overridden(priced, **{part: [{"id": priced[part][0]["lago_id"], **row}]})
    assert refused.value.details == {field: [code]}
    assert db.session.query(Plan).where(Plan.parent_id.is_not(None)).count() == 0


@pytest.mark.parametrize("overrides, details", [
    ({"name": ""}, {"name": ["value_is_mandatory"]}),
    ({"amount_cents": None}, {"amount_cents": ["value_is_mandatory"]}),
    ({"amount_currency": "XXY"}, {"amount_currency": ["value_is_invalid"]}),
    ({"minimum_commitment": {"amount_cents": 0}}, {"amount_cents": ["value_is_out_of_range"]}),
])
def test_what_is_wrong_with_the_plan_is_said(priced, overrides, details):
    with pytest.raises(Invalid) as refused:
        overridden(priced, **overrides)
    assert refused.value.details == details


@pytest.mark.parametrize("part", [None, "charges", "fixed_charges"])
def test_an_unknown_tax_is_not_found(priced, part):
    taxed = {"tax_codes": ["unknown"]}
    overrides = {part: [{"id": priced[part][0]["lago_id"], **taxed}]} if part else taxed
    with pytest.raises(NotFound) as refused:
        overridden(priced, **overrides)
    assert refused.value.code == "tax_not_found"


@pytest.mark.parametrize("overrides, expected", [
    ({"fixed_charges": [{"id": "a", "units": 1}]}, True),
    ({"fixed_charges": [{"id": "a", "units": 1, "apply_units_immediately": True}, {"id": "b", "units": "2"}]}, True),
    ({"fixed_charges": [{"id": "a", "units": 1}, {"id": "b"}]}, False),
    ({"fixed_charges": [{"units": 1}]}, False),
    ({"fixed_charges": [{"id": "a", "units": 1, "properties": {"amount": "1"}}]}, False),
    ({"fixed_charges": [{"id": "a", "units": 1}], "name": "Acme's"}, False),
    ({"fixed_charges": []}, False),
    ({"fixed_charges": ["a"]}, False),
    ({"fixed_charges": {"id": "a", "units": 1}}, False),
    ({"charges": [{"id": "a", "units": 1}]}, False),
    ({}, False),
])
def test_which_overrides_only_say_units(overrides, expected):
    assert is_units_only(Plan(), overrides) is expected


def test_a_plan_that_overrides_one_has_its_units_itself(priced):
    child = db.session.get(Plan, overridden(priced)["lago_id"])
    assert not is_units_only(child, {"fixed_charges": [{"id": "a", "units": Decimal(1)}]})
