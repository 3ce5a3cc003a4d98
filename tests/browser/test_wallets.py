"""Wallets and payments in a real browser: what only it can show. Each test has a customer of its own."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


@pytest.fixture
def buyer(desk: Desk, request: pytest.FixtureRequest) -> str:
    """A customer who is billed in EUR."""
    external_id = str(request.node.name)[:40]
    desk.post("customer", external_id=external_id, name="Prepaid Ltd", currency="EUR")
    return external_id


@pytest.fixture
def prepaid(desk: Desk, buyer: str) -> dict[str, Any]:
    """His wallet of credits of 0.50 EUR."""
    made: dict[str, Any] = desk.post(
        "wallet", external_customer_id=buyer, name="Prepaid", rate_amount="0.5", currency="EUR"
    )
    return made


def balance(desk: Desk, wallet: dict[str, Any]) -> int:
    return int(desk.get(f"/wallets/{wallet['lago_id']}")["wallet"]["balance_cents"])


def test_a_wallet_is_made_in_the_drawer_after_its_cost_was_seen(page: Page, desk: Desk, buyer: str):
    page.goto("/wallets")
    page.get_by_role("link", name="New wallet").first.click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("Customer", exact=True).fill(buyer)
    drawer.get_by_label("Name", exact=True).fill("Vorausgeld")
    expect(drawer.get_by_label("Code")).to_have_value("vorausgeld")
    drawer.get_by_label("One credit is worth").fill("0.07")
    drawer.get_by_label("Credits to buy").fill("150.123456")
    expect(drawer.locator("#preview")).to_contain_text("150.14286 credits are bought for 10.51")
    drawer.get_by_role("button", name="Create the wallet").click()
    expect(page.get_by_role("heading", name="Vorausgeld")).to_be_visible()
    (made,) = desk.get(f"/wallets?external_customer_id={buyer}")["wallets"]
    assert (made["code"], made["rate_amount"]) == ("vorausgeld", "0.07")


def test_credits_are_granted_and_some_voided(page: Page, desk: Desk, prepaid: dict[str, Any]):
    page.goto(f"/wallets/{prepaid['lago_id']}")
    page.get_by_role("link", name="Top up").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("Credits to grant").fill("100")
    expect(drawer.locator("#preview")).to_contain_text("100 credits, worth 50.00")
    drawer.get_by_role("button", name="Top up").click()
    ledger = page.locator("#ledger")
    expect(ledger.get_by_role("link", name="Granted")).to_be_visible()
    assert balance(desk, prepaid) == 5000
    page.get_by_role("link", name="Void credits").click()
    drawer.get_by_label("Credits to void").fill("30")
    expect(drawer.locator("#preview")).to_contain_text("Balance afterwards: 35.00")
    drawer.get_by_role("button", name="Void the credits").click()
    expect(ledger.get_by_role("link", name="Voided")).to_be_visible()
    assert balance(desk, prepaid) == 3500
    ledger.get_by_role("link", name="Voided").click()
    expect(drawer).to_contain_text("Which credits it was taken from")


def test_a_rule_shows_only_what_it_has_a_use_for(page: Page, desk: Desk, prepaid: dict[str, Any]):
    page.goto(f"/wallets/{prepaid['lago_id']}")
    page.get_by_role("link", name="Add a rule").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_label("Threshold, in credits")).to_be_hidden()
    drawer.get_by_label("When it runs low").check()
    drawer.get_by_label("Up to a target").check()
    expect(drawer.get_by_label("Credits to buy")).to_be_hidden()
    drawer.get_by_label("Threshold, in credits").fill("10")
    drawer.get_by_label("Target, in credits").fill("200")
    drawer.get_by_role("button", name="Add the rule").click()
    expect(page.get_by_text("When the ongoing balance falls to 10 credits")).to_be_visible()
    (rule,) = desk.get(f"/wallets/{prepaid['lago_id']}")["wallet"]["recurring_transaction_rules"]
    assert (rule["trigger"], rule["target_ongoing_balance"]) == ("threshold", "200.0")


def test_a_part_of_an_invoice_is_paid_and_the_rest_is_due(page: Page, desk: Desk, buyer: str):
    desk.post(
        "subscription", external_customer_id=buyer, plan_code="growth", external_id=f"sub_{buyer}",
        billing_time="anniversary",
    )
    (invoice,) = desk.get(f"/invoices?external_customer_id={buyer}")["invoices"]
    page.goto(f"/invoices/{invoice['lago_id']}")
    page.get_by_role("link", name="Record a payment").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_label("Amount received, EUR")).to_have_value("99.00")
    drawer.get_by_label("Amount received, EUR").fill("60")
    drawer.get_by_label("Reference").fill("SEPA 17")
    drawer.get_by_role("button", name="Record the payment").click()
    expect(page.get_by_role("heading", name="Payment of 60.00 EUR")).to_be_visible()
    page.get_by_role("link", name=invoice["number"]).click()
    page.get_by_role("link", name="Record a payment").click()
    expect(drawer.get_by_label("Amount received, EUR")).to_have_value("39.00")
    now = desk.get(f"/invoices/{invoice['lago_id']}")["invoice"]
    assert (now["payment_status"], now["total_due_amount_cents"]) == ("pending", 3900)


def test_all_of_it_reads_without_javascript_on_a_phone(
    chromium: Browser, page: Page, desk: Desk, prepaid: dict[str, Any]
):
    context = chromium.new_context(
        base_url=desk.address, java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    context.add_cookies(page.context.cookies())
    phone = context.new_page()
    for address in ("/wallets", f"/wallets/{prepaid['lago_id']}", f"/wallets/{prepaid['lago_id']}/top_up",
                    "/payments", "/payments/overdue"):
        phone.goto(address)
        expect(phone.get_by_role("heading", level=1)).to_be_visible()
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    phone.goto(f"/wallets/{prepaid['lago_id']}/top_up")
    phone.get_by_label("Credits to grant").fill("3")
    phone.get_by_role("button", name="Show what it comes to").click()
    expect(phone.locator("#preview")).to_contain_text("3 credits, worth 1.50")
    phone.locator("button.primary").click()
    expect(phone.get_by_role("link", name="Granted")).to_be_visible()
    context.close()
