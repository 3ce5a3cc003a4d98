"""The search over everything, and what lies beneath an object, by the keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


def test_one_finds_a_customer_by_the_keyboard_and_sees_what_was_told_of_it(page: Page, desk: Desk):
    page.goto("/plans")
    page.keyboard.press("/")
    page.keyboard.type("harb")
    hit = page.get_by_role("dialog", name="Search").get_by_role("link", name="Harbour & Sons")
    expect(hit).to_be_visible()
    expect(page.locator("#search-status")).to_have_text("2 results for harb")  # the customer and its subscription
    page.keyboard.press("ArrowDown")
    expect(hit).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.type("o")  # one goes on typing
    expect(page.locator("#search-status")).to_have_text("2 results for harbo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Harbour & Sons")).to_be_visible()
    page.wait_for_load_state()  # its scripts have run
    activity = page.locator("summary", has_text="Activity")
    activity.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="customer.created")).to_be_visible()


def test_keys_lead_to_every_page_of_the_menu_and_one_skips_to_the_content(page: Page):
    page.goto("/customers")
    links = page.get_by_role("navigation", name="Menu").get_by_role("link").all()
    keys = [link.get_attribute("data-key") for link in links]
    assert len(set(keys)) == len(keys) > 20
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    for key, title in (("p", "Plans"), ("x", "Taxes"), ("L", "API logs")):
        page.wait_for_load_state()  # a page listens once its script has run
        page.keyboard.press("g")
        page.keyboard.press(key)
        expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()


def test_without_scripts_there_is_a_page_to_search_on(page: Page, desk: Desk):
    context = page.context.browser.new_context(base_url=desk.address, java_script_enabled=False)  # type: ignore[union-attr]
    context.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    plain = context.new_page()
    plain.goto("/customers")
    plain.get_by_role("link", name="Search everything").click()
    plain.get_by_role("searchbox", name="Search everything").fill("growth")
    plain.keyboard.press("Enter")
    plain.get_by_role("link", name="growth, monthly").click()
    plain.locator("summary", has_text="Activity").click()
    plain.get_by_role("link", name="Activity, on a page of its own").click()
    expect(plain.get_by_role("heading", name="Activity of Growth")).to_be_visible()
    context.close()
