"""Rules that a start waits for: what is wrong with them, where they never apply, what needs a provider (03 §2.6)."""

import pytest

from tests.builders.stories import plan, subscribe

RULE = {"type": "payment", "timeout_hours": 24}
NO_PROVIDER = {"customer": ["no_linked_payment_provider"]}


@pytest.fixture
def acme(sandbox):
    """On 5 March; plans in arrears, in advance, and in advance with a trial of ten days."""
    sandbox.at("2024-03-05T10:00:00Z")
    plan(sandbox)
    plan(sandbox, "ahead", pay_in_advance=True)
    plan(sandbox, "trial", pay_in_advance=True, trial_period=10)
    return sandbox


def asked(plan_code="pro", **fields):
    return {"subscription": {
        "external_customer_id": "acme", "external_id": "acme", "plan_code": plan_code, "activation_rules": [RULE],
        **fields,
    }}


def change(account, **fields):
    return account.put("/subscriptions/acme", {"subscription": fields})["subscription"]


@pytest.mark.parametrize("rules, details", [
    ("payment", {"activation_rules": ["invalid_format"]}),
    ({"type": "payment"}, {"activation_rules": ["invalid_format"]}),
    (["payment"], {"activation_rules": ["invalid_format"]}),
    ([{}], {"activation_rules": ["invalid_type"]}),
    ([{"type": "approval"}], {"activation_rules": ["invalid_type"]}),
    ([RULE, RULE], {"activation_rules": ["duplicated_type"]}),
    ([{**RULE, "timeout_hours": -1}], {"timeout_hours": ["value_must_be_positive_or_zero"]}),
    ([{**RULE, "timeout_hours": "soon"}], {"timeout_hours": ["value_must_be_positive_or_zero"]}),
    ([{"type": "approval", "timeout_hours": -1}],
     {"activation_rules": ["invalid_type"], "timeout_hours": ["value_must_be_positive_or_zero"]}),
])
def test_what_is_wrong_is_said(acme, rules, details):
    assert acme.refused("POST", "/subscriptions", asked(activation_rules=rules)) == details
    subscribe(acme, subscription_at="2024-04-01")
    assert acme.refused("PUT", "/subscriptions/acme", {"subscription": {"activation_rules": rules}}) == details


def test_it_is_said_with_all_that_is_wrong(acme):
    method = {"payment_method_type": "cash"}
    wrong = asked(activation_rules=[{}], payment_method=method, ending_at="2020-01-01", subscription_at="soon")
    assert acme.refused("POST", "/subscriptions", wrong) == {
        "activation_rules": ["invalid_type"], "payment_method": ["invalid_payment_method"],
        "ending_at": ["invalid_date"], "subscription_at": ["invalid_date"],
    }


@pytest.mark.parametrize("fields", [
    {}, {"subscription_at": "2024-04-01"}, {"payment_method": {"payment_method_type": "manual"}}
])
def test_a_start_that_would_wait_for_a_payment_is_refused(acme, fields):
    assert acme.refused("POST", "/subscriptions", asked("ahead", **fields)) == NO_PROVIDER
    assert acme.get("/subscriptions", **{"status[]": ["active", "pending"]})["subscriptions"] == []


@pytest.mark.parametrize("plan_code", ["pro", "trial"])
def test_it_does_not_apply_where_nothing_is_paid_at_the_start(acme, plan_code):
    made = acme.post("/subscriptions", asked(plan_code))["subscription"]
    (rule,) = made["activation_rules"]
    assert made["status"] == "active"
    assert (rule["type"], rule["timeout_hours"], rule["status"], rule["expires_at"]) == (
        "payment", 24, "not_applicable", None
    )


def test_of_a_start_to_come_it_is_inactive_until_then(acme):
    made = acme.post("/subscriptions", asked(subscription_at="2024-04-01", activation_rules=[{"type": "payment"}]))
    (rule,) = made["subscription"]["activation_rules"]
    assert (rule["status"], rule["timeout_hours"]) == ("inactive", 0)
    acme.at("2024-04-02T00:00:00Z")
    (settled,) = acme.get("/subscriptions/acme")["subscription"]["activation_rules"]
    assert (settled["lago_id"], settled["status"]) == (rule["lago_id"], "not_applicable")


@pytest.mark.parametrize("plan_code", ["pro", "ahead"])
def test_a_start_that_is_dated_back_has_none(acme, plan_code):
    made = acme.post("/subscriptions", asked(plan_code, subscription_at="2024-03-01"))["subscription"]
    assert (made["status"], made["activation_rules"]) == ("active", [])


def test_a_start_to_come_can_get_others(acme):
    acme.post("/subscriptions", asked(subscription_at="2024-04-01"))
    (rule,) = change(acme, activation_rules=[{**RULE, "timeout_hours": 48}])["activation_rules"]
    assert rule["timeout_hours"] == 48
    assert len(change(acme, name="the same rules")["activation_rules"]) == 1
    assert change(acme, activation_rules=[])["activation_rules"] == []


def test_what_has_begun_gets_none(acme):
    subscribe(acme)
    refused = acme.refused("PUT", "/subscriptions/acme", {"subscription": {"activation_rules": [RULE]}})
    assert refused == {"activation_rules": ["subscription_not_pending"]}


def test_a_start_moved_to_today_waits_for_the_clock_if_it_has_a_rule(acme):
    acme.post("/subscriptions", asked(subscription_at="2024-04-01"))
    assert change(acme, subscription_at="2024-03-05T08:00:00Z")["status"] == "pending"
    acme.at("2024-03-05T11:00:00Z")
    started = acme.get("/subscriptions/acme")["subscription"]
    assert (started["status"], started["started_at"]) == ("active", "2024-03-05T10:00:00.000Z")


def test_a_start_moved_to_the_past_drops_them(acme):
    acme.post("/subscriptions", asked(subscription_at="2024-04-01"))
    moved = change(acme, subscription_at="2024-03-01T08:00:00Z")
    assert (moved["status"], moved["activation_rules"]) == ("active", [])


@pytest.mark.parametrize("method, shown", [
    ({"payment_method_type": "manual", "payment_method_id": "00000000-0000-0000-0000-000000000001"}, "manual"),
    ({"payment_method_type": None, "payment_method_id": ""}, "provider"),
    ({"payment_method_type": "provider", "payment_method_id": None}, "provider"),
])
def test_ways_to_pay_that_name_nothing_are_taken(acme, method, shown):
    made = acme.post("/subscriptions", asked(activation_rules=[], payment_method=method))["subscription"]
    assert made["payment_method"] == {"payment_method_type": shown, "payment_method_id": None}
    assert change(acme, payment_method=method)["payment_method"]["payment_method_type"] == shown


def test_another_plan_before_the_start_keeps_the_rules_unless_it_is_paid_ahead(acme):
    acme.post("/subscriptions", asked(subscription_at="2024-04-01"))
    plan(acme, "cheap", amount_cents=100)
    changed = acme.post("/subscriptions", asked("cheap", activation_rules=None))["subscription"]
    assert (changed["plan_code"], len(changed["activation_rules"])) == ("cheap", 1)
    assert acme.refused("POST", "/subscriptions", asked("ahead", activation_rules=None)) == NO_PROVIDER


def test_an_upgrade_that_would_wait_for_a_payment_is_refused(acme):
    subscribe(acme)
    plan(acme, "more", amount_cents=9900)
    assert acme.refused("POST", "/subscriptions", asked("ahead")) == NO_PROVIDER
    upgraded = acme.post("/subscriptions", asked("more"))["subscription"]
    assert [rule["status"] for rule in upgraded["activation_rules"]] == ["not_applicable"]
