"""The pages of usage and of single events in a real browser."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


def test_from_the_menu_to_the_days_of_a_charge(page: Page, desk: Desk):
    desk.send_event("for-the-chart")
    page.keyboard.press("g")
    page.keyboard.press("u")
    page.get_by_role("link", name="Harbour & Sons").click()
    charge = page.get_by_role("region", name="API calls", exact=True)
    expect(charge.get_by_role("img", name="Events of each day: API calls")).to_be_visible()
    charge.get_by_text("Show as a table").click()
    expect(charge.get_by_role("cell", name="event").first).to_be_visible()
    expect(page.get_by_text("Past periods")).to_be_visible()


def test_an_event_says_what_it_counted_for_and_leads_to_the_usage(page: Page, desk: Desk):
    desk.send_event("counted")
    page.goto("/events?transaction=counted")
    page.get_by_role("row", name="counted").get_by_role("link").click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("It counts as 1 unit.")
    expect(drawer).to_contain_text("The period is not invoiced yet")
    drawer.get_by_role("link", name="Growth").click()
    expect(page.get_by_text("Running period").first).to_be_visible()


def test_filters_stay_in_the_address_and_a_time_is_not_live(page: Page, desk: Desk):
    desk.send_event("of-2024", timestamp=1709600000)
    page.goto("/events")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    for label, text, parameter in (("From, UTC", "2024-03-05T00:00", "from"), ("to", "2024-03-06T00:00", "to")):
        page.get_by_label(label, exact=True).fill(text)
        page.wait_for_url(f"**/events?**{parameter}=2024-03-0**")
    expect(page.get_by_text("of-2024")).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_have_count(0)
    page.reload()
    expect(page.get_by_label("From, UTC")).to_have_value("2024-03-05T00:00")
    expect(page.get_by_text("of-2024")).to_be_visible()


def test_pausing_keeps_the_filters_that_were_chosen_meanwhile(page: Page, desk: Desk):
    page.goto("/events")
    page.get_by_label("Code").fill("calls")
    page.keyboard.press("Tab")
    page.wait_for_url("**/events?**code=calls**")
    page.get_by_role("link", name="Pause").click()
    expect(page.get_by_role("link", name="Resume")).to_be_visible()
    expect(page.get_by_label("Code")).to_have_value("calls")


def test_usage_reads_well_without_javascript_on_a_phone(chromium: Browser, page: Page, desk: Desk):
    cookies = page.context.cookies()
    context = chromium.new_context(
        base_url=desk.address, java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    context.add_cookies(cookies)
    phone = context.new_page()
    phone.goto("/usage?search=harbour")
    phone.get_by_role("link", name="Harbour & Sons").click()
    expect(phone.get_by_role("img", name="Events of each day: API calls")).to_be_visible()
    phone.get_by_text("Show as a table").click()
    expect(phone.get_by_role("columnheader", name="Events of each day")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
