"""The form of one-off invoices, and of voided invoices that are made again."""

import re

import pytest

from tests.admin.visitor import a_visitor
from tests.builders.catalog import a_tax, an_add_on
from tests.builders.stories import customer, fee, invoices, metric, plan, standard, subscribe, use


@pytest.fixture
def desk(app, sandbox):
    """An administrator; a customer in Berlin, 20 % of tax, and an add-on of 10.00."""
    sandbox.at("2024-01-01T00:00:00Z")
    a_tax(sandbox, "vat", rate=20, applied_to_organization=True)
    customer(sandbox, currency="EUR", timezone="Europe/Berlin")
    an_add_on(sandbox, "setup", amount_cents=1000)
    return a_visitor(app, sandbox.organization, "desk@example.com")


def form(*lines, **fields):
    """The fields of the form by their names."""
    named = {f"fees.{place}.{name}": value for place, line in enumerate(lines) for name, value in line.items()}
    return {"external_customer_id": "acme", **fields, **named}


SETUP = {"add_on_code": "setup"}


def test_it_shows_what_it_comes_to_and_stores_nothing(desk, sandbox):
    """2.5 of 10.00 and 20 % of it."""
    answer = desk.client.post(
        "/invoices/new", data={"csrf_token": desk.token(), **form({**SETUP, "units": "2.5"})},
        headers={"HX-Request": "true", "HX-Target": "preview"},
    )
    assert "30.00" in answer.text and "VAT (20% on €25.00)" in answer.text
    assert invoices(sandbox) == []


def test_it_is_made_as_it_is_typed(desk, sandbox):
    line = {**SETUP, "units": "2", "unit_amount": "7.50", "invoice_display_name": "Start", "description": "Once",
            "first_day": "2024-01-01", "last_day": "2024-01-31"}
    answer = desk.post("/invoices/new", **form(line, SETUP, purchase_order_number="PO-7"))
    (made,) = invoices(sandbox)
    assert answer.location == f"/invoices/{made['lago_id']}"
    assert (made["total_amount_cents"], made["purchase_order_number"]) == (3000, "PO-7")
    first = made["fees"][0]
    assert (first["amount_cents"], first["description"]) == (1500, "Once")
    assert first["item"]["invoice_display_name"] == "Start"
    assert (first["from_date"], first["to_date"]) == ("2023-12-31T23:00:00+00:00", "2024-01-31T22:59:59+00:00")


@pytest.mark.parametrize("fields, place", [
    (form({**SETUP, "units": "many"}), "fees.0.units"),
    (form(SETUP, {**SETUP, "unit_amount": "-1"}), "fees.1.unit_amount"),
    (form({**SETUP, "first_day": "2024-01-02"}), "fees.0.first_day"),
    (form({"units": "1"}), "fees.0.add_on_code"),
    (form(SETUP, external_customer_id="nobody"), "external_customer_id"),
    (form(SETUP, external_customer_id=""), "external_customer_id"),
], ids=["units", "price", "days", "add-on", "unknown customer", "no customer"])
def test_an_error_stands_beside_its_field_and_nothing_is_lost(desk, sandbox, fields, place):
    page = desk.post("/invoices/new", expect=422, **fields).text
    assert f'id="error-{place}"' in page
    assert all(f'value="{value}"' in page for value in fields.values() if value and value != "setup")
    assert invoices(sandbox) == []


def test_lines_are_added_and_removed(desk):
    page = desk.post("/invoices/new", expect=200, **form(SETUP, change="add:fees")).text
    assert "Line 2" in page
    page = desk.post("/invoices/new", expect=200, **form(SETUP, {"units": "9"}, change="remove:fees.0")).text
    assert "Line 2" not in page and 'value="9"' in page


def test_a_voided_one_is_made_again_from_what_stood_on_it(desk, sandbox):
    order = {"external_customer_id": "acme", "fees": [{**SETUP, "units": 3, "invoice_display_name": "Start"}]}
    old = sandbox.post("/invoices", {"invoice": order})["invoice"]
    sandbox.post(f"/invoices/{old['lago_id']}/void", {})
    path = f"/invoices/{old['lago_id']}/regenerate"
    page = desk.get(path).text
    assert 'value="Start"' in page and 'value="3"' in page
    desk.post(path, **form({**SETUP, "units": "2"}))
    made = invoices(sandbox)[-1]
    assert (made["total_amount_cents"], made["status"]) == (2400, "finalized")
    assert desk.get(path, expect=302).location == f"/invoices/{old['lago_id']}"
    assert made["number"] in desk.get(f"/invoices/{old['lago_id']}").text


@pytest.fixture
def voided(desk, sandbox):
    """Of January: 49.00, two calls of 0.50."""
    plan(sandbox, charges=[standard(metric(sandbox, code), "0.5") for code in ("calls", "messages")])
    subscribe(sandbox)
    use(sandbox, "calls")
    use(sandbox, "calls")
    sandbox.at("2024-02-01T00:00:00Z")
    (invoice,) = invoices(sandbox)
    return sandbox.post(f"/invoices/{invoice['lago_id']}/void", {})["invoice"]


def key(page, name):
    """Under which names the fields of a line are sent."""
    return re.search(rf'name="([\w-]+)\.keep" value="yes"( checked)?><span><strong>{name}', page)[1]


def test_lines_are_changed_left_out_and_added(desk, sandbox, voided):
    """Four calls of 0.50 in place of two, 6 messages, no subscription fee: 5.00, and 20 %."""
    path = f"/invoices/{voided['lago_id']}/regenerate"
    page = desk.get(path).text
    calls, messages = key(page, "calls"), key(page, "messages")
    desk.post(path, **{f"{calls}.keep": "yes", f"{calls}.units": "4", f"{messages}.keep": "yes",
                       f"{messages}.units": "6", "purchase_order_number": "PO-9"})
    made = invoices(sandbox)[-1]
    assert (made["fees_amount_cents"], made["total_amount_cents"], made["purchase_order_number"]) == (500, 600, "PO-9")


def test_what_cannot_be_is_said_beside_its_line(desk, sandbox, voided):
    path = f"/invoices/{voided['lago_id']}/regenerate"
    calls = key(desk.get(path).text, "calls")
    page = desk.post(path, expect=422, **{f"{calls}.keep": "yes", f"{calls}.units": "lots"}).text
    assert f'id="error-{calls}.units"' in page and 'value="lots"' in page
    assert len(invoices(sandbox)) == 1


def test_the_page_links_the_events_that_a_fee_counted(desk, voided):
    page = desk.get(f"/invoices/{voided['lago_id']}").text
    assert fee(voided, "charge")["events_count"] == 2
    assert "2 events</a> counted" in page and "subscription=acme&amp;code=calls" in page
