"""The form of plans in a real browser: what only it can show."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect

from tests.browser.desk import Desk

pytestmark = pytest.mark.browser

REGIONS = {"name": "Requests", "code": "requests", "aggregation_type": "count_agg",
           "filters": [{"key": "region", "values": ["eu", "us", "apac"]}, {"key": "tier", "values": ["std", "pro"]}]}


@pytest.fixture(scope="module")
def metric(desk: Desk) -> Iterator[dict[str, object]]:
    """A metric with filters."""
    yield desk.post("billable_metric", **REGIONS)


def another_window(chromium: Browser, page: Page, desk: Desk, **options: Any) -> BrowserContext:
    """Whoever has signed in there is signed in here too."""
    context = chromium.new_context(base_url=desk.address, **options)
    context.add_cookies(page.context.cookies())
    return context


def begin(page: Page, name: str) -> None:
    """A new plan with a name and a fee."""
    page.goto("/plans/new")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Amount", exact=True).fill("49.90")
    page.get_by_label("Currency").select_option("EUR")


def add_charge(page: Page, metric: str, model: str) -> None:
    page.get_by_role("button", name="Add a charge").click()
    choice = page.get_by_label("Billable metric").last
    expect(choice).to_be_focused()
    choice.select_option(label=metric)
    page.get_by_label("Model").focus()
    with page.expect_response(lambda answer: answers_the_model(answer.request)):
        page.get_by_label("Model").select_option(label=model)
    expect(page.locator(".htmx-request")).to_have_count(0)  # what came is in its place
    expect(page.get_by_label("Model")).to_be_focused()


def answers_the_model(request: Request) -> bool:
    """Whether the server was asked because the model was chosen, and not for the price of what is typed."""
    return request.headers.get("hx-trigger-name", "").endswith("charge_model")


def fill_tiers(within: Page | Locator, *rows: tuple[str, str, str]) -> None:
    """Types the end, the price and the flat fee of each tier, and adds those that are not there yet."""
    for number, (end, price, flat) in enumerate(rows, start=1):
        if end:
            within.get_by_role("button", name="Add a tier").click()
            expect(within.get_by_label(f"To, tier {number}")).to_be_focused()
            within.get_by_label(f"To, tier {number}").fill(end)
        within.get_by_label(f"Per unit, tier {number}").fill(price)
        within.get_by_label(f"Flat fee, tier {number}").fill(flat)


def add_filter(page: Page, *values: str) -> Locator:
    """Adds a filter and chooses among the values; the filter."""
    count = page.locator(".filter-card").count()
    page.get_by_role("button", name="Add a filter").click()
    card = page.locator(".filter-card").nth(count)
    expect(card.get_by_label("All values").first).to_be_focused()
    for value in values:
        card.get_by_label(value, exact=True).check()
    return card


def test_a_graduated_plan_with_two_filters_is_found_over_the_api_as_built(page: Page, desk: Desk, metric: object):
    begin(page, "Scale-ups")
    expect(page.get_by_label("Code", exact=True).first).to_have_value("scale_ups")
    add_charge(page, "Requests", "Graduated")
    fill_tiers(page, ("1000", "0.10", "5"), ("5000", "0.05", "0"), ("", "0.02", "100"))
    expect(page.get_by_label("From, tier 3")).to_have_value("5001")
    europe = add_filter(page, "eu", "pro")
    fill_tiers(europe, ("100", "0.30", "0"), ("", "0.20", "0"))
    rest = add_filter(page, "us", "apac")
    fill_tiers(rest, ("", "0.08", ""))
    rest.get_by_label("Name on invoices").fill("Overseas")
    page.get_by_role("button", name="Create the plan").click()
    expect(page.get_by_role("heading", name="Scale-ups")).to_be_visible()
    plan = desk.get("/plans/scale_ups")["plan"]
    (charge,) = plan["charges"]
    assert (plan["amount_cents"], plan["amount_currency"], charge["charge_model"]) == (4990, "EUR", "graduated")
    assert charge["properties"] == {"graduated_ranges": [
        tier(0, 1000, "0.10", "5"), tier(1001, 5000, "0.05", "0"), tier(5001, None, "0.02", "100"),
    ]}
    assert [(row["values"], row["invoice_display_name"], row["properties"]["graduated_ranges"])
            for row in charge["filters"]] == [
        ({"region": ["eu"], "tier": ["pro"]}, None, [tier(0, 100, "0.30", "0"), tier(101, None, "0.20", "0")]),
        ({"region": ["apac", "us"]}, "Overseas", [tier(0, None, "0.08", "0")]),
    ]


def test_the_price_is_computed_while_one_types(page: Page, metric: object):
    begin(page, "Live")
    add_charge(page, "Requests", "Standard")
    expect(page.get_by_text("There is no curve yet")).to_be_visible()
    page.get_by_label("Price of a unit").fill("0.25")
    expect(page.get_by_text("100 units cost 25.00 EUR").first).to_be_visible()
    page.get_by_label("What would so many units cost?").fill("1000")
    expect(page.locator(".answer")).to_have_text("1,000 units cost 250.00 EUR")
    expect(page.get_by_label("What would so many units cost?")).to_be_focused()
    expect(page.locator("#status")).to_have_text("1,000 units cost 250.00 EUR")
    page.get_by_label("Currency").select_option("JPY")
    expect(page.locator(".answer")).to_have_text("1,000 units cost 250 JPY")
    page.locator(".curve-stops > div").nth(20).hover()
    expect(page.get_by_text("625 units: 156 JPY")).to_be_visible()


def test_tiers_that_touch_go_on_touching(page: Page, metric: object):
    begin(page, "Touching")
    add_charge(page, "Requests", "Graduated")
    fill_tiers(page, ("10", "1", "0"), ("", "2", "0"))
    page.get_by_label("From, tier 2").fill("10")
    page.get_by_label("To, tier 1").fill("2.5")
    expect(page.get_by_label("From, tier 2")).to_have_value("2.5")


def test_what_is_typed_survives_other_models_and_rows(page: Page, metric: object):
    begin(page, "Kept")
    add_charge(page, "Requests", "Percentage")
    page.get_by_label("Rate in %").fill("2.5")
    page.get_by_label("Model").select_option(label="Package")
    page.get_by_label("Price of a package").fill("7")
    page.get_by_label("Model").select_option(label="Percentage")
    expect(page.get_by_label("Rate in %")).to_have_value("2.5")
    page.get_by_role("button", name="Add a charge").click()
    expect(page.get_by_label("Billable metric")).to_have_count(2)
    page.get_by_role("button", name="Remove the charge New charge").click()
    expect(page.get_by_label("Billable metric")).to_have_count(1)
    expect(page.get_by_role("button", name="Add a charge")).to_be_focused()
    expect(page.get_by_label("Rate in %")).to_have_value("2.5")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Kept")


def test_a_mistake_unfolds_its_charge_and_is_told_there(
    chromium: Browser, page: Page, desk: Desk, metric: object
):
    context = another_window(chromium, page, desk)  # Chromium complains of every answer that is an error
    page = context.new_page()
    begin(page, "Wrong")
    add_charge(page, "Requests", "Standard")
    page.get_by_role("checkbox", name="Requests").uncheck()
    expect(page.get_by_label("Price of a unit")).to_be_hidden()
    page.get_by_role("button", name="Create the plan").click()
    expect(page.get_by_role("alert").first).to_contain_text("Please correct the fields")
    expect(page.get_by_label("Price of a unit")).to_be_focused()
    expect(page.get_by_label("Price of a unit")).to_have_attribute("aria-invalid", "true")
    context.close()


def test_all_of_it_works_by_the_keyboard(page: Page, desk: Desk, metric: object):
    begin(page, "Keys only")
    page.get_by_role("button", name="Add a charge").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Billable metric")).to_be_focused()
    page.keyboard.type("Requests")
    page.keyboard.press("Tab")
    page.get_by_label("Price of a unit").focus()
    page.keyboard.type("0.5")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Keys only")).to_be_visible()
    assert desk.get("/plans/keys_only")["plan"]["charges"][0]["properties"] == {"amount": "0.5"}


def test_a_plan_is_built_without_javascript(chromium: Browser, page: Page, desk: Desk, metric: object):
    context = another_window(chromium, page, desk, java_script_enabled=False)
    plain = context.new_page()
    begin(plain, "Plain")
    plain.get_by_label("Code", exact=True).fill("plain")
    plain.get_by_role("button", name="Add a charge").click()
    plain.get_by_label("Billable metric").select_option(label="Requests")
    plain.get_by_role("button", name="Show the fields").click()
    plain.get_by_label("Price of a unit").fill("0.5")
    plain.get_by_role("button", name="Compute").click()
    expect(plain.locator(".answer")).to_have_text("100 units cost 50.00 EUR")
    plain.get_by_role("button", name="Create the plan").click()
    expect(plain.get_by_role("heading", name="Plain")).to_be_visible()
    context.close()
    assert desk.get("/plans/plain")["plan"]["charges"][0]["properties"] == {"amount": "0.5"}


def test_a_fixed_and_a_recurring_threshold_are_found_over_the_api(page: Page, desk: Desk):
    begin(page, "Thresholds")
    page.get_by_role("button", name="Add a threshold").click()
    expect(page.get_by_label("At a usage of, threshold 1")).to_be_focused()
    page.keyboard.type("50")
    page.get_by_label("Name, threshold 1").fill("Fifty")
    page.get_by_role("button", name="Add a recurring one").click()
    expect(page.get_by_label("And then every, the recurring one")).to_be_focused()
    page.keyboard.type("12.50")
    expect(page.get_by_role("button", name="Add a recurring one")).to_have_count(0)
    page.get_by_role("button", name="Add a threshold").click()
    expect(page.get_by_label("At a usage of, threshold 2")).to_be_focused()
    page.get_by_role("button", name="Remove threshold 2").click()
    expect(page.get_by_role("button", name="Add a threshold")).to_be_focused()
    page.get_by_role("button", name="Create the plan").click()
    expect(page.get_by_role("heading", name="Usage thresholds")).to_be_visible()
    expect(page.get_by_text("Then every")).to_be_visible()
    rows = desk.get("/plans/thresholds")["plan"]["usage_thresholds"]
    assert [(row["amount_cents"], row["threshold_display_name"], row["recurring"]) for row in rows] == [
        (5000, "Fifty", False), (1250, None, True),
    ]


def test_a_telephone_has_room_for_all_of_it(page: Page, metric: object):
    page.set_viewport_size({"width": 390, "height": 844})
    begin(page, "Small")
    add_charge(page, "Requests", "Graduated")
    fill_tiers(page, ("1000", "0.10", "5"), ("", "0.02", "100"))
    add_filter(page, "eu")
    page.get_by_role("button", name="Add a threshold").click()
    expect(page.get_by_label("Name, threshold 1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_deleting_asks_first(page: Page, desk: Desk):
    desk.post("plan", name="Short-lived", code="short", interval="monthly", amount_cents=1, amount_currency="EUR",
              pay_in_advance=False)
    page.goto("/plans")
    page.get_by_role("link", name="Short-lived").click()
    page.get_by_role("link", name="Delete").click()
    expect(page.get_by_role("dialog")).to_contain_text("Nobody is on this plan")
    page.get_by_role("button", name="Delete the plan").click()
    expect(page.get_by_role("heading", name="Plans")).to_be_visible()


def tier(begin: int, end: int | None, price: str, flat: str) -> dict[str, object]:
    return {"from_value": begin, "to_value": end, "per_unit_amount": price, "flat_amount": flat}
