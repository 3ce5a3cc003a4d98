"""The form of billable metrics in a real browser: what only it can show."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


def add_filter(page: Page, key: str, values: str = "") -> None:
    """Adds a row, waits until it has the focus, as a person would, and fills it."""
    page.get_by_role("button", name="Add a filter").click()
    row = page.locator(".filter-row").last
    expect(row.get_by_label("Key")).to_be_focused()
    row.get_by_label("Values").fill(values)
    row.get_by_label("Key").fill(key)


def test_a_metric_is_built_with_its_filters_and_its_expression(page: Page, desk: Desk):
    page.goto("/billable_metrics")
    page.get_by_role("link", name="New metric").click()
    page.get_by_label("Name").fill("Übertragene Daten")
    expect(page.get_by_label("Code").first).to_have_value("ubertragene_daten")
    page.locator("[value=sum_agg]").check()
    page.get_by_label("Property", exact=True).fill("gb")
    page.get_by_text("Compute the property").click()
    page.get_by_label("Expression").fill("event.properties.mb / 1000")
    page.get_by_label("Properties").fill('{"mb": 2500}')
    expect(page.get_by_role("status").filter(has_text="gb = 2.5")).to_be_visible()
    add_filter(page, "region", "eu\nus")
    page.get_by_role("button", name="Create the metric").click()
    expect(page.get_by_role("heading", name="Übertragene Daten")).to_be_visible()
    made = desk.get("/billable_metrics/ubertragene_daten")["billable_metric"]
    assert (made["field_name"], made["expression"]) == ("gb", "event.properties.mb / 1000")
    assert made["filters"] == [{"key": "region", "values": ["eu", "us"]}]


def test_a_code_of_one_s_own_stays(page: Page):
    page.goto("/billable_metrics/new")
    page.get_by_label("Name").fill("Calls")
    page.get_by_label("Code").first.fill("requests")
    page.get_by_label("Name").fill("Calls of the API")
    expect(page.get_by_label("Code").first).to_have_value("requests")


def test_rows_of_filters_keep_what_is_typed_everywhere(page: Page):
    page.goto("/billable_metrics/new")
    page.get_by_label("Name").fill("Storage")
    add_filter(page, "region")
    add_filter(page, "tier", "hot\ncold")
    page.get_by_role("button", name="Remove the filter").first.click()
    expect(page.get_by_label("Key", exact=True)).to_have_count(1)
    expect(page.get_by_label("Values", exact=True)).to_have_value("hot\ncold")
    expect(page.get_by_label("Name")).to_have_value("Storage")
    expect(page.get_by_role("button", name="Add a filter")).to_be_focused()


def test_only_what_the_type_needs_is_shown(page: Page):
    page.goto("/billable_metrics/new")
    shown = {
        "count_agg": (False, False, False), "sum_agg": (True, True, False), "max_agg": (True, False, False),
        "weighted_sum_agg": (True, True, True),
    }
    for kind, (has_field, may_recur, is_weighed) in shown.items():
        page.locator(f"[value={kind}]").check()
        expect(page.get_by_label("Property", exact=True)).to_be_visible(visible=has_field)
        expect(page.get_by_label("Recurring")).to_be_visible(visible=may_recur)
        expect(page.get_by_label("Weighed by")).to_be_visible(visible=is_weighed)


def test_enter_saves_and_removes_no_filter(page: Page):
    page.goto("/billable_metrics/new")
    page.get_by_label("Name").fill("Entered")
    add_filter(page, "region", "eu")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Entered")).to_be_visible()
    expect(page.get_by_text("region")).to_be_visible()


def test_an_expression_that_fails_says_why_while_one_types(page: Page):
    page.goto("/billable_metrics/expression")
    page.get_by_label("Expression").fill("event.properties.nothing + 1")
    expect(page.get_by_text("Variable: nothing not found")).to_be_visible()
    page.get_by_label("Expression").fill("event.properties.replicas + 1")
    expect(page.get_by_text("Result = 3.0")).to_be_visible()


def test_deleting_asks_first(page: Page, desk: Desk):
    desk.post("billable_metric", name="Short-lived", code="short", aggregation_type="count_agg")
    page.goto("/billable_metrics")
    page.get_by_role("link", name="Short-lived").click()
    page.get_by_role("link", name="Delete").click()
    expect(page.get_by_role("dialog")).to_contain_text("Events stay")
    page.get_by_role("button", name="Delete the metric").click()
    expect(page.get_by_role("heading", name="Billable metrics")).to_be_visible()
    expect(page.get_by_role("link", name="Short-lived")).to_have_count(0)


def test_filters_can_be_written_without_javascript(chromium: Browser, page: Page, desk: Desk):
    cookies = page.context.cookies()
    context = chromium.new_context(base_url=desk.address, java_script_enabled=False)
    context.add_cookies(cookies)
    plain = context.new_page()
    plain.goto("/billable_metrics/new")
    plain.get_by_label("Name").fill("Plain")
    plain.get_by_role("button", name="Add a filter").click()
    plain.get_by_label("Key", exact=True).fill("region")
    expect(plain.get_by_label("Name")).to_have_value("Plain")
    plain.get_by_role("button", name="Remove the filter").click()
    expect(plain.get_by_label("Key", exact=True)).to_have_count(0)
    context.close()
