"""The first day of an operator, from an empty organization to its first bill; and pages that are only read."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from lago.supervisor.lifeline import wait_until
from tests.browser.desk import PASSWORD, Desk, Office
from tests.browser.people import invitation_of, menu

pytestmark = pytest.mark.browser
CHANGES = re.compile("^(New|Edit|Delete|Invite|Roles of|Remove)")
PHONE: ViewportSize = {"width": 390, "height": 844}


def test_the_first_steps_tick_themselves_on_the_way_to_the_first_bill(new_window: Callable[..., Page], desk: Desk):
    office, page = desk.office("First day", "olga@first.example", sandbox=True), new_window()
    desk.join(page, office.link)
    expect(page.locator("#checklist")).to_contain_text("0 of 6 done")
    make_metric(step(page, "Create a billable metric"))
    make_plan(step(page, "Create a plan"))
    make_customer(step(page, "Create a customer"))
    subscribe(step(page, "Subscribe the customer"))
    menu(page, "Dashboard")
    expect(page.locator("#checklist")).to_contain_text("4 of 6 done")
    office.post("event", transaction_id="first", external_subscription_id="sub_1", code="calls")
    expect(page.locator("#checklist")).to_contain_text("5 of 6 done")  # the page looks by itself
    clock = page.get_by_role("region", name="Sandbox clock", exact=True)
    clock.get_by_role("button", name="Next billing", exact=True).click()
    expect(clock.get_by_role("status")).to_contain_text("1 × invoice created")
    expect(page.locator("#checklist")).to_have_count(0)
    clock.get_by_role("link", name="1 × invoice created", exact=True).click()
    expect(page.locator("#list").get_by_role("row", name="First customer")).to_contain_text("99.50")  # 99 + 1 × 0.50
    assert [invoice["total_amount_cents"] for invoice in office.get("/invoices")["invoices"]] == [9950]


def step(page: Page, title: str) -> Page:
    """The page that a step leads to."""
    menu(page, "Dashboard")
    page.locator("#checklist").get_by_role("link", name=title, exact=True).click()
    return page


def make_metric(page: Page) -> None:
    page.get_by_label("Name", exact=True).fill("Calls")
    page.get_by_role("radio", name="Count").first.check()
    page.get_by_role("button", name="Create the metric", exact=True).click()
    expect(page.get_by_role("heading", name="Calls", exact=True)).to_be_visible()


def make_plan(page: Page) -> None:
    """99.00 a month, and 0.50 a call."""
    page.get_by_label("Name", exact=True).fill("Growth")
    page.get_by_label("Amount", exact=True).fill("99")
    page.get_by_label("Currency", exact=True).select_option("EUR")
    page.get_by_role("button", name="Add a charge", exact=True).click()
    page.get_by_label("Billable metric", exact=True).select_option(label="Calls")
    page.get_by_label("Price of a unit", exact=True).fill("0.50")
    page.get_by_role("button", name="Create the plan", exact=True).click()
    expect(page.get_by_role("heading", name="Growth", exact=True)).to_be_visible()


def make_customer(page: Page) -> None:
    form = page.get_by_role("main")
    form.get_by_label("External id", exact=True).fill("cus_1")
    form.get_by_label("Name", exact=True).fill("First customer")
    form.get_by_role("button", name="Create the customer", exact=True).click()
    expect(page.get_by_role("heading", name="First customer", exact=True)).to_be_visible()


def subscribe(page: Page) -> None:
    page.get_by_label("Customer", exact=True).fill("cus_1")
    page.get_by_label("Plan", exact=True).select_option(label="Growth: 99.00 EUR monthly, at the end")
    page.get_by_label("External id", exact=True).fill("sub_1")
    page.get_by_role("radio", name="From the start").check()
    page.get_by_role("button", name="Create the subscription", exact=True).click()
    expect(page.get_by_role("heading", name="Growth", exact=True)).to_be_visible()


def test_who_only_reads_changes_nothing(new_window: Callable[..., Page], desk: Desk):
    office, olga = desk.office("Readers", "olga@readers.example", sandbox=True), new_window()
    office.post("customer", external_id="cus_1", name="First customer")
    desk.join(olga, office.link)
    rita = new_window(expected="403")
    desk.join(rita, invitation_of(olga, "rita@readers.example", "Read-only"))
    for name in ("Customers", "Plans", "Members", "Webhooks"):
        menu(rita, name)
        expect(rita.get_by_role("main").get_by_role("link", name=CHANGES)).to_have_count(0)
    expect(rita.get_by_role("region", name="Sandbox clock", exact=True).get_by_role("button")).to_have_count(0)
    menu(rita, "Customers")
    rita.get_by_role("link", name="First customer", exact=True).click()
    expect(rita.get_by_role("heading", name="Details", exact=True)).to_be_visible()
    expect(rita.get_by_role("main").locator("form")).to_have_count(0)
    answer = rita.goto("/customers/new")
    assert answer and answer.status == 403
    expect(rita.get_by_role("heading", name="Not allowed", exact=True)).to_be_visible()
    reason = "It takes the permission Customers: create, which these roles have: Admin, Manager."
    expect(rita.get_by_role("main")).to_contain_text(reason)


def test_one_goes_to_another_organization_and_chooses_a_new_password(new_window: Callable[..., Page], desk: Desk):
    email, page = "otto@switch.example", new_window()
    desk.join(page, desk.office("Mill", email).link)
    found_another(page, "Bakery")
    other = page.get_by_role("button", name="Mill", exact=True)
    expect(other).to_be_hidden()
    page.locator(".switcher summary").click()
    other.click()
    expect(page.locator(".switcher summary")).to_contain_text("Mill")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("link", name="Forgotten password?", exact=True).click()
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_role("button", name="Send the link", exact=True).click()
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("a link is on its way")
    page.goto(mailed_link(desk, email))
    page.get_by_label("Password", exact=True).fill("another horse, another battery")
    page.get_by_role("button", name="Save", exact=True).click()
    sign_in(page, email, "another horse, another battery")
    expect(page.get_by_role("heading", name="Dashboard", exact=True)).to_be_visible()


def found_another(page: Page, name: str) -> None:
    """One more organization of who has signed in, who goes on there."""
    page.locator(".switcher summary").click()
    page.get_by_role("link", name="New organization", exact=True).click()
    drawer = page.get_by_role("dialog", name="New organization", exact=True)
    drawer.get_by_label("Name", exact=True).fill(name)
    drawer.get_by_role("button", name="Create the organization", exact=True).click()
    expect(page.locator(".switcher summary")).to_contain_text(name)


def mailed_link(desk: Desk, email: str) -> str:
    """The path of the link that this address was sent."""
    mails = desk.post_office.mails
    assert wait_until(lambda: any(mail.receivers == [email] for mail in mails), 20)
    (letter,) = (mail for mail in mails if mail.receivers == [email])
    return urlsplit(re.findall(r"http\S+/reset_password/\w+", letter.part("plain"))[0]).path


def sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_all_is_read_without_scripts_on_a_phone(new_window: Callable[..., Page], desk: Desk):
    email = "paula@paper.example"
    office, page = desk.office("Paper", email), new_window(java_script_enabled=False, viewport=PHONE)
    number = billed(office)
    desk.join(page, office.link)
    by_menu(page, "Dashboard")
    page.locator(".menu-button").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    sign_in(page, email, PASSWORD)
    expect(page.get_by_role("link", name=number, exact=True)).to_be_visible()  # of the newest invoices
    by_menu(page, "Invoices")
    filters = page.get_by_role("main").get_by_role("search")
    for status, count in (("Voided", 0), ("Finalized", 1)):
        filters.get_by_label("Status", exact=True).select_option(label=status)
        filters.get_by_role("button", name="Apply", exact=True).click()
        expect(page.locator("#list").get_by_role("link", name=number, exact=True)).to_have_count(count)
    page.locator("#list").get_by_role("link", name=number, exact=True).click()
    expect(page.get_by_role("row", name="Yearbook").last).to_contain_text("99.00")
    page.locator("summary").get_by_text("Activity", exact=True).click()
    page.get_by_role("link", name="Activity, on a page of its own", exact=True).click()
    expect(page.get_by_role("row", name="invoice.one_off_created")).to_be_visible()
    page.get_by_role("link", name="Search everything", exact=True).click()
    page.get_by_role("searchbox", name="Search everything", exact=True).fill("paper_1")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("main").get_by_role("link", name="First reader").first.click()
    expect(page.get_by_role("heading", name="First reader", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def billed(office: Office) -> str:
    """The number of an invoice over 99.00."""
    office.post("customer", external_id="paper_1", name="First reader", currency="EUR")
    office.post("add_on", name="Yearbook", code="yearbook", amount_cents=9900, amount_currency="EUR")
    invoice = office.post("invoice", external_customer_id="paper_1", fees=[{"add_on_code": "yearbook", "units": 1}])
    return str(invoice["number"])


def by_menu(page: Page, name: str) -> None:
    """On a phone the menu is behind a button."""
    page.locator(".menu-button").click()
    menu(page, name)
