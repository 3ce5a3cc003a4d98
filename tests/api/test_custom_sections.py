"""The choice of custom sections over the API (04 §15, 06 §3.1): taken, replaced, given up, shown."""

import pytest

from tests.builders.catalog import an_add_on
from tests.builders.custom_sections import NONE, a_section, chosen, codes_of, generated, of_entity, sections
from tests.builders.stories import customer, plan, subscribe
from tests.builders.wallets import wallet as a_wallet

APPLICABLE = "applicable_invoice_custom_sections"
RULE = {"trigger": "interval", "interval": "monthly", "paid_credits": "10"}


def told(**fields):
    return {"invoice_custom_section": fields}


# Customers


def test_a_customer_shows_what_applies_to_it(owner):
    bank = a_section(owner, "bank", name="Bank", display_name="Pay to", details="IBAN", description="Ours")
    (shown,) = customer(owner, "acme", invoice_custom_section_codes=["bank"])[APPLICABLE]
    assert shown == {
        "lago_id": str(bank.id), "code": "bank", "name": "Bank", "display_name": "Pay to", "details": "IBAN",
        "description": "Ours", "organization_id": str(owner.organization.id), "created_at": shown["created_at"],
    }


def test_a_customer_without_its_own_shows_its_entitys(owner):
    sections(owner, "own", "house")
    of_entity(owner, "house")
    assert codes_of(customer(owner, "acme"), APPLICABLE) == ["house"]
    assert codes_of(customer(owner, "acme", invoice_custom_section_codes=["own"]), APPLICABLE) == ["own"]
    assert codes_of(customer(owner, "acme"), APPLICABLE) == ["own"]
    assert codes_of(customer(owner, "acme", invoice_custom_section_codes=[]), APPLICABLE) == ["house"]


def test_a_customer_that_skips_has_none_and_forgets_its_own(owner):
    sections(owner, "own", "house")
    of_entity(owner, "house")
    customer(owner, "acme", invoice_custom_section_codes=["own"])
    skipping = customer(owner, "acme", skip_invoice_custom_sections=True)
    assert (skipping["skip_invoice_custom_sections"], codes_of(skipping, APPLICABLE)) == (True, [])
    assert codes_of(customer(owner, "acme", skip_invoice_custom_sections=False), APPLICABLE) == ["house"]


def test_codes_end_the_wish_for_none(owner):
    sections(owner, "own")
    customer(owner, "acme", skip_invoice_custom_sections=True)
    asking = customer(owner, "acme", invoice_custom_section_codes=["own"])
    assert (asking["skip_invoice_custom_sections"], codes_of(asking, APPLICABLE)) == (False, ["own"])


def test_unknown_codes_and_those_of_others_are_ignored(owner, outsider):
    sections(owner, "own")
    sections(outsider, "theirs")
    made = customer(owner, "acme", invoice_custom_section_codes=["nobody-knows", "own", "theirs"])
    assert codes_of(made, APPLICABLE) == ["own"]


def test_what_the_system_made_comes_beside_the_entitys(owner):
    generated(a_section(owner, "auto"))
    sections(owner, "house")
    of_entity(owner, "house")
    assert codes_of(customer(owner, "acme", invoice_custom_section_codes=["auto"]), APPLICABLE) == ["house", "auto"]


# Billing entities


def test_a_billing_entity_replaces_its_choice(owner):
    sections(owner, "a", "b", "c")
    for codes in (["a", "b"], ["c", "b", "nobody-knows"], []):
        of_entity(owner, *codes)
        entity = owner.get("/billing_entities/owner")["billing_entity"]
        assert codes_of(entity, "selected_invoice_custom_sections") == sorted(set(codes) - {"nobody-knows"})


def test_a_billing_entity_keeps_its_choice_if_nothing_is_said(owner):
    sections(owner, "a")
    of_entity(owner, "a")
    changed = owner.put("/billing_entities/owner", {"billing_entity": {"city": "Lyon"}})["billing_entity"]
    assert codes_of(changed, "selected_invoice_custom_sections") == ["a"]


# Subscriptions


def test_a_subscription_shows_its_own_alone(owner):
    bank = a_section(owner, "bank")
    sections(owner, "house")
    of_entity(owner, "house")
    plan(owner)
    assert codes_of(subscribe(owner, external_id="plain")) == []
    (shown,) = subscribe(owner, **chosen("bank"))["applied_invoice_custom_sections"]
    assert set(shown) == {"lago_id", "created_at", "invoice_custom_section_id", "invoice_custom_section"}
    assert shown["invoice_custom_section_id"] == shown["invoice_custom_section"]["lago_id"] == str(bank.id)


@pytest.mark.parametrize(("sent", "codes"), [
    (chosen("b", "nobody-knows"), ["b"]), (chosen(), []), (NONE, []), (told(), ["a"]), (told(codes=1), ["a"]),
    ({"invoice_custom_section": None}, ["a"]), ({"invoice_custom_section": "b"}, ["a"]), ({"name": "New"}, ["a"]),
    (told(skip_invoice_custom_sections=False), ["a"]), (told(invoice_custom_section_codes="b"), ["a"]),
], ids=["other", "none", "skip", "empty", "strange", "null", "text", "silent", "not-skip", "no-list"])
def test_a_change_of_a_subscription(owner, sent, codes):
    sections(owner, "a", "b")
    plan(owner)
    subscribe(owner, **chosen("a"))
    assert codes_of(owner.put("/subscriptions/acme", {"subscription": sent})["subscription"]) == codes
    assert codes_of(owner.get("/subscriptions/acme")["subscription"]) == codes


def test_asking_for_the_same_plan_again_takes_the_choice(owner):
    sections(owner, "a", "b")
    plan(owner)
    subscribe(owner, **chosen("a"))
    assert codes_of(subscribe(owner, **chosen("b"), name="Ignored")) == ["b"]
    assert codes_of(subscribe(owner)) == ["b"]


def test_the_next_subscription_has_what_is_asked_for_with_it(owner):
    """03 §3.2: custom sections are not inherited."""
    sections(owner, "a", "b")
    plan(owner)
    plan(owner, "max", amount_cents=9900)
    plan(owner, "ultra", amount_cents=19900)
    subscribe(owner, **chosen("a"))
    assert codes_of(subscribe(owner, plan_code="max")) == []
    assert codes_of(subscribe(owner, plan_code="ultra", **chosen("b"))) == ["b"]
    assert codes_of(owner.delete("/subscriptions/acme")["subscription"]) == ["b"]


# Wallets, rules, transactions


def test_a_wallet_and_its_rule_choose_each_for_itself(owner):
    sections(owner, "w", "r", "x")
    customer(owner, "acme", currency="EUR")
    wallet = a_wallet(owner, **chosen("w"), recurring_transaction_rules=[{**RULE, **chosen("r")}])
    assert codes_of(wallet) == ["w"] and codes_of(wallet["recurring_transaction_rules"][0]) == ["r"]
    rule = {**RULE, "lago_id": wallet["recurring_transaction_rules"][0]["lago_id"], **chosen("x")}
    path = f"/wallets/{wallet['lago_id']}"
    changed = owner.put(path, {"wallet": {"recurring_transaction_rules": [rule]}})["wallet"]
    assert codes_of(changed) == ["w"] and codes_of(changed["recurring_transaction_rules"][0]) == ["x"]
    assert codes_of(owner.put(path, {"wallet": NONE})["wallet"]) == []
    assert codes_of(owner.get("/wallets")["wallets"][0]["recurring_transaction_rules"][0]) == ["x"]


def test_a_transaction_shows_its_own(owner):
    sections(owner, "w", "t")
    customer(owner, "acme", currency="EUR")
    wallet = a_wallet(owner, **chosen("w"))
    for sent, codes in ((chosen("t"), ["t"]), ({}, [])):
        wanted = {"wallet_id": wallet["lago_id"], "paid_credits": "5", **sent}
        (made,) = owner.post("/wallet_transactions", {"wallet_transaction": wanted})["wallet_transactions"]
        assert codes_of(owner.get(f"/wallet_transactions/{made['lago_id']}")["wallet_transaction"]) == codes


def test_a_list_of_wallets_costs_the_same_for_2_and_6(owner, count_queries):
    sections(owner, "w")
    customer(owner, "acme", currency="EUR")
    counts = []
    for number in range(6):
        a_wallet(owner, **chosen("w"), name=f"w{number}", recurring_transaction_rules=[{**RULE, **chosen("w")}])
        if number in (1, 5):
            with count_queries() as statements:
                owner.get("/wallets")
            counts.append(len(statements))
    assert counts[0] == counts[1]


def test_the_invoice_of_an_add_on_is_told_with_its_sections(sandbox):
    sections(sandbox, "own")
    an_add_on(sandbox, "setup")
    wanted = {"external_customer_id": "acme", "currency": "EUR", "fees": [{"add_on_code": "setup"}], **chosen("own")}
    customer(sandbox, "acme")
    made = sandbox.post("/invoices", {"invoice": wanted})["invoice"]
    assert codes_of(made) == codes_of(sandbox.get(f"/invoices/{made['lago_id']}")["invoice"]) == ["own"]
