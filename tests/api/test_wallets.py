"""Wallets over the API: what is shown, made and refused (05 §1.2–1.5)."""

import pytest

from lago.core.db import db
from tests.builders.stories import customer, metric
from tests.builders.wallets import change, interval_rule, read, terminate, threshold_rule, wallet

ANY = object()


@pytest.fixture
def acme(sandbox):
    """A customer, on the first of May 2024."""
    sandbox.at("2024-05-01T10:00:00Z")
    customer(sandbox, "acme", currency="EUR")
    return sandbox


def refused(owner, **fields):
    """The `error_details` of a new wallet with these fields."""
    fields = {"external_customer_id": "acme", "rate_amount": "1", "currency": "EUR", **fields}
    return owner.refused("POST", "/wallets", {"wallet": fields})


def test_a_new_wallet_is_shown_in_full(acme):
    made = wallet(acme, name="Prepaid", rate_amount="0.50", purchase_order_number=" PO-1 ")
    assert {**made, "lago_id": ANY, "lago_customer_id": ANY} == {
        "lago_id": ANY, "lago_customer_id": ANY, "external_customer_id": "acme",
        "billing_entity_code": made["billing_entity_code"], "status": "active", "currency": "EUR", "name": "Prepaid",
        "code": "prepaid", "purchase_order_number": "PO-1", "priority": 50, "rate_amount": "0.5",
        "credits_balance": "0.0", "balance_cents": 0, "credits_ongoing_balance": "0.0", "ongoing_balance_cents": 0,
        "ongoing_usage_balance_cents": 0, "credits_ongoing_usage_balance": "0.0", "consumed_credits": "0.0",
        "created_at": "2024-05-01T10:00:00Z", "expiration_at": None, "last_balance_sync_at": None,
        "last_consumed_credit_at": None, "terminated_at": None, "invoice_requires_successful_payment": False,
        "paid_top_up_min_amount_cents": None, "paid_top_up_max_amount_cents": None,
        "payment_method": {"payment_method_id": None, "payment_method_type": "provider"},
        "recurring_transaction_rules": [], "applies_to": {"fee_types": [], "billable_metric_codes": []},
        "applied_invoice_custom_sections": [],
    }
    assert read(acme, made) == made


def test_all_that_can_be_asked_for_is_kept(acme):
    metric(acme, "api")
    made = wallet(
        acme, code="mine", priority=3, expiration_at="2024-06-01T00:00:00Z", invoice_requires_successful_payment=True,
        paid_top_up_min_amount_cents=100, paid_top_up_max_amount_cents=5000, metadata={"a": "b", "c": None},
        applies_to={"fee_types": ["subscription"], "billable_metric_codes": ["api"]},
        payment_method={"payment_method_type": "manual"},
    )
    shown = {
        "code": "mine", "priority": 3, "expiration_at": "2024-06-01T00:00:00Z",
        "invoice_requires_successful_payment": True, "paid_top_up_min_amount_cents": 100,
        "paid_top_up_max_amount_cents": 5000, "metadata": {"a": "b", "c": None},
        "applies_to": {"fee_types": ["subscription"], "billable_metric_codes": ["api"]},
        "payment_method": {"payment_method_id": None, "payment_method_type": "manual"},
    }
    assert {name: made[name] for name in shown} == shown


def test_currency_is_the_customers(acme):
    customer(acme, "usd", currency="USD")
    assert wallet(acme, "usd", currency=None)["currency"] == "USD"


def test_a_customer_without_currency_gets_the_wallets(acme):
    customer(acme, "plain")
    wallet(acme, "plain", currency="JPY")
    assert acme.get("/customers/plain")["customer"]["currency"] == "JPY"


def test_without_any_currency_there_is_no_wallet(acme):
    customer(acme, "plain")
    assert refused(acme, external_customer_id="plain", currency=None) == {"currency": ["value_is_invalid"]}


def test_codes_are_made_of_names_and_told_apart(acme):
    names = ["Été & Co – 2", None, None, None, "!?"]
    moment = 1714557600  # 2024-05-01T10:00:00Z
    codes = [wallet(acme, name=name)["code"] for name in names]
    assert codes == ["ete_co_2", "default", f"default_{moment}", f"default_{moment + 1}", f"default_{moment + 2}"]


def test_a_given_code_is_taken_by_active_wallets_alone(acme):
    first = wallet(acme, code="mine")
    assert refused(acme, code="mine") == {"code": ["value_already_exist"]}
    terminate(acme, first)
    again = wallet(acme, code="mine")
    assert acme.get("/customers/acme/wallets/mine")["wallet"]["lago_id"] == again["lago_id"]
    terminate(acme, again)
    assert acme.get("/customers/acme/wallets/mine")["wallet"]["lago_id"] == again["lago_id"]


def test_at_most_six_are_active(acme):
    made = [wallet(acme) for _ in range(6)]
    assert refused(acme) == {"customer": ["wallet_limit_reached"]}
    terminate(acme, made[0])
    wallet(acme)


def test_an_organization_may_have_another_maximum(acme):
    acme.organization.max_wallets = 1
    wallet(acme)
    assert refused(acme) == {"customer": ["wallet_limit_reached"]}


WRONG = {
    "no-customer": ({"external_customer_id": "nobody"}, {"customer": ["customer_not_found"]}),
    "number-for-credits": ({"paid_credits": 10}, {"paid_credits": ["invalid_paid_credits", "invalid_amount"]}),
    "negative-credits": ({"granted_credits": "-1"}, {"granted_credits": ["invalid_granted_credits", "invalid_amount"]}),
    "endless-credits": ({"granted_credits": "NaN"}, {"granted_credits": ["invalid_granted_credits", "invalid_amount"]}),
    "too-many-credits": ({"paid_credits": "1e20"}, {"paid_credits": ["invalid_paid_credits", "invalid_amount"]}),
    "past-end": ({"expiration_at": "2024-05-01T10:00:00Z"}, {"expiration_at": ["invalid_date"]}),
    "no-date": ({"expiration_at": "soon"}, {"expiration_at": ["invalid_date"]}),
    "two-rules": (
        {"recurring_transaction_rules": [interval_rule(), interval_rule()]},
        {"recurring_transaction_rules": ["invalid_number_of_recurring_rules"]},
    ),
    "fee-type": ({"applies_to": {"fee_types": ["product"]}}, {"applies_to": ["invalid_limitations"]}),
    "metric": ({"applies_to": {"billable_metric_codes": ["nothing"]}}, {"applies_to": ["invalid_limitations"]}),
    "payment-method": (
        {"payment_method": {"payment_method_type": "card"}}, {"payment_method": ["invalid_payment_method"]},
    ),
    "unknown-payment-method": (
        {"payment_method": {"payment_method_id": "b5a5a9c6-8f0a-4f6e-9d0c-0a4b8f8e0f11"}},
        {"payment_method": ["invalid_payment_method"]},
    ),
    "metadata-no-list": ({"transaction_metadata": "a"}, {"metadata": ["invalid_type"]}),
    "metadata-six-pairs": (
        {"transaction_metadata": [{"key": str(n), "value": "x"} for n in range(6)]}, {"metadata": ["too_many_keys"]},
    ),
    "metadata-long-key": (
        {"transaction_metadata": [{"key": "k" * 21, "value": "x"}]}, {"metadata": ["key_too_long"]},
    ),
    "metadata-long-value": (
        {"transaction_metadata": [{"key": "k", "value": "x" * 101}]}, {"metadata": ["value_too_long"]},
    ),
    "metadata-no-pair": (
        {"transaction_metadata": [{"k": "v"}]}, {"metadata": ["invalid_key_value_pair"]},
    ),
    "metadata-nested": (
        {"transaction_metadata": [{"key": "k", "value": {}}]}, {"metadata": ["nested_structure_not_allowed"]},
    ),
    "long-transaction-name": ({"transaction_name": "n" * 256}, {"transaction_name": ["value_is_too_long"]}),
    "transaction-priority": ({"transaction_priority": 51}, {"transaction_priority": ["value_is_invalid"]}),
    "free": ({"rate_amount": "0"}, {"rate_amount": ["value_is_out_of_range"]}),
    "free-as-kept": ({"rate_amount": "0.000004"}, {"rate_amount": ["value_is_out_of_range"]}),
    "no-rate": ({"rate_amount": None}, {"rate_amount": ["is not a number"]}),
    "no-number-for-a-rate": ({"rate_amount": "much"}, {"rate_amount": ["is not a number"]}),
    "currency": ({"currency": "XXX"}, {"currency": ["value_is_invalid"]}),
    "priority-0": ({"priority": 0}, {"priority": ["value_is_invalid"]}),
    "priority-51": ({"priority": 51}, {"priority": ["value_is_invalid"]}),
    "no-minimum": ({"paid_top_up_min_amount_cents": 0}, {"paid_top_up_min_amount_cents": ["value_is_out_of_range"]}),
    "limits-crossed": (
        {"paid_top_up_min_amount_cents": 2, "paid_top_up_max_amount_cents": 1},
        {"paid_top_up_max_amount_cents": ["must_be_greater_than_or_equal_min"]},
    ),
    "long-order-number": ({"purchase_order_number": "9" * 256}, {"purchase_order_number": ["value_is_too_long"]}),
    "worth-nothing": (
        {"rate_amount": "0.0004", "paid_credits": "10", "granted_credits": "12"},
        {"paid_credits": ["amount_rounds_to_zero"], "granted_credits": ["amount_rounds_to_zero"]},
    ),
    "below-minimum": (
        {"paid_credits": "9.99", "paid_top_up_min_amount_cents": 1000}, {"paid_credits": ["amount_below_minimum"]},
    ),
    "above-maximum": (
        {"paid_credits": "10.01", "paid_top_up_max_amount_cents": 1000}, {"paid_credits": ["amount_above_maximum"]},
    ),
}


@pytest.mark.parametrize("fields, details", WRONG.values(), ids=list(WRONG))
def test_what_is_wrong_is_named_and_nothing_made(acme, fields, details):
    assert refused(acme, **fields) == details
    assert acme.get("/wallets")["wallets"] == []


def test_what_is_wrong_with_the_request_is_said_together_and_before_the_record(acme):
    details = refused(
        acme, external_customer_id="nobody", paid_credits=1, expiration_at="x", rate_amount="0", priority=99
    )
    assert details == {
        "customer": ["customer_not_found"], "paid_credits": ["invalid_paid_credits", "invalid_amount"],
        "expiration_at": ["invalid_date"],
    }
    assert refused(acme, rate_amount="0", priority=99) == {
        "rate_amount": ["value_is_out_of_range"], "priority": ["value_is_invalid"],
    }


def test_an_unknown_billing_entity_is_not_found_before_the_record_is_looked_at(acme):
    body = {"external_customer_id": "acme", "billing_entity_code": "nobody", "rate_amount": "0"}
    assert acme.post("/wallets", {"wallet": body}, expect=404)["code"] == "billing_entity_not_found"


def test_nobodys_wallets_are_not_found(acme):
    body = {"wallet": {"rate_amount": "1", "currency": "EUR"}}
    assert acme.post("/customers/nobody/wallets", body, expect=404)["code"] == "customer_not_found"
    assert acme.get("/customers/nobody/wallets", expect=404)["code"] == "customer_not_found"
    assert acme.get("/wallets", external_customer_id="nobody", expect=404)["code"] == "customer_not_found"
    for path in ("/wallets/nothing", "/customers/acme/wallets/nothing"):
        assert acme.get(path, expect=404)["code"] == "wallet_not_found"
        assert acme.put(path, {"wallet": {"name": "x"}}, expect=404)["code"] == "wallet_not_found"
        assert acme.delete(path, expect=404)["code"] == "wallet_not_found"


def test_metadata_that_cannot_be_is_ignored_at_first_and_refused_later(acme):
    made = wallet(acme, metadata={"key": 5})
    assert "metadata" not in made
    path = f"/wallets/{made['lago_id']}"
    details = acme.refused("PUT", path, {"wallet": {"metadata": {"key": 5}}})
    assert details == {"value": ["value for key 'key' must be a String or null"]}


def test_lists_are_narrowed(acme):
    customer(acme, "other", currency="USD")
    first, second = wallet(acme, code="a"), wallet(acme, code="b", currency="USD")
    third = wallet(acme, "other", code="c", currency="USD")
    terminate(acme, first)

    def codes(path="/wallets", **query):
        return [row["code"] for row in acme.get(path, **query)["wallets"]]

    assert codes() == ["c", "b", "a"]
    assert codes(external_customer_id="acme") == codes("/customers/acme/wallets") == ["b", "a"]
    assert codes(currency="USD") == ["c", "b"]
    assert codes("/customers/acme/wallets", currency="USD") == ["b"]
    assert codes(**{"billing_entity_codes[]": second["billing_entity_code"]}) == ["c", "b", "a"]
    assert acme.get("/wallets", **{"billing_entity_codes[]": "no"}, expect=404)["code"] == "billing_entity_not_found"
    assert third["status"] == "active"


def test_wallets_of_a_customer_are_made_and_found_by_code(acme):
    body = {"wallet": {"rate_amount": "2", "currency": "EUR", "code": "a", "external_customer_id": "ignored"}}
    made = acme.post("/customers/acme/wallets", body)["wallet"]
    assert acme.get("/customers/acme/wallets/a")["wallet"] == made == read(acme, made)
    renamed = acme.put("/customers/acme/wallets/a", {"wallet": {"name": "A", "code": "b"}})["wallet"]
    assert (renamed["name"], renamed["code"]) == ("A", "b")
    assert acme.delete("/customers/acme/wallets/b")["wallet"]["status"] == "terminated"


def test_a_change_keeps_what_it_does_not_name(acme):
    made = wallet(
        acme, name="A", priority=3, expiration_at="2024-06-01T00:00:00Z", purchase_order_number="PO",
        applies_to={"fee_types": ["charge"]}, recurring_transaction_rules=[interval_rule()], metadata={"a": "b"},
    )
    assert change(acme, made, rate_amount="7", currency="USD", paid_credits="9", status="terminated", code=None) == made
    changed = change(acme, made, name=None, expiration_at=None, purchase_order_number=" ", priority=None, metadata=None)
    cleared = {"name": None, "expiration_at": None, "purchase_order_number": None}
    assert changed == {**{name: value for name, value in made.items() if name != "metadata"}, **cleared}


WRONG_CHANGES = {
    "date": ({"expiration_at": "2024-04-01T00:00:00Z"}, {"expiration_at": ["invalid_date"]}),
    "fee-type": ({"applies_to": {"fee_types": ["x"]}}, {"allowed_fee_types": ["invalid_fee_types"]}),
    "metric": ({"applies_to": {"billable_metric_codes": ["x"]}}, {"billable_metrics": ["invalid_identifier"]}),
    "payment-method": (
        {"payment_method": {"payment_method_type": "card"}}, {"payment_method": ["invalid_payment_method"]},
    ),
    "priority": ({"priority": "first"}, {"priority": ["value_is_invalid"]}),
    "code-of-another": ({"code": "other"}, {"code": ["value_already_exist"]}),
    "maximum-below-minimum": (
        {"paid_top_up_max_amount_cents": 99}, {"paid_top_up_max_amount_cents": ["must_be_greater_than_or_equal_min"]},
    ),
}


@pytest.mark.parametrize("fields, details", WRONG_CHANGES.values(), ids=list(WRONG_CHANGES))
def test_a_wrong_change_is_refused_and_changes_nothing(acme, fields, details):
    wallet(acme, code="other")
    made = wallet(acme, code="mine", paid_top_up_min_amount_cents=100)
    body = {"wallet": {"name": "new", **fields}}
    assert acme.refused("PUT", f"/wallets/{made['lago_id']}", body) == details
    assert read(acme, made) == made


def test_limits_must_hold_for_the_rules_that_are_there(acme):
    made = wallet(acme, recurring_transaction_rules=[threshold_rule(paid_credits="50")])
    path, too_low = f"/wallets/{made['lago_id']}", {"wallet": {"paid_top_up_max_amount_cents": 4999}}
    assert acme.refused("PUT", path, too_low) == {"recurring_transaction_rules": ["invalid_recurring_rule"]}
    assert change(acme, made, paid_top_up_max_amount_cents=5000)["paid_top_up_max_amount_cents"] == 5000


def test_a_change_takes_away_metrics_that_it_does_not_name_and_keeps_fee_types(acme):
    metric(acme, "api")
    metric(acme, "storage")
    limits = {"fee_types": ["subscription"], "billable_metric_codes": ["api"]}
    made = wallet(acme, applies_to=limits)
    added = change(acme, made, applies_to={"billable_metric_codes": ["storage", "api"]})["applies_to"]
    assert (added["fee_types"], sorted(added["billable_metric_codes"])) == (["subscription"], ["api", "storage"])
    assert change(acme, made, name="x")["applies_to"] == {"fee_types": ["subscription"], "billable_metric_codes": []}
    assert change(acme, made, applies_to=limits)["applies_to"] == limits
    acme.post(f"/wallets/{made['lago_id']}/metadata", {"metadata": {"a": "b"}})
    assert read(acme, made)["applies_to"]["billable_metric_codes"] == []
    assert change(acme, made, applies_to={"fee_types": []})["applies_to"]["fee_types"] == []


def test_an_end_is_final_and_may_be_asked_for_again(acme):
    made = wallet(acme, granted_credits="5", recurring_transaction_rules=[interval_rule()])
    ended = terminate(acme, made)
    assert (ended["status"], ended["terminated_at"]) == ("terminated", "2024-05-01T10:00:00.000Z")
    assert (ended["balance_cents"], ended["recurring_transaction_rules"]) == (0, [])
    acme.at("2024-06-02T00:00:00Z")
    again = terminate(acme, made)
    assert again["terminated_at"] == ended["terminated_at"]
    body = {"wallet": {"name": "x"}}
    assert acme.refused("PUT", f"/wallets/{made['lago_id']}", body) == {"wallet_id": ["wallet_is_terminated"]}


def test_a_wallet_names_nothing_of_another_organization(acme, outsider):
    metric(outsider, "theirs")
    customer(outsider, "stranger")
    assert refused(acme, external_customer_id="stranger") == {"customer": ["customer_not_found"]}
    limits = {"billable_metric_codes": ["theirs"]}
    assert refused(acme, applies_to=limits) == {"applies_to": ["invalid_limitations"]}
    entity = outsider.get("/billing_entities")["billing_entities"][0]["lago_id"]
    body = {"external_customer_id": "acme", "rate_amount": "1", "billing_entity_id": entity}
    assert acme.post("/wallets", {"wallet": body}, expect=404)["code"] == "billing_entity_not_found"


def test_a_list_asks_the_same_for_any_number_of_wallets(acme, count_queries):
    metric(acme, "api")

    def asked():
        db.session.expunge_all()
        with count_queries() as statements:
            acme.get("/wallets")
        return len(statements)

    parts = {"applies_to": {"billable_metric_codes": ["api"]}, "recurring_transaction_rules": [interval_rule()]}
    wallet(acme, **parts)
    one = asked()
    for name in ("b", "c"):
        customer(acme, name)
        wallet(acme, name, **parts)
    assert asked() == one
