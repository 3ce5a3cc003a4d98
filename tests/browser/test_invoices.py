"""Invoices and credit notes in a real browser: what only it can show. Each test has a customer of its own."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


@pytest.fixture
def buyer(desk: Desk, request: pytest.FixtureRequest) -> str:
    """A customer who is billed in EUR, and an add-on of 40.00 of the same name."""
    name = str(request.node.name)[:40]
    desk.post("customer", external_id=name, name="Once Ltd", currency="EUR")
    desk.post("add_on", name=f"Setup for {name}", code=name, amount_cents=4000, amount_currency="EUR")
    return name


@pytest.fixture
def invoice(desk: Desk, buyer: str) -> dict[str, Any]:
    """Of 80.00."""
    made: dict[str, Any] = desk.post("invoice", external_customer_id=buyer, fees=[{"add_on_code": buyer, "units": 2}])
    return made


def newest(desk: Desk, buyer: str) -> dict[str, Any]:
    listed = desk.get(f"/invoices?external_customer_id={buyer}")["invoices"]
    found: dict[str, Any] = max(listed, key=lambda row: row["sequential_id"])
    return found


def test_a_one_off_invoice_is_made_after_its_total_was_seen(page: Page, desk: Desk, buyer: str):
    page.goto("/invoices")
    page.get_by_role("link", name="New one-off invoice").first.click()
    page.get_by_label("Customer", exact=True).fill(buyer)
    page.get_by_label("Add-on").select_option(buyer)
    preview = page.locator("#preview")
    expect(preview.locator("tr.total")).to_contain_text("40.00")
    page.get_by_label("Units").fill("3")
    expect(preview.locator("tr.total")).to_contain_text("120.00")
    page.get_by_role("button", name="Add a line").click()
    second = page.get_by_role("group", name="Line 2")
    second.get_by_label("Add-on").select_option(buyer)
    second.get_by_label("Price of one").fill("0.5")
    expect(preview.locator("tr.total")).to_contain_text("120.50")
    page.get_by_role("button", name="Create the invoice").click()
    expect(page.get_by_role("heading", name=newest(desk, buyer)["number"])).to_be_visible()
    assert newest(desk, buyer)["total_amount_cents"] == 12050


def test_a_credit_note_is_made_after_it_was_estimated(page: Page, desk: Desk, invoice: dict[str, Any]):
    page.goto(f"/invoices/{invoice['lago_id']}")
    page.get_by_role("link", name="New credit note").click()
    amount = page.get_by_label("Setup for")
    preview = page.locator("#preview")
    amount.fill("90")
    expect(preview).to_contain_text("That is more than is left of it")
    amount.fill("30")
    expect(preview.locator("tr.total")).to_contain_text("30.00")
    page.get_by_label("Less to pay").fill("20")
    expect(preview).to_contain_text("of it have no use yet")
    page.get_by_label("As credit").fill("10")
    expect(preview).not_to_contain_text("no use yet")
    page.get_by_role("button", name="Create the credit note").click()
    expect(page.get_by_role("heading", name=f"{invoice['number']}-CN001")).to_be_visible()
    now = desk.get(f"/invoices/{invoice['lago_id']}")["invoice"]
    assert now["total_due_amount_cents"] == 6000


def test_an_invoice_is_voided_and_made_again(page: Page, desk: Desk, buyer: str, invoice: dict[str, Any]):
    page.goto(f"/invoices/{invoice['lago_id']}")
    page.get_by_role("link", name="Void").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_label("As credit, EUR")).to_be_hidden()
    drawer.get_by_label("With a credit note").check()
    expect(drawer.get_by_label("As credit, EUR")).to_be_visible()
    drawer.get_by_label("No credit note").check()
    drawer.get_by_role("button", name="Void the invoice").click()
    page.get_by_role("link", name="Make it again").click()
    expect(page.locator("#preview tr.total")).to_contain_text("80.00")
    page.get_by_label("Units").fill("5")
    expect(page.locator("#preview tr.total")).to_contain_text("200.00")
    page.get_by_role("button", name="Make it again").click()
    expect(page.get_by_text("In place of")).to_be_visible()
    assert newest(desk, buyer)["total_amount_cents"] == 20000
