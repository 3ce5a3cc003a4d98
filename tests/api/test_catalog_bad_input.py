"""Whatever is sent in any field of the catalog and of customers is taken, ignored or refused: nothing breaks."""

import pytest

from lago.catalog.inputs import BillableMetricInput, ChargeInput, PlanInput, TaxInput
from lago.customers.inputs import CustomerInput
from tests.builders.catalog import a_metric, a_plan, a_sum_metric, a_tax, metric_body, plan_body, standard_charge
from tests.builders.customers import a_customer

JUNK = [
    None, True, int("9" * 60), "99999-12-31 \u202e\U0001f4a9" * 500, [None], {"a": {"b": [None]}},
    [{"id": "x", "key": 5, "value": [], "charge_model": 7}],
]
CONFIGURATION = ("invoice_grace_period", "document_locale", "payment_provider")
FILTERS = ("search_term", "customer_type", "has_customer_type", "countries[]", "states[]", "billing_entity_codes[]")


def names_of(schema):
    return [*schema().fields, "charges"]


def send(owner, method, path, body):
    """The call's status; 500 fails."""
    headers = {"Authorization": f"Bearer {owner.api_key}"}
    answer = owner.client.open(f"/api/v1{path}", method=method, json=body, headers=headers)
    assert answer.status_code in (200, 400, 404, 422), f"{method} {path} {body}: {answer.get_data(as_text=True)}"
    return answer.status_code


@pytest.mark.parametrize("junk", JUNK)
def test_of_a_tax(owner, junk):
    a_tax(owner)
    for name in names_of(TaxInput):
        send(owner, "POST", "/taxes", {"tax": {"name": "x", "code": name, "rate": 1, name: junk}})
        send(owner, "PUT", "/taxes/vat", {"tax": {name: junk}})


@pytest.mark.parametrize("junk", JUNK)
def test_of_a_metric(owner, junk):
    a_sum_metric(owner)
    for name in names_of(BillableMetricInput):
        send(owner, "POST", "/billable_metrics", {"billable_metric": metric_body(name) | {name: junk}})
        send(owner, "PUT", "/billable_metrics/storage", {"billable_metric": {name: junk}})


@pytest.mark.parametrize("junk", JUNK)
def test_of_a_plan(owner, junk):
    a_plan(owner)
    for name in names_of(PlanInput):
        send(owner, "POST", "/plans", {"plan": plan_body(name) | {name: junk}})
        send(owner, "PUT", "/plans/basic", {"plan": {name: junk}})


@pytest.mark.parametrize("junk", JUNK)
def test_of_a_charge(owner, junk):
    metric = a_metric(owner)
    charge = a_plan(owner, charges=[standard_charge(metric)])["charges"][0]
    for name in names_of(ChargeInput):
        row = {"id": charge["lago_id"], **standard_charge(metric), name: junk}
        send(owner, "PUT", "/plans/basic", {"plan": {"charges": [row]}})


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize("model", ["graduated", "volume"])
def test_of_a_tier(owner, junk, model):
    metric = a_metric(owner)
    tier = {"from_value": 0, "to_value": None, "per_unit_amount": "1", "flat_amount": "1"}
    for tiers in (junk, [junk], *([{**tier, part: junk}] for part in tier)):
        charge = standard_charge(metric, charge_model=model, properties={f"{model}_ranges": tiers})
        send(owner, "POST", "/plans", {"plan": plan_body(charges=[charge])})


@pytest.mark.parametrize("junk", JUNK)
def test_of_a_customer(owner, junk):
    a_customer(owner, metadata=[{"key": "a", "value": "b"}])
    bodies = [{name: junk} for name in CustomerInput().fields]
    bodies += [{"shipping_address": junk}, {"billing_configuration": junk}, {"shipping_address": {"country": junk}}]
    bodies += [{"billing_configuration": {name: junk}} for name in CONFIGURATION]
    for body in bodies:
        send(owner, "POST", "/customers", {"customer": {"external_id": "acme", **body}})


@pytest.mark.parametrize("junk", ["", "x", "0", "-1", "9" * 60, "a\0b", "%", "é" * 300, "[]", "{}"])
def test_of_the_filters_of_customers(owner, junk):
    a_customer(owner)
    for name in ("page", "per_page", *FILTERS, f"metadata[{junk}]", "metadata", "metadata["):
        answer = owner.client.get(
            "/api/v1/customers", query_string={name: junk}, headers={"Authorization": f"Bearer {owner.api_key}"}
        )
        assert answer.status_code in (200, 404, 422), f"{name}: {answer.get_data(as_text=True)}"


@pytest.mark.parametrize("raw", [b"{", b"[]", b"1", b"null", b'"x"', b"\xff", b'{"tax": "\\ud800"}', b"[" * 5000])
def test_what_is_no_json_object_is_no_request(owner, raw):
    headers = {"Authorization": f"Bearer {owner.api_key}", "Content-Type": "application/json"}
    for path in ("/taxes", "/billable_metrics", "/plans", "/customers"):
        assert owner.client.post(f"/api/v1{path}", data=raw, headers=headers).status_code == 400
