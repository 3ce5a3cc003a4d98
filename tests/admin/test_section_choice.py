"""Custom sections are chosen wherever the API takes them (04 §15)."""

from tests.admin.records import a_customer
from tests.builders.catalog import a_plan, an_add_on
from tests.builders.custom_sections import a_section, codes_of
from tests.builders.stories import customer
from tests.builders.wallets import wallet

OWN = {"sections": "own", "section_codes": "legal"}


def test_a_subscription_has_sections_of_its_own_then_none_then_those_of_its_customer(ada, owner):
    a_section(owner, "legal")
    a_customer(owner, "acme", currency="EUR")
    made = a_plan(owner, "p")
    ada.post("/subscriptions/new", external_customer_id="acme", plan=made["lago_id"], external_id="s", **OWN)
    shown = owner.get("/subscriptions/s")["subscription"]
    assert codes_of(shown) == ["legal"]
    edit = f"/subscriptions/{shown['lago_id']}/edit"
    assert 'value="legal" checked' in ada.get(edit).text
    ada.post(edit, sections="none", on_termination_invoice="generate")
    assert (codes_of(owner.get("/subscriptions/s")["subscription"]), 'value="none" checked' in ada.get(edit).text) == (
        [], True)
    ada.post(edit, sections="inherited", on_termination_invoice="generate")
    assert 'value="inherited" checked' in ada.get(edit).text


def test_a_one_off_invoice_carries_them(ada, owner):
    a_section(owner, "legal")
    a_customer(owner, "acme", currency="EUR")
    add_on = an_add_on(owner, "setup")
    lines = {"fees.0.add_on_code": add_on["code"], "fees.0.units": "1"}
    ada.post("/invoices/new", external_customer_id="acme", skip_psp="1", **lines, **OWN)
    invoice = owner.get("/invoices")["invoices"][0]
    assert codes_of(owner.get(f"/invoices/{invoice['lago_id']}")["invoice"]) == ["legal"]
    wrong = ada.post("/invoices/new", expect=422, external_customer_id="nobody", skip_psp="1", **lines, **OWN).text
    assert 'value="legal" checked' in wrong and 'name="skip_psp" value="1" checked' in wrong


def test_wallets_their_rules_and_top_ups_have_them_too(ada, owner):
    a_section(owner, "legal")
    customer(owner, "acme", currency="EUR")
    path = f"/wallets/{wallet(owner, 'acme')['lago_id']}"
    ada.post(f"{path}/edit", name="W", code="w", priority="1", **OWN)
    assert codes_of(owner.get(path)["wallet"]) == ["legal"]
    ada.post(f"{path}/rules/new", trigger="interval", interval="monthly", method="fixed", paid_credits="1", **OWN)
    (rule,) = owner.get(path)["wallet"]["recurring_transaction_rules"]
    assert codes_of(rule) == ["legal"]
    ada.post(f"{path}/top_up", paid_credits="5", priority="1", sections="none")
    wrong = ada.post(f"{path}/top_up", expect=422, paid_credits="x", priority="1", sections="none").text
    assert 'value="none" checked' in wrong
