"""Wallets are made, changed and ended on their pages (05 §1.3–1.5), and filled up by rules (05 §1.13)."""

import re

import pytest

from tests.builders.stories import customer, metric
from tests.builders.top_ups import background
from tests.builders.wallets import interval_rule, read, threshold_rule, wallet

NEW = {
    "external_customer_id": "acme", "name": "Main", "code": "main", "currency": "", "rate_amount": "0.07",
    "paid_credits": "150.123456", "granted_credits": "10", "priority": "7", "expiration_at": "2999-01-01", "min": "5",
    "max": "20.50", "requires_payment": "1", "purchase_order_number": "PO 7", "transaction_name": "First",
    "metadata": "team: blue\nwho : Mara", "fee_types": ["charge", "subscription"], "metrics": ["calls"],
}
RULE = {
    "trigger": "threshold", "interval": "monthly", "threshold_credits": "10", "method": "target",
    "paid_credits": "5", "granted_credits": "", "target_ongoing_balance": "50.5", "started_at": "",
    "expiration_at": "", "transaction_name": "Refill", "purchase_order_number": "", "grants_target_top_up": "1",
}


@pytest.fixture
def acme(owner):
    """A customer who is billed in EUR, in Berlin."""
    return customer(owner, name="Acme Ltd", currency="EUR", timezone="Europe/Berlin")


def wallets(owner):
    return owner.get("/wallets")["wallets"]


def test_a_wallet_is_made_of_what_was_typed(ada, owner, acme):
    """Limits are typed in EUR; the last day is the customer's own, to its end."""
    metric(owner, "calls")
    where = ada.post("/wallets/new", **NEW).headers["Location"]
    (made,) = wallets(owner)
    assert where == f"/wallets/{made['lago_id']}"
    expected = {
        "name": "Main", "code": "main", "currency": "EUR", "rate_amount": "0.07", "priority": 7,
        "expiration_at": "2999-01-01T22:59:59Z", "paid_top_up_min_amount_cents": 500,
        "paid_top_up_max_amount_cents": 2050, "invoice_requires_successful_payment": True,
        "purchase_order_number": "PO 7", "metadata": {"team": "blue", "who": "Mara"},
        "applies_to": {"fee_types": ["charge", "subscription"], "billable_metric_codes": ["calls"]},
    }
    assert {name: made[name] for name in expected} == expected
    background(owner)
    listed = owner.get(f"/wallets/{made['lago_id']}/wallet_transactions")["wallet_transactions"]
    assert {(one["transaction_status"], one["amount"], one["name"]) for one in listed} == {
        ("purchased", "10.51", "First"), ("granted", "0.7", "First"),
    }


def test_it_can_be_made_from_the_page_of_the_customer(ada, owner, acme):
    shown = ada.get(f"/customers/{acme['lago_id']}?tab=wallets").text
    assert f"/wallets/new?customer={acme['lago_id']}" in shown
    form = ada.get(f"/wallets/new?customer={acme['lago_id']}", htmx=True).text
    assert "Acme Ltd" in form and 'name="external_customer_id" value="acme"' in form


def test_what_it_comes_to_is_shown_before(ada, acme):
    """05 §1.18 A: 150.12345 credits of 0.07 are 10.51, worth 150.14286 credits."""
    shown = ada.client.post(
        "/wallets/new", data={**NEW, "csrf_token": ada.token()}, headers={"HX-Request": "true", "HX-Target": "preview"}
    ).text
    for text in ("150.14286 credits", ">10.51<", "10 credits", ">0.70<", "once it is paid", "not exactly what was"):
        assert text in shown, text


WRONG = {
    "external_customer_id": ("nobody", "There is no customer of this external id."),
    "rate_amount": ("0", "This is too large or too small."),
    "paid_credits": ("much", "Credits are digits"),
    "granted_credits": ("0.01", "This is worth less than a cent."),
    "priority": ("51", "This is not a value that fits here."),
    "expiration_at": ("2001-01-01", "This day does not fit."),
    "max": ("1", "The most is less than the least."),
    "min": ("1.001", "This is no amount"),
    "metadata": ("no pair", "Each line is a pair"),
}


def test_what_is_wrong_is_told_beside_its_field_and_what_was_typed_stays(ada, owner, acme):
    metric(owner, "calls")
    for name, (typed, told) in WRONG.items():
        shown = ada.post("/wallets/new", expect=422, **{**NEW, name: typed}).text
        field = re.search(rf'id="error-{name}">([^<]*)<', shown)
        assert field and told in field[1], (name, field)
        assert typed in shown and "PO 7" in shown
    assert wallets(owner) == []


def test_too_little_bought_is_told_beside_the_credits(ada, owner, acme):
    metric(owner, "calls")
    shown = ada.post("/wallets/new", expect=422, **{**NEW, "paid_credits": "1"}).text
    assert "less than the wallet&#39;s least top-up" in shown
    ada.post("/wallets/new", **{**NEW, "paid_credits": "1", "ignore_limits": "1"})


def test_a_seventh_wallet_is_refused(ada, owner, acme):
    for number in range(6):
        wallet(owner, code=f"w{number}")
    assert "as many active wallets" in ada.post("/wallets/new", expect=422, **{**NEW, "metrics": []}).text


def form_of(ada, path):
    """What stands in the fields of a form, as a browser would send it."""
    text = ada.get(path).text
    found = {}
    for tag in re.findall(r"<input[^>]*>", text):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and ('type="checkbox"' not in tag and 'type="radio"' not in tag or " checked" in tag):
            found.setdefault(name[1], []).append(value[1])
    lines = re.search(r'<textarea id="field-metadata".*?>\n(.*?)</textarea>', text, re.DOTALL)
    return {**found, "metadata": lines[1] if lines else ""}


def test_saving_the_form_as_it_is_changes_nothing(ada, owner, acme):
    metric(owner, "calls")
    made = wallet(
        owner, name="Main", priority=3, expiration_at="2999-01-01T10:00:00Z", paid_top_up_min_amount_cents=550,
        metadata={"a": "b: c"}, applies_to={"fee_types": ["credit"], "billable_metric_codes": ["calls"]},
        recurring_transaction_rules=[threshold_rule()],
    )
    path = f"/wallets/{made['lago_id']}/edit"
    ada.post(path, **form_of(ada, path))
    assert read(owner, made) == made


def test_terms_are_changed(ada, owner, acme):
    made = wallet(owner, name="Main", metadata={"team": "blue"}, expiration_at="2999-01-01T10:00:00Z")
    path = f"/wallets/{made['lago_id']}/edit"
    changes = {"name": "Other", "code": "other", "priority": "1", "max": "10", "metadata": "", "expiration_at": ""}
    answer = ada.post(path, expect=204, htmx=True, **{**form_of(ada, path), **changes})
    assert answer.headers["HX-Redirect"] == f"/wallets/{made['lago_id']}"
    expected = {
        "name": "Other", "code": "other", "priority": 1, "paid_top_up_max_amount_cents": 1000, "expiration_at": None,
    }
    now = read(owner, made)
    assert {name: now[name] for name in expected} == expected
    assert "metadata" not in now


def test_a_code_that_is_taken_is_told_beside_it(ada, owner, acme):
    wallet(owner, code="one")
    made = wallet(owner, code="two")
    shown = ada.post(f"/wallets/{made['lago_id']}/edit", expect=422, code="one", priority="2").text
    assert re.search(r'id="error-code">\s*Another one has this already', shown)
    assert read(owner, made)["priority"] == 50


def test_an_end_is_asked_about_and_made(ada, owner, acme):
    made = wallet(owner, name="Main")
    path = f"/wallets/{made['lago_id']}/terminate"
    assert "This cannot be undone" in ada.get(path).text
    assert read(owner, made)["status"] == "active"
    ada.post(path)
    assert read(owner, made)["status"] == "terminated"
    ada.get(path, expect=302)
    ada.get(f"/wallets/{made['lago_id']}/edit", expect=302)


def test_a_rule_is_added_changed_and_ended_and_what_is_paid_stays(ada, owner, acme):
    metric(owner, "calls")
    made = wallet(owner, applies_to={"billable_metric_codes": ["calls"]})
    ada.post(f"/wallets/{made['lago_id']}/rules/new", **RULE)
    (rule,) = read(owner, made)["recurring_transaction_rules"]
    expected = {
        "trigger": "threshold", "interval": None, "threshold_credits": "10.0", "method": "target",
        "target_ongoing_balance": "50.5", "grants_target_top_up": True, "paid_credits": "0.0",
        "transaction_name": "Refill",
    }
    assert {name: rule[name] for name in expected} == expected
    path = f"/wallets/{made['lago_id']}/rules/{rule['lago_id']}"
    assert 'value="50.5"' in ada.get(f"{path}/edit").text
    ada.post(f"{path}/edit", **{**RULE, "trigger": "interval", "method": "fixed", "started_at": "2025-01-31"})
    (changed,) = read(owner, made)["recurring_transaction_rules"]
    assert changed["lago_id"] == rule["lago_id"]
    assert (changed["trigger"], changed["interval"], changed["paid_credits"]) == ("interval", "monthly", "5.0")
    assert changed["started_at"] == "2025-01-30T23:00:00Z"
    assert read(owner, made)["applies_to"]["billable_metric_codes"] == ["calls"]
    assert "Every month" in ada.get(f"{path}/end").text
    ada.post(f"{path}/end")
    assert read(owner, made)["recurring_transaction_rules"] == []
    ada.get(f"{path}/edit", expect=404)


BAD_RULES = {
    "threshold_credits": ({"threshold_credits": ""}, "This is needed."),
    "target_ongoing_balance": ({"target_ongoing_balance": "9"}, "The target is not below the threshold."),
    "paid_credits": ({"method": "fixed", "paid_credits": ""}, "Say how many credits."),
    "granted_credits": ({"method": "fixed", "granted_credits": "some"}, "Credits are digits"),
    "expiration_at": ({"expiration_at": "2001-01-01"}, "This day does not fit."),
}


def test_what_is_wrong_with_a_rule_is_told_beside_its_field(ada, owner, acme):
    made = wallet(owner)
    path = f"/wallets/{made['lago_id']}/rules/new"
    for name, (changes, told) in BAD_RULES.items():
        shown = ada.post(path, expect=422, **{**RULE, **changes}).text
        field = re.search(rf'id="error-{name}">([^<]*)<', shown)
        assert field and told in field[1], (name, field)
        assert 'value="Refill"' in shown
    assert read(owner, made)["recurring_transaction_rules"] == []


def test_a_rule_outside_of_the_limits_says_so(ada, owner, acme):
    made = wallet(owner, paid_top_up_max_amount_cents=100, recurring_transaction_rules=[interval_rule()])
    (rule,) = made["recurring_transaction_rules"]
    path = f"/wallets/{made['lago_id']}/rules/{rule['lago_id']}/edit"
    shown = ada.post(path, expect=422, **{**RULE, "method": "fixed"}).text
    assert "does not fit the wallet&#39;s least or most top-up" in shown
    assert read(owner, made) == made


def test_another_organizations_customer_gets_no_wallet(stranger, owner, outsider, acme):
    assert "There is no customer" in stranger.post("/wallets/new", expect=422, **{**NEW, "metrics": []}).text
    assert wallets(owner) == wallets(outsider) == []
