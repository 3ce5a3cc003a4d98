"""What engineers do in a day: a key that may little, webhooks, and finding out why an event does not count."""

import json
import os
import subprocess
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.desk import Api, Desk, Office
from tests.browser.people import menu
from tests.builders.webhooks import receiver

pytestmark = pytest.mark.browser


@pytest.fixture
def office(desk: Desk, request: pytest.FixtureRequest) -> Office:
    """An organization that counts gigabytes of a customer."""
    office = desk.office("Lab", f"{request.node.name}@lab.example")
    office.post("billable_metric", name="Gigabytes", code="gb", aggregation_type="sum_agg", field_name="gb")
    charge = {"billable_metric_id": office.get("/billable_metrics/gb")["billable_metric"]["lago_id"],
              "charge_model": "standard", "properties": {"amount": "0.10"}}
    office.post("plan", name="Traffic", code="traffic", interval="monthly", amount_cents=0, amount_currency="EUR",
                pay_in_advance=False, charges=[charge])
    office.post("customer", external_id="reader", name="Reader & Co", currency="EUR")
    office.post("subscription", external_customer_id="reader", plan_code="traffic", external_id="reading")
    return office


@pytest.fixture
def enid(new_window: Callable[..., Page], desk: Desk, office: Office) -> Page:
    """The window of its engineer."""
    page = new_window()
    desk.join(page, office.link)
    return page


def test_a_key_may_what_it_was_made_for_and_the_screen_says_why_events_do_not_count(enid: Page, desk: Desk):
    key = Api(desk.address, limited_key(enid))
    assert send(key, "fine", "gb", gb=12) == 200
    assert send(key, "misspelt", "gigabyte", gb=12) == 200
    assert send(key, "without", "gb", bytes=12) == 200
    refused = key.ask("GET", "/customers")
    assert (refused.status_code, refused.json()["code"]) == (403, "read_action_not_allowed_for_customer")
    menu(enid, "Events")
    for transaction, sentence in (
        ("fine", "It adds 12 units."), ("misspelt", "No billable metric has the code “gigabyte”."),
        ("without", "It has no property “gb”."),
    ):
        enid.get_by_role("row", name=transaction).get_by_role("link").click()
        story = enid.get_by_role("dialog").get_by_role("region", name="What it counted for", exact=True)
        expect(story).to_contain_text(sentence)
        enid.keyboard.press("Escape")
        expect(enid.get_by_role("dialog")).to_have_count(0)


def limited_key(page: Page) -> str:
    """A key that may send events, and nothing else."""
    menu(page, "API keys")
    page.get_by_role("link", name="New key", exact=True).click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("Name", exact=True).fill("Meter")
    drawer.get_by_role("radio", name="Only what is ticked below", exact=True).check()
    drawer.locator("summary", has_text="Permissions by resource").click()
    drawer.get_by_role("checkbox", name="write event", exact=True).check()
    drawer.get_by_role("button", name="Create the key", exact=True).click()
    secret = page.locator("#new-key").inner_text()
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_role("row", name="Meter")).to_contain_text("1 resource")
    return secret


def send(key: Api, transaction: str, code: str, **properties: int) -> int:
    event = {"transaction_id": transaction, "external_subscription_id": "reading", "code": code}
    return key.ask("POST", "/events", json={"event": {**event, "properties": properties}}).status_code


def test_what_a_write_did_is_seen_from_all_sides(enid: Page, office: Office):
    with receiver() as inbox:
        listen_for_customers(enid, inbox.url)
        office.post("customer", external_id="writer", name="Writer & Co", currency="EUR", city="Łódź")
        menu(enid, "API logs")
        enid.get_by_role("row", name="/customers").first.get_by_role("link").click()
        drawer = enid.get_by_role("dialog", name="POST /api/v1/customers", exact=True)
        expect(drawer.locator("#request")).to_contain_text('"city": "Łódź"')
        expect(drawer.locator("#answer")).to_contain_text('"external_id": "writer"')
        enid.keyboard.press("Escape")
        menu(enid, "Customers")
        enid.get_by_role("link", name="Writer & Co", exact=True).click()
        expect(enid.get_by_role("heading", name="Writer & Co", exact=True)).to_be_visible()
        expect(opened(enid, "Activity").get_by_role("cell", name="customer.created")).to_be_visible()
        expect(opened(enid, "Webhooks sent").get_by_role("row", name="customer.created")).to_contain_text("Succeeded")
        assert inbox.types == ["customer.created"]
        command = opened(enid, "API call").locator("pre").inner_text()
    assert run(command, office)["customer"]["city"] == "Łódź"


def listen_for_customers(page: Page, url: str) -> None:
    """An endpoint for a single type of message."""
    menu(page, "Webhooks")
    page.get_by_role("link", name="New endpoint", exact=True).first.click()
    drawer = page.get_by_role("dialog", name="New webhook endpoint", exact=True)
    drawer.get_by_label("Address", exact=True).fill(url)
    drawer.get_by_role("radio", name="Only what is ticked below", exact=True).check()
    drawer.locator("summary", has_text="Types of messages").click()
    drawer.get_by_role("checkbox", name="customer.created", exact=True).check()
    drawer.get_by_role("button", name="Add the endpoint", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text(url)
    expect(drawer).to_be_hidden()


def opened(page: Page, title: str) -> Locator:
    """What is folded beneath an object, unfolded."""
    page.wait_for_load_state()  # what is folded is fetched once the page's script has run
    folded = page.locator("details").filter(has=page.locator("summary").get_by_text(title, exact=True))
    folded.locator("summary").click()
    return folded


def run(command: str, office: Office) -> dict[str, dict[str, str]]:
    """What the copied lines answer in a shell."""
    environment = {**os.environ, "LAGO_API_KEY": office.key}
    done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    answer: dict[str, dict[str, str]] = json.loads(done.stdout)
    return answer
