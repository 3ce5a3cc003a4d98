"""Plans over the API."""

from tests.builders.catalog import a_metric, a_plan, a_tax, standard_charge


def test_a_plan_is_made_with_its_charges_and_taxes(owner):
    metric = a_metric(owner)
    a_tax(owner)
    plan = a_plan(owner, tax_codes=["vat"], charges=[standard_charge(metric, tax_codes=["vat"]), standard_charge(metric)])
    assert [charge["code"] for charge in plan["charges"]] == ["calls", "calls_2"]
    assert [tax["code"] for tax in plan["taxes"]] == ["vat"]
    assert owner.get("/plans/basic")["plan"] == plan
