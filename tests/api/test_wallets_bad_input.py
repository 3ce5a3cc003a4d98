"""Whatever stands in a field of a wallet or of its rule, the answer is no fault of ours, and a refusal names why."""

import pytest

from tests.builders.stories import customer
from tests.builders.wallets import threshold_rule, wallet

STRANGE = (None, "9" * 400, 10**30, [None], {"x": "y"})
FIELDS = (
    "external_customer_id", "rate_amount", "currency", "name", "code", "priority", "expiration_at",
    "purchase_order_number", "paid_credits", "granted_credits", "invoice_requires_successful_payment",
    "paid_top_up_min_amount_cents", "paid_top_up_max_amount_cents", "ignore_paid_top_up_limits_on_creation",
    "transaction_name", "transaction_priority", "transaction_metadata", "metadata", "billing_entity_code",
    "billing_entity_id", "applies_to", "recurring_transaction_rules", "invoice_custom_section", "payment_method",
)
OF_LIMITS = ("fee_types", "billable_metric_codes")
OF_RULES = (
    "lago_id", "trigger", "interval", "method", "paid_credits", "granted_credits", "threshold_credits",
    "target_ongoing_balance", "grants_target_top_up", "started_at", "expiration_at",
    "invoice_requires_successful_payment", "ignore_paid_top_up_limits", "transaction_name", "transaction_metadata",
    "purchase_order_number", "payment_method", "invoice_custom_section",
)


@pytest.fixture
def crowded(owner):
    """A customer who may have any number of wallets."""
    customer(owner)
    owner.organization.max_wallets = 10**6
    return owner


def check(owner, method, path, fields):
    headers = {"Authorization": f"Bearer {owner.api_key}"}
    answer = owner.client.open(f"/api/v1{path}", method=method, json={"wallet": fields}, headers=headers)
    assert answer.status_code in (200, 404, 422), f"{fields}: {answer.status_code}"
    assert answer.status_code != 422 or answer.json["error_details"]


@pytest.mark.parametrize("strange", STRANGE, ids=["null", "long", "large", "list", "object"])
def test_a_strange_value_is_taken_or_refused(crowded, strange):
    plain = {"external_customer_id": "acme", "rate_amount": "1", "currency": "EUR"}
    made = wallet(crowded)
    for name in FIELDS:
        check(crowded, "POST", "/wallets", {**plain, name: strange})
    for name in OF_LIMITS:
        check(crowded, "PUT", f"/wallets/{made['lago_id']}", {"applies_to": {name: strange}})
    for name in OF_RULES:
        rule = {**threshold_rule(), name: strange}
        check(crowded, "PUT", f"/wallets/{made['lago_id']}", {"recurring_transaction_rules": [rule]})
