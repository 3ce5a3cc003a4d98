"""Voiding invoices (04 §14)."""

import pytest

from tests.builders.catalog import a_plan, a_tax, an_add_on
from tests.builders.customers import a_customer
from tests.builders.prepaid import a_wallet
from tests.builders.top_ups import bought
from tests.builders.webhooks import endpoint_at, receiver


@pytest.fixture
def shop(sandbox):
    sandbox.at("2024-01-01T00:00:00Z")
    a_tax(sandbox, "vat", rate=20, applied_to_organization=True)
    a_customer(sandbox, "acme", currency="EUR")
    an_add_on(sandbox, "setup", amount_cents=1000)
    a_plan(sandbox, "pro", amount_cents=1000, amount_currency="EUR", pay_in_advance=True)
    return sandbox


def sold(account):
    """12.00 with the tax."""
    body = {"external_customer_id": "acme", "fees": [{"add_on_code": "setup"}]}
    return account.post("/invoices", {"invoice": body})["invoice"]


def subscribed(account):
    subscription = {"external_customer_id": "acme", "external_id": "acme", "plan_code": "pro"}
    account.post("/subscriptions", {"subscription": subscription})
    account.at("2024-01-01T00:00:00Z")
    return newest(account)


def newest(account):
    [invoice, *_] = account.get("/invoices")["invoices"]
    return account.get(f"/invoices/{invoice['lago_id']}")["invoice"]


def void(account, invoice, **values):
    return account.post(f"/invoices/{invoice['lago_id']}/void", values)["invoice"]


def notes(account):
    return sorted(account.get("/credit_notes")["credit_notes"], key=lambda note: note["sequential_id"])


def test_nothing_is_due_of_it_any_more(shop):
    invoice = sold(shop)
    shop.at("2024-01-03T08:00:00Z")
    voided = void(shop, invoice)
    assert (voided["status"], voided["voided_at"]) == ("voided", "2024-01-03T08:00:00Z")
    assert (voided["number"], voided["total_amount_cents"], voided["total_due_amount_cents"]) == (
        invoice["number"], 1200, 0
    )
    assert notes(shop) == []


def test_an_overdue_one_is_so_no_longer(shop):
    invoice = sold(shop)
    shop.at("2024-01-02T00:00:00Z")
    assert newest(shop)["payment_overdue"] is True
    assert void(shop, invoice)["payment_overdue"] is False
    shop.at("2024-02-01T00:00:00Z")
    assert newest(shop)["payment_overdue"] is False


def test_a_voided_one_cannot_be_voided_again(shop):
    invoice = sold(shop)
    void(shop, invoice)
    refused = shop.call("POST", f"/invoices/{invoice['lago_id']}/void", expect=405)
    assert refused["code"] == "not_voidable"


def test_a_note_gives_back_a_part_and_another_ends_the_rest(shop):
    """5.00 of 12.00: items of 4.16667 before the tax; then 5.83 with 1.17 of tax are lost."""
    invoice = sold(shop)
    void(shop, invoice, generate_credit_note=True, credit_amount=500)
    given, lost = notes(shop)
    assert (given["credit_amount_cents"], given["balance_amount_cents"], given["reason"]) == (500, 500, "other")
    assert given["items"][0]["precise_amount_cents"] == "416.66667"
    assert (lost["credit_status"], lost["balance_amount_cents"], lost["credit_amount_cents"]) == ("voided", 0, 700)
    assert given["taxes_amount_cents"] + lost["taxes_amount_cents"] == 200


def test_a_note_over_nothing_leaves_only_the_voided_one(shop):
    void(shop, sold(shop), generate_credit_note=True)
    [lost] = notes(shop)
    assert (lost["credit_status"], lost["credit_amount_cents"]) == ("voided", 1200)


@pytest.mark.parametrize("credit, refund", [(1201, 0), (0, 1), (1200, 1)])
def test_more_than_it_was_worth_is_refused(shop, credit, refund):
    invoice = sold(shop)
    body = {"generate_credit_note": True, "credit_amount": credit, "refund_amount": refund}
    details = shop.refused("POST", f"/invoices/{invoice['lago_id']}/void", body)
    assert details == {"credit_refund_amount": ["total_amount_exceeds_invoice_amount"]}
    assert newest(shop)["status"] == "finalized"
    assert notes(shop) == []


def test_wallets_have_back_what_they_paid(shop):
    wallet = shop.post("/wallets", {"wallet": {
        "external_customer_id": "acme", "rate_amount": "1", "currency": "EUR", "granted_credits": "20"}})["wallet"]
    shop.at("2024-01-01T00:00:00Z")
    invoice = subscribed(shop)
    assert invoice["prepaid_credit_amount_cents"] == 1200

    def balance():
        return shop.get(f"/wallets/{wallet['lago_id']}")["wallet"]["balance_cents"]

    assert balance() == 800
    void(shop, invoice)
    assert balance() == 2000


def test_with_a_note_wallets_have_nothing_back(shop):
    wallet = shop.post("/wallets", {"wallet": {
        "external_customer_id": "acme", "rate_amount": "1", "currency": "EUR", "granted_credits": "20"}})["wallet"]
    shop.at("2024-01-01T00:00:00Z")
    void(shop, subscribed(shop), generate_credit_note=True, credit_amount=1200)
    assert shop.get(f"/wallets/{wallet['lago_id']}")["wallet"]["balance_cents"] == 800


def test_a_purchase_of_credits_leaves_no_note(shop):
    """Nothing of it can be credited (§9.3), so there is no rest to end either."""
    purchase = bought(shop, a_wallet(shop), "10")
    invoice = {"lago_id": purchase["lago_invoice_id"]}
    assert void(shop, invoice, generate_credit_note=True)["status"] == "voided"
    assert notes(shop) == []


def test_a_coupon_can_be_used_again(shop):
    shop.post("/coupons", {"coupon": {
        "name": "Ten", "code": "ten", "coupon_type": "fixed_amount", "amount_cents": 300, "amount_currency": "EUR",
        "frequency": "once", "expiration": "no_expiration"}})
    shop.post("/applied_coupons", {"applied_coupon": {"external_customer_id": "acme", "coupon_code": "ten"}})
    invoice = subscribed(shop)
    assert invoice["coupons_amount_cents"] == 300
    void(shop, invoice)
    [applied] = shop.get("/applied_coupons")["applied_coupons"]
    assert (applied["status"], applied["amount_cents_remaining"]) == ("active", 300)


def test_it_is_told(shop):
    invoice = sold(shop)
    with receiver() as hook:
        endpoint_at(shop, hook.url)
        void(shop, invoice)
        shop.at("2024-01-01T00:00:00Z")
    assert "invoice.voided" in hook.types
