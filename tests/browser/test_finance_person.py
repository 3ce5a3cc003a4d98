"""What finance people do in a day: set prices, sell, look at a bill, correct it, find it again."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.desk import Desk, Office
from tests.browser.people import invitation_of, menu

pytestmark = pytest.mark.browser


def test_a_price_becomes_a_bill_and_the_bill_is_corrected(new_window: Callable[..., Page], desk: Desk):
    office = desk.office("Northwind", "nora@northwind.example", sandbox=True)
    office.post("billable_metric", name="Gigabytes", code="gb", aggregation_type="sum_agg", field_name="gb")
    nora = new_window()
    desk.join(nora, office.link)
    make_tax(nora)
    make_plan(nora)
    make_coupon(nora)
    fred = new_window()
    desk.join(fred, invitation_of(nora, "fred@northwind.example", "Finance", "Manager"))
    expect(fred.get_by_role("heading", name="Dashboard", exact=True)).to_be_visible()
    fred.goto("/plans")
    expect(fred.get_by_role("link", name="Traffic", exact=True)).to_be_visible()
    expect(fred.get_by_role("link", name="New plan", exact=True)).to_have_count(0)
    make_customer(fred)
    subscribe(fred)
    give_coupon(fred)
    use_and_wait_for_the_bill(nora, office)
    bill_is_as_computed_by_hand(fred, office)
    correct_it(fred, office)


def make_tax(page: Page) -> None:
    """20% on everything that has no other tax."""
    menu(page, "Taxes")
    page.get_by_role("link", name="New tax", exact=True).first.click()
    drawer = page.get_by_role("dialog", name="New tax", exact=True)
    drawer.get_by_label("Name", exact=True).fill("VAT")
    expect(drawer.get_by_label("Code", exact=True)).to_have_value("vat")
    drawer.get_by_label("Rate in percent", exact=True).fill("20")
    drawer.get_by_role("checkbox", name="The default billing entity charges it").check()
    drawer.get_by_role("button", name="Create the tax", exact=True).click()
    expect(drawer).to_be_hidden()


def make_plan(page: Page) -> None:
    """50.00 a month, and gigabytes: the first hundred at 0.10 and 5.00 flat, those after it at 0.05 and 2.00 flat."""
    menu(page, "Plans")
    page.get_by_role("link", name="New plan", exact=True).first.click()
    page.get_by_label("Name", exact=True).fill("Traffic")
    page.get_by_label("Amount", exact=True).fill("50")
    page.get_by_label("Currency", exact=True).select_option("EUR")
    page.get_by_role("button", name="Add a charge", exact=True).click()
    page.get_by_label("Billable metric", exact=True).select_option(label="Gigabytes")
    page.get_by_label("Model", exact=True).select_option(label="Graduated")
    page.get_by_role("button", name="Add a tier", exact=True).click()
    tiers = {"To, tier 1": "100", "Per unit, tier 1": "0.10", "Flat fee, tier 1": "5", "Per unit, tier 2": "0.05",
             "Flat fee, tier 2": "2"}
    for label, text in tiers.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Create the plan", exact=True).click()
    expect(page.get_by_role("heading", name="Traffic", exact=True)).to_be_visible()


def make_coupon(page: Page) -> None:
    """10% off every invoice."""
    menu(page, "Coupons")
    page.get_by_role("link", name="New coupon", exact=True).first.click()
    page.get_by_label("Name", exact=True).fill("Old friends")
    page.get_by_role("radio", name="A percentage").check()
    page.get_by_label("Percent", exact=True).fill("10")
    page.get_by_role("radio", name="Forever").check()
    page.get_by_role("button", name="Create the coupon", exact=True).click()
    expect(page.get_by_role("heading", name="Old friends", exact=True)).to_be_visible()


def make_customer(page: Page) -> None:
    menu(page, "Customers")
    page.get_by_role("link", name="New customer", exact=True).first.click()
    drawer = page.get_by_role("dialog", name="New customer", exact=True)
    drawer.get_by_label("External id", exact=True).fill("reader")
    drawer.get_by_label("Name", exact=True).fill("Reader & Co")
    drawer.get_by_label("Currency", exact=True).select_option("EUR")
    drawer.get_by_role("button", name="Create the customer", exact=True).click()
    expect(page.get_by_role("heading", name="Reader & Co", exact=True)).to_be_visible()


def subscribe(page: Page) -> None:
    menu(page, "Subscriptions")
    page.get_by_role("link", name="New subscription", exact=True).first.click()
    page.get_by_label("Customer", exact=True).fill("reader")
    page.get_by_label("Plan", exact=True).select_option(label="Traffic: 50.00 EUR monthly, at the end")
    page.get_by_label("External id", exact=True).fill("reading")
    page.get_by_role("radio", name="From the start").check()
    page.get_by_role("button", name="Create the subscription", exact=True).click()
    expect(page.get_by_role("heading", name="Traffic", exact=True)).to_be_visible()


def give_coupon(page: Page) -> None:
    menu(page, "Customers")
    page.get_by_role("link", name="Reader & Co", exact=True).click()
    page.get_by_role("navigation", name="Customer", exact=True).get_by_role("link", name="Coupons").click()
    page.get_by_role("link", name="Give a coupon", exact=True).click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("listitem").filter(has_text="Old friends").get_by_role("link").click()
    drawer.get_by_role("button", name="Give the coupon", exact=True).click()
    expect(page.locator("#tab").get_by_role("link", name="Old friends", exact=True)).to_be_visible()


def use_and_wait_for_the_bill(page: Page, office: Office) -> None:
    """150 gigabytes, and the clock goes on to the end of the period."""
    event = {"transaction_id": "traffic", "external_subscription_id": "reading", "code": "gb"}
    office.post("event", **event, properties={"gb": 150})
    menu(page, "Dashboard")
    clock = page.get_by_role("region", name="Sandbox clock", exact=True)
    clock.get_by_role("button", name="Next billing", exact=True).click()
    expect(clock.get_by_role("link", name="1 × invoice created", exact=True)).to_be_visible()


def bill_is_as_computed_by_hand(page: Page, office: Office) -> None:
    """150 gigabytes are 100 × 0.10 + 5 + 50 × 0.05 + 2 = 19.50. With the fee 69.50, less 10% 62.55, VAT 12.51."""
    menu(page, "Invoices")
    page.locator("#list").get_by_role("row", name="Reader & Co").get_by_role("link").click()
    fees = page.get_by_role("group", name="Fees", exact=True)
    for name, amount in (("Gigabytes", "19.50"), ("Old friends", "6.95"), ("VAT", "12.51"), ("Total", "75.06")):
        expect(row(fees, name)).to_contain_text(amount)
    (invoice,) = office.get("/invoices")["invoices"]
    figures = ("fees", "coupons", "taxes", "total", "total_due")
    assert [invoice[f"{name}_amount_cents"] for name in figures] == [6950, 695, 1251, 7506, 7506]


def correct_it(page: Page, office: Office) -> None:
    """All usage is given back: 19.50 less 10% is 17.55, and with VAT 21.06. So much less is to be paid."""
    (invoice,) = office.get("/invoices")["invoices"]
    page.get_by_role("link", name="New credit note", exact=True).click()
    estimate = page.locator("#preview")
    page.get_by_role("textbox", name="Gigabytes").fill("19.50")
    expect(estimate.locator("tr.total")).to_contain_text("21.06")
    page.get_by_label("Less to pay", exact=True).fill("21.06")
    expect(estimate).not_to_contain_text("becomes credit")
    page.get_by_role("button", name="Create the credit note", exact=True).click()
    expect(page.get_by_role("heading", name=f"{invoice['number']}-CN001", exact=True)).to_be_visible()
    page.wait_for_load_state()  # a page listens once its script has run
    page.keyboard.press("/")
    page.keyboard.type(invoice["number"])
    page.get_by_role("dialog", name="Search", exact=True).get_by_role("link", name=invoice["number"]).first.click()
    expect(page.get_by_role("heading", name=invoice["number"], exact=True)).to_be_visible()
    expect(page.get_by_role("complementary", name="About this invoice", exact=True)).to_contain_text("54.00")
    assert office.get(f"/invoices/{invoice['lago_id']}")["invoice"]["total_due_amount_cents"] == 7506 - 2106
    (note,) = office.get("/credit_notes")["credit_notes"]
    figures = ("total", "taxes", "coupons_adjustment", "offset", "credit", "refund")
    assert [note[f"{name}_amount_cents"] for name in figures] == [2106, 351, 195, 2106, 0, 0]


def row(fees: Locator, name: str) -> Locator:
    return fees.get_by_role("row").filter(has_text=name).last
