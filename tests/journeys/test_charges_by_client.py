"""The official Python client keeps the charges of a plan."""

import uuid

import pytest
from lago_python_client import models
from lago_python_client.client import Client
from lago_python_client.exceptions import LagoApiError
from lago_python_client.models.charge import AppliedPricingUnit, ChargeFilter, ChargeFilters

from tests.builders.catalog import a_pricing_unit
from tests.builders.organizations import account
from tests.builders.serving import serving

TIER = {"from_value": 0, "to_value": None, "flat_amount": "2"}
MODELS = {
    "standard": ({"amount": "0.5"}, {"amount": "0.7"}),
    "graduated": ({"graduated_ranges": [{**TIER, "per_unit_amount": "1"}]},
                  {"graduated_ranges": [{**TIER, "per_unit_amount": "3"}]}),
    "graduated_percentage": ({"graduated_percentage_ranges": [{**TIER, "rate": "1"}]},
                             {"graduated_percentage_ranges": [{**TIER, "rate": "2.5"}]}),
    "package": ({"amount": "5", "free_units": 10, "package_size": 100},
                {"amount": "6", "free_units": 0, "package_size": 50}),
    "percentage": ({"rate": "1.5", "fixed_amount": "0.25"}, {"rate": "2"}),
    "volume": ({"volume_ranges": [{**TIER, "per_unit_amount": "1"}]},
               {"volume_ranges": [{**TIER, "per_unit_amount": "0.1"}]}),
    "dynamic": ({}, {}),
}
"""Properties of each charge model, and others."""


@pytest.fixture(scope="module")
def owner(committing):
    return account(committing.test_client(), f"Owner {uuid.uuid4().hex[:8]}")


@pytest.fixture(scope="module")
def lago(committing, owner):
    """The client, with a plan `pro` and a metric `storage`."""
    with serving(committing) as url:
        lago = Client(api_key=owner.api_key, api_url=url)
        filters = models.BillableMetricFilters(
            __root__=[models.BillableMetricFilter(key="region", values=["eu", "us"])]
        )
        lago.billable_metrics.create(models.BillableMetric(
            name="Storage", code="storage", aggregation_type="sum_agg", field_name="gb", filters=filters,
        ))
        lago.plans.create(models.Plan(
            name="Pro", code="pro", interval="monthly", amount_cents=0, amount_currency="EUR", pay_in_advance=False,
        ))
        yield lago


def a_charge(lago, code, model="standard", **fields):
    metric = lago.billable_metrics.find("storage")
    fields = {"properties": MODELS[model][0], **fields}
    return models.Charge(billable_metric_id=metric.lago_id, code=code, charge_model=model, **fields)


@pytest.mark.parametrize("model, properties", MODELS.items())
def test_charges_of_every_model(lago, model, properties):
    before, after = properties
    code = f"eu/{model}"
    made = lago.plan_charges.create("pro", a_charge(lago, code, model))
    assert (made.code, made.charge_model, made.properties) == (code, model, before)
    assert lago.plan_charges.find("pro", code) == made
    change = models.Charge(charge_model=model, properties=after, invoice_display_name="New")
    changed = lago.plan_charges.update("pro", code, change)
    assert (changed.lago_id, changed.properties, changed.invoice_display_name) == (made.lago_id, after, "New")
    assert lago.plan_charges.destroy("pro", code).lago_id == made.lago_id
    with pytest.raises(LagoApiError) as gone:
        lago.plan_charges.find("pro", code)
    assert (gone.value.status_code, gone.value.response["code"]) == (404, "charge_not_found")


def test_filters_of_a_charge(lago):
    rows = [ChargeFilter(properties={"amount": amount}, values={"region": [region]})
            for amount, region in (("1", "eu"), ("2", "us"))]
    made = lago.plan_charges.create("pro", a_charge(lago, "filtered", filters=ChargeFilters(__root__=rows)))
    assert [row.values for row in made.filters.__root__] == [{"region": ["eu"]}, {"region": ["us"]}]
    change = models.Charge(properties={"amount": "1"}, filters=ChargeFilters(__root__=rows[1:]))
    changed = lago.plan_charges.update("pro", "filtered", change)
    assert [row.properties for row in changed.filters.__root__] == [{"amount": "2"}]


def test_a_charge_in_a_pricing_unit(lago, owner, committing):
    with committing.app_context():
        a_pricing_unit(owner)
    unit = AppliedPricingUnit(code="credits", conversion_rate=0.25)
    made = lago.plan_charges.create("pro", a_charge(lago, "credits", applied_pricing_unit=unit))
    shown = owner.get("/plans/pro/charges/credits")["charge"]
    assert (shown["lago_id"], shown["applied_pricing_unit"]) == (
        made.lago_id, {"code": "credits", "conversion_rate": "0.25"}
    )


def test_charges_of_a_subscription(lago):
    made = lago.plan_charges.create("pro", a_charge(lago, "plain"))
    lago.customers.create(models.Customer(external_id="acme"))
    lago.subscriptions.create(
        models.Subscription(external_customer_id="acme", external_id="acme", plan_code="pro")
    )
    assert lago.subscription_charges.find("acme", "plain").lago_id == made.lago_id


def test_what_is_wrong_is_told(lago):
    with pytest.raises(LagoApiError) as refused:
        lago.plan_charges.create("pro", a_charge(lago, None))
    assert refused.value.response["error_details"] == {"code": ["value_is_mandatory"]}
