"""The object in each message, with the parts that 06 §4.4 lists for its type."""

import pytest

from lago.webhooks.catalog import MESSAGES
from lago.webhooks.event_types import EVENT_TYPES
from tests.builders.alerts import an_alert
from tests.builders.catalog import a_metric, a_plan, standard_charge
from tests.builders.contract import webhook_violations
from tests.builders.customers import a_customer
from tests.builders.features import a_feature, give
from tests.builders.stories import use
from tests.builders.webhooks import endpoint_at


@pytest.fixture
def story(with_pdfs, sandbox, hook):
    """Each type's last message of a customer's first month: subscribed, renamed, billed, ended; and another's draft."""
    sandbox.at("2024-01-01T00:00:00Z")
    endpoint_at(sandbox, hook.url)
    metric = a_metric(sandbox)
    at_once = standard_charge(metric, pay_in_advance=True, invoiceable=False)
    a_plan(sandbox, charges=[standard_charge(metric), at_once], usage_thresholds=[{"amount_cents": 1}])
    a_customer(sandbox, currency="EUR")
    a_customer(sandbox, name="Acme")
    a_feature(sandbox)
    give(sandbox, "basic", seats={"max": 3})
    body = {"external_customer_id": "acme", "external_id": "sub", "plan_code": "basic"}
    sandbox.post("/subscriptions", {"subscription": body})
    a_plan(sandbox, "tried", trial_period=1)
    tried = {**body, "external_id": "tried", "plan_code": "tried", "ending_at": "2024-02-20T00:00:00Z"}
    sandbox.post("/subscriptions", {"subscription": tried})
    an_alert(sandbox, 1, path="/subscriptions/sub/alerts")
    use(sandbox, "calls", "sub")
    sandbox.put("/subscriptions/sub", {"subscription": {"name": "Renamed"}})
    sandbox.at("2024-02-02T00:00:00Z")
    a_plan(sandbox, "early", pay_in_advance=True)
    a_customer(sandbox, "graced", billing_configuration={"invoice_grace_period": 30})
    graced = {"external_customer_id": "graced", "external_id": "graced", "plan_code": "early"}
    sandbox.post("/subscriptions", {"subscription": graced})
    paid_by_a_note(sandbox)
    sandbox.delete("/subscriptions/sub")
    sandbox.put("/billable_metrics/calls", {"billable_metric": {"description": "x"}})
    sandbox.put("/plans/basic", {"plan": {"description": "x"}})
    sandbox.delete("/features/seats/privileges/sso")
    sandbox.delete("/plans/basic")
    sandbox.delete("/features/seats")
    sandbox.delete("/billable_metrics/calls")
    sandbox.at("2024-02-03T00:00:00Z")
    return {request.json["webhook_type"]: request.json for request in hook.requests}


def paid_by_a_note(account):
    """Another's invoice of a subscription in advance, of which a credit note leaves nothing to pay."""
    body = {"external_customer_id": "other", "external_id": "other", "plan_code": "early"}
    a_customer(account, "other")
    account.post("/subscriptions", {"subscription": body})
    listed = account.get("/invoices", external_customer_id="other")["invoices"][0]
    fee = account.get(f"/invoices/{listed['lago_id']}")["invoice"]["fees"][0]
    items = [{"fee_id": fee["lago_id"], "amount_cents": fee["amount_cents"]}]
    note = {"invoice_id": listed["lago_id"], "items": items, "offset_amount_cents": fee["amount_cents"]}
    account.post("/credit_notes", {"credit_note": note})


_INVOICE = {"customer", "subscriptions", "billing_periods", "fees", "credits", "applied_taxes"}
_PLAN = {"charges", "usage_thresholds", "taxes"}
PARTS = {
    "alert.triggered": {"crossed_thresholds"},
    "billable_metric.created": {"filters"},
    "billable_metric.updated": {"filters"},
    "billable_metric.deleted": {"filters"},
    "plan.created": _PLAN | {"entitlements"},
    "plan.updated": _PLAN | {"entitlements"},
    "plan.deleted": _PLAN,
    "credit_note.created": {"customer", "items", "applied_taxes"},
    "customer.created": {"billing_configuration", "shipping_address", "metadata", "integration_customers"},
    "customer.updated": {"billing_configuration", "shipping_address", "metadata", "integration_customers"},
    "subscription.started": {"plan", "customer", "entitlements", "payment_method", "activation_rules"},
    "subscription.updated": {"plan", "customer", "entitlements", "payment_method", "activation_rules"},
    "subscription.terminated": {"plan", "customer", "payment_method", "activation_rules"},
    "subscription.termination_alert": {"plan", "customer", "payment_method", "activation_rules"},
    "subscription.trial_ended": {"plan", "customer", "payment_method", "activation_rules"},
    "subscription.usage_threshold_reached": {
        "plan", "customer", "usage_threshold", "applicable_usage_thresholds", "payment_method", "activation_rules",
    },
    "feature.created": {"privileges"},
    "feature.updated": {"privileges"},
    "feature.deleted": {"privileges"},
    "fee.created": {"item", "amount_details", "presentation_breakdowns"},
    "invoice.created": _INVOICE | {"applied_invoice_custom_sections"},
    "invoice.drafted": _INVOICE | {"error_details"},
    "invoice.ready_to_finalize": _INVOICE | {"error_details"},
    "invoice.generated": {"customer"},
    "invoice.payment_status_updated": {"customer", "fees"},
}
OF_USAGE = {*PARTS, "events.errors"}
"""What this file and `test_events_errors.py` tell of; of money does `test_catalog_of_money.py`."""


def test_every_type_that_is_sent_can_be_chosen():
    assert set(MESSAGES) <= EVENT_TYPES


def test_each_message_has_its_object_and_parts(story):
    parts = {name: _parts(story[name][story[name]["object_type"]]) for name in PARTS}
    assert parts == PARTS


def test_each_message_follows_the_contract(story):
    told = {name: webhook_violations(story[name]) for name in PARTS}
    assert told == dict.fromkeys(PARTS, [])


def test_a_message_shows_what_the_api_shows(story, sandbox):
    invoice = story["invoice.created"]["invoice"]
    shown = sandbox.get(f"/invoices/{invoice['lago_id']}")["invoice"]
    assert {name: invoice[name] for name in ("number", "fees", "billing_periods", "total_amount_cents")} == {
        name: shown[name] for name in ("number", "fees", "billing_periods", "total_amount_cents")
    }
    assert story["invoice.generated"]["invoice"]["file_url"]
    assert "integration_customers" not in invoice["customer"]


def _parts(shown):
    return {name for name, value in shown.items() if isinstance(value, list | dict)}
