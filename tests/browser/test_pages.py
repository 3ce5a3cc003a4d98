"""Pages in a real browser, served by a real installation."""

import time

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


def test_signing_in_leads_to_the_dashboard_and_signing_out_back(page: Page):
    expect(page.get_by_text("Newest invoices")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/customers")
    expect(page).to_have_url("/sign_in?next=/customers")


def test_after_signing_in_one_is_where_one_wanted_to_be(signed_out: Page, desk: Desk):
    signed_out.goto("/invoices?status=finalized")
    signed_out.get_by_label("E-mail").fill(desk.email)
    signed_out.get_by_label("Password").fill(desk.password)
    signed_out.get_by_role("button", name="Sign in").click()
    expect(signed_out).to_have_url("/invoices?status=finalized")


def test_an_invited_person_chooses_a_password_and_is_inside(signed_out: Page, desk: Desk):
    signed_out.goto(desk.invitation("New Harbour", "bea@example.com"))
    expect(signed_out.get_by_label("E-mail")).to_have_value("bea@example.com")
    signed_out.get_by_label("Password").fill("correct horse battery staple")
    signed_out.get_by_role("button", name="Join").click()
    expect(signed_out.get_by_role("heading", name="Dashboard")).to_be_visible()
    expect(signed_out.locator(".switcher summary")).to_contain_text("New Harbour")


def test_typing_narrows_the_list_and_the_address(page: Page):
    page.goto("/customers")
    page.get_by_role("searchbox", name="Name, e-mail or external id").press_sequentially("kite")
    expect(page.get_by_role("link", name="Harbour & Sons")).to_have_count(0)
    expect(page.get_by_role("link", name="Kite Robotics")).to_be_visible()
    assert "search=kite" in page.url


def test_a_customer_s_tabs_change_the_address_and_going_back_works(page: Page):
    page.goto("/customers")
    page.get_by_role("link", name="Harbour & Sons").click()
    page.get_by_role("navigation", name="Customer").get_by_role("link", name="Subscriptions").click()
    expect(page.get_by_text("sub_harbour")).to_be_visible()
    assert page.url.endswith("tab=subscriptions")
    page.go_back()
    expect(page.get_by_role("heading", name="Details")).to_be_visible()


def test_an_invoice_shows_its_fees_and_gives_its_pdf(page: Page):
    page.goto("/invoices")
    page.locator(".row-link").last.click()  # the oldest: others are made by other tests
    expect(page.get_by_role("row", name="Growth").first).to_contain_text("99.00")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")


def test_an_event_is_seen_within_a_second_or_so(page: Page, desk: Desk):
    page.goto("/events?code=calls")
    desk.send_event("seen-at-once", properties={"city": "Łódź"})
    sent_at = time.monotonic()
    expect(page.get_by_text("seen-at-once")).to_be_visible(timeout=5_000)
    assert time.monotonic() - sent_at < 2


def test_an_event_opens_in_a_drawer_that_escape_closes(page: Page, desk: Desk):
    desk.send_event("in-a-drawer", properties={"city": "Łódź"})
    page.goto("/events")
    page.get_by_role("row", name="in-a-drawer").get_by_role("link").click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text('"city": "Łódź"')
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)


def test_a_key_is_shown_once_and_opens_the_api(page: Page, desk: Desk):
    page.goto("/developers/api_keys")
    page.get_by_role("link", name="New key").click()
    page.get_by_label("Name").fill("Made in a browser")
    page.get_by_role("button", name="Create the key").click()
    secret = page.locator("#new-key").inner_text()
    assert desk.accepts(secret)
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("cell", name="Made in a browser")).to_be_visible()
    expect(page.locator("#new-key")).to_have_count(0)
    assert secret not in page.content()


def test_letters_go_to_pages(page: Page):
    for letter, heading in (("c", "Customers"), ("i", "Invoices"), ("m", "Billable metrics"), ("e", "Events"),
                            ("w", "Webhooks"), ("a", "Attention")):
        page.wait_for_load_state()  # a page listens once its script has run
        page.keyboard.press("g")
        page.keyboard.press(letter)
        expect(page.get_by_role("heading", name=heading, exact=True).first).to_be_visible()


def test_a_letter_alone_leads_nowhere_not_even_at_first(page: Page):
    page.goto("/customers")
    page.keyboard.press("i")
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="Plans", exact=True).first).to_be_visible()


def test_the_chosen_theme_stays(page: Page):
    page.get_by_role("button", name="Switch between light and dark").click()
    page.goto("/customers")
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_pages_read_well_without_javascript_on_a_phone(chromium: Browser, page: Page, desk: Desk):
    cookies = page.context.cookies()
    context = chromium.new_context(
        base_url=desk.address, java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    context.add_cookies(cookies)
    phone = context.new_page()
    phone.goto("/")
    phone.locator(".menu-button").click()
    phone.get_by_role("link", name="Customers").first.click()
    phone.get_by_role("searchbox", name="Name, e-mail or external id", exact=True).fill("harbour")
    phone.get_by_role("button", name="Apply").click()
    expect(phone.get_by_role("link", name="Harbour & Sons")).to_be_visible()
    expect(phone.get_by_role("link", name="Kite Robotics")).to_have_count(0)
    context.close()
