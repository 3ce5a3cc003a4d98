"""The official Python client keeps the catalog and the customers."""

import uuid

import pytest
from lago_python_client import models
from lago_python_client.client import Client

from tests.builders.organizations import account
from tests.builders.serving import serving

TIERS = [
    {"from_value": 0, "to_value": 10, "per_unit_amount": "1", "flat_amount": "0"},
    {"from_value": 11, "to_value": None, "per_unit_amount": "0.5", "flat_amount": "0"},
]


@pytest.fixture
def lago(committing):
    """The client, with a key of an organization of its own."""
    owner = account(committing.test_client(), f"Owner {uuid.uuid4().hex[:8]}")
    with serving(committing) as url:
        yield Client(api_key=owner.api_key, api_url=url)


def a_metric(lago):
    metric = models.BillableMetric(name="Calls", code="eu/calls", aggregation_type="count_agg")
    return lago.billable_metrics.create(metric)


def test_taxes(lago):
    made = lago.taxes.create(models.Tax(name="VAT", code="vat", rate="20.5", applied_to_organization=True))
    assert (made.rate, made.applied_to_organization) == (20.5, True)
    assert lago.taxes.update(models.Tax(rate="5"), "vat").rate == 5.0
    assert [tax.code for tax in lago.taxes.find_all()["taxes"]] == ["vat"]
    assert lago.taxes.destroy("vat").applied_to_organization is False


def test_billable_metrics(lago):
    made = a_metric(lago)
    assert lago.billable_metrics.find("eu/calls").lago_id == made.lago_id
    change = models.BillableMetric(name="Hits", code="eu/calls", aggregation_type="count_agg")
    assert lago.billable_metrics.update(change, "eu/calls").name == "Hits"
    assert lago.billable_metrics.find_all()["meta"]["total_count"] == 1
    assert lago.billable_metrics.destroy("eu/calls").code == "eu/calls"


def test_plans(lago):
    charge = models.Charge(
        billable_metric_id=a_metric(lago).lago_id, charge_model="graduated", properties={"graduated_ranges": TIERS}
    )
    made = lago.plans.create(models.Plan(
        name="Pro", code="pro", interval="monthly", amount_cents=1000, amount_currency="EUR", pay_in_advance=False,
        charges=models.Charges(__root__=[charge]),
    ))
    assert made.charges.__root__[0].charge_model == "graduated"
    assert lago.plans.update(models.Plan(name="Pro 2"), "pro").name == "Pro 2"
    assert lago.plans.find("pro").amount_cents == 1000
    assert lago.plans.find_all()["meta"]["total_count"] == 1
    assert lago.plans.destroy("pro").code == "pro"


def test_customers(lago):
    note = models.Metadata(key="tier", value="gold", display_in_invoice=True)
    made = lago.customers.create(models.Customer(
        external_id="acme.eu 1", name="Acme", email="ann@acme.io", country="FR",
        billing_configuration=models.CustomerBillingConfiguration(document_locale="fr"),
        metadata=models.MetadataList(__root__=[note]),
    ))
    assert (made.country, made.billing_configuration.document_locale) == ("FR", "fr")
    assert lago.customers.find("acme.eu 1").lago_id == made.lago_id
    assert lago.customers.find_all()["meta"]["total_count"] == 1
    assert lago.customers.destroy("acme.eu 1").external_id == "acme.eu 1"
