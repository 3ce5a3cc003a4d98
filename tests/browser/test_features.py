"""Features and what plans give of them, in a real browser: what only it can show."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


def test_a_feature_is_built_in_the_drawer_and_given_to_a_plan(page: Page, desk: Desk):
    page.goto("/features")
    page.get_by_role("link", name="New feature").first.click()
    drawer = page.locator("#drawer")
    drawer.get_by_label("Name", exact=True).fill("Übersicht")
    expect(drawer.get_by_label("Code")).to_have_value("ubersicht")
    drawer.get_by_role("button", name="Add a privilege").click()
    row = drawer.locator(".privilege").first
    expect(row.get_by_label("Code")).to_be_focused()
    row.get_by_label("Code").fill("level")
    expect(row.get_by_label("Options")).to_be_hidden()
    row.get_by_label("Value").select_option(label="One of a list")
    row.get_by_label("Options").fill("low\nhigh")
    drawer.get_by_role("button", name="Create the feature").click()
    expect(page.get_by_role("heading", name="Übersicht")).to_be_visible()
    page.goto("/plans")
    page.get_by_role("link", name="Growth").first.click()
    page.get_by_role("link", name="Give a feature").click()
    drawer.get_by_role("link", name="Übersicht").click()
    drawer.get_by_label("level").select_option(label="high")
    drawer.get_by_role("button", name="Give it").click()
    expect(page.get_by_text("level: high")).to_be_visible()
    (given,) = desk.get("/plans/growth/entitlements")["entitlements"]
    assert given["privileges"][0]["value"] == "high"
