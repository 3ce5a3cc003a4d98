"""Subscriptions in a real browser: begun, upgraded, downgraded, ended, each after its figures were seen."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def plans(desk: Desk) -> None:
    """A dearer and a cheaper plan beside Growth, of 99.00 in advance."""
    for name, cents in (("Scale", 19900), ("Small", 4900)):
        desk.post(
            "plan", name=name, code=name.lower(), interval="monthly", amount_cents=cents, amount_currency="EUR",
            pay_in_advance=True,
        )


@pytest.fixture
def running(desk: Desk, plans: None, request: pytest.FixtureRequest) -> dict[str, Any]:
    """A subscription that has paid for a month from today on."""
    subscription: dict[str, Any] = desk.post(
        "subscription", external_customer_id="kite", plan_code="growth", external_id=request.node.name,
        billing_time="anniversary",
    )
    return subscription


def preview(page: Page) -> Locator:
    return page.locator("#preview")


def total(document: Locator) -> int:
    """Cents in the row of the total."""
    return int(re.sub(r"\D", "", document.locator("tr.total .amount").inner_text()))


def newest_invoice(desk: Desk) -> Any:
    listed = desk.get("/invoices?external_customer_id=kite")["invoices"]
    return desk.get(f"/invoices/{listed[0]['lago_id']}")["invoice"]


def newest_note(desk: Desk) -> Any:
    return desk.get("/credit_notes?external_customer_id=kite")["credit_notes"][0]


def test_a_subscription_is_begun_and_billed_as_it_was_shown(page: Page, desk: Desk, plans: None):
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.get_by_role("link", name="New subscription").click()
    page.get_by_label("Customer", exact=True).fill("kite")
    page.get_by_label("Plan", exact=True).select_option(label="Growth: 99.00 EUR monthly, in advance")
    page.get_by_label("From the start").check()
    page.get_by_label("External id").fill("begun-here")
    page.get_by_label("Name", exact=True).fill("Begun here")
    page.keyboard.press("Tab")
    page.wait_for_load_state("networkidle")
    expect(preview(page)).to_contain_text("It is Kite Robotics's.")
    expect(preview(page).locator("tr.total")).to_contain_text("99.00")
    page.get_by_role("button", name="Create the subscription").click()
    expect(page.get_by_role("heading", name="Begun here")).to_be_visible()
    assert newest_invoice(desk)["total_amount_cents"] == 9900
    expect(page.get_by_text("Began on Growth")).to_be_visible()
    expect(page.get_by_role("link", name=newest_invoice(desk)["number"])).to_be_visible()


def test_an_upgrade_is_billed_and_credited_as_it_was_shown(page: Page, desk: Desk, running: dict[str, Any]):
    page.goto(f"/subscriptions/{running['lago_id']}")
    page.get_by_role("link", name="Change plan").click()
    page.get_by_label("New plan").select_option(label="Scale: 199.00 EUR monthly")
    invoice, note = (preview(page).locator(".document").nth(number) for number in (0, 1))
    expect(note).to_contain_text("Credit note on")
    shown = total(invoice), total(note)
    page.get_by_role("button", name="Upgrade to Scale").click()
    expect(page.get_by_text("Upgraded from Growth to Scale")).to_be_visible()
    made = newest_invoice(desk)
    assert shown == (made["total_amount_cents"], newest_note(desk)["total_amount_cents"]) == (10000, 9900)
    assert desk.get(f"/subscriptions/{running['external_id']}")["subscription"]["plan_code"] == "scale"


def test_a_downgrade_is_planned_and_taken_back(page: Page, desk: Desk, running: dict[str, Any]):
    page.goto(f"/subscriptions/{running['lago_id']}/change")
    page.get_by_label("New plan").select_option(label="Small: 49.00 EUR monthly")
    expect(preview(page)).to_contain_text("Nothing is invoiced or credited now.")
    page.get_by_role("button", name="Downgrade to Small").click()
    expect(page.get_by_text("It changes to Small on")).to_be_visible()
    page.get_by_role("link", name="Take the change back").click()
    page.get_by_role("dialog").get_by_role("button", name="Stay on Growth").click()
    expect(page.get_by_text("Change to Small taken back")).to_be_visible()
    expect(page.get_by_text("It changes to Small on")).to_have_count(0)
    assert desk.get(f"/subscriptions/{running['external_id']}")["subscription"]["next_plan_code"] is None


def test_an_end_is_credited_as_it_was_shown(page: Page, desk: Desk, running: dict[str, Any]):
    page.goto(f"/subscriptions/{running['lago_id']}")
    page.get_by_role("link", name="Terminate").click()
    note = preview(page).locator(".document").last
    expect(note).to_contain_text("Credit note on")
    shown = total(note)
    page.get_by_label("Give nothing back").check()
    expect(preview(page)).to_contain_text("nothing is given back")
    page.get_by_label("Credit them").check()
    expect(note).to_contain_text("Credit note on")
    page.get_by_role("button", name="Terminate now").click()
    expect(page.get_by_text("Ended", exact=True).first).to_be_visible()
    assert newest_note(desk)["total_amount_cents"] == shown
    assert 0 < shown < 9900  # today is used


def test_terms_change_in_a_drawer(page: Page, running: dict[str, Any]):
    page.goto(f"/subscriptions/{running['lago_id']}")
    page.get_by_role("link", name="Edit", exact=True).click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("Name").fill("Renamed")
    drawer.get_by_label("Ends on").fill("2999-01-01")
    drawer.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Renamed")).to_be_visible()
    expect(page.get_by_text("1 Jan 2999").first).to_be_visible()


def test_all_of_it_reads_without_javascript_on_a_phone(
    chromium: Browser, page: Page, desk: Desk, running: dict[str, Any]
):
    context = chromium.new_context(
        base_url=desk.address, java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    context.add_cookies(page.context.cookies())
    phone = context.new_page()
    phone.goto(f"/subscriptions?external_id={running['external_id'][:40]}")
    phone.get_by_role("link", name="Kite Robotics").click()
    expect(phone.get_by_text("Began on Growth")).to_be_visible()
    phone.get_by_role("link", name="Change plan").click()
    phone.get_by_label("New plan").select_option(label="Scale: 199.00 EUR monthly")
    phone.get_by_role("button", name="Show what it makes").click()
    expect(phone.get_by_role("button", name="Upgrade to Scale")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
