"""New subscriptions and changes of their terms, by forms (03 §2)."""

import re

import pytest

from tests.admin.visitor import a_visitor
from tests.builders.stories import customer, invoices, plan, subscribe

NEW = "/subscriptions/new"


@pytest.fixture
def bea(app, sandbox):
    """The owner of the sandbox, signed in, on 17 January 2025."""
    sandbox.at("2025-01-17T13:45:00Z")
    return a_visitor(app, sandbox.organization, "bea@example.com")


def address(subscription):
    return f"/subscriptions/{subscription['lago_id']}"


def of(sandbox, external_id="acme", **query):
    return sandbox.get(f"/subscriptions/{external_id}", **query)["subscription"]


def test_what_is_billed_at_once_is_seen_and_not_stored(bea, sandbox):
    chosen = plan(sandbox, amount_cents=9900, pay_in_advance=True)["lago_id"]
    typed = {"external_customer_id": "acme", "plan": chosen, "external_id": "acme"}
    seen = bea.post(NEW, expect=200, preview="1", **typed).text
    assert ">47.90<" in seen and "is new and is made too" in seen  # F1: 15 of 31 days
    assert "1 Feb 2025" in seen
    sandbox.call("GET", "/customers/acme", expect=404)
    made = bea.post(NEW, **typed)
    assert made.location == address(of(sandbox))
    assert [one["fees_amount_cents"] for one in invoices(sandbox)] == [4790]


def test_days_are_those_of_the_customer(bea, sandbox):
    customer(sandbox, timezone="America/Los_Angeles", name="Harbour")
    chosen = plan(sandbox)["lago_id"]
    typed = {"external_customer_id": "acme", "plan": chosen, "external_id": "acme"}
    later = bea.post(NEW, expect=200, preview="1", subscription_at="2025-02-03", **typed).text
    assert "It waits until 3 Feb 2025" in later and "<strong>Harbour</strong>" in later
    bea.post(NEW, subscription_at="2025-02-03", ending_at="2025-03-04", **typed)
    made = of(sandbox, status="pending")
    assert (made["subscription_at"], made["ending_at"]) == ("2025-02-03T08:00:00Z", "2025-03-05T07:59:59Z")
    shown = bea.get(address(made)).text
    assert "3 Feb 2025" in shown and "4 Mar 2025" in shown


def test_a_past_start_and_a_start_today(bea, sandbox):
    chosen = plan(sandbox)["lago_id"]
    typed = {"external_customer_id": "acme", "plan": chosen}
    bea.post(NEW, external_id="past", subscription_at="2025-01-05", billing_time="anniversary", **typed)
    bea.post(NEW, external_id="now", subscription_at="2025-01-17", **typed)
    assert of(sandbox, "past")["started_at"] == "2025-01-05T00:00:00.000Z"
    assert of(sandbox, "past")["billing_time"] == "anniversary"
    assert of(sandbox, "now")["started_at"] == "2025-01-17T13:45:00.000Z"


def test_an_external_id_is_made_where_none_is_typed(bea, sandbox):
    chosen = plan(sandbox)["lago_id"]
    bea.post(NEW, external_customer_id="acme", plan=chosen)
    (made,) = sandbox.get("/subscriptions")["subscriptions"]
    assert len(made["external_id"]) == 36


@pytest.mark.parametrize("changes, field", [
    ({"external_customer_id": " "}, "external_customer_id"), ({"plan": ""}, "plan"), ({"plan": "nonsense"}, "plan"),
    ({"external_id": "taken"}, "external_id"), ({"external_id": "x" * 256}, "external_id"),
    ({"subscription_at": "never"}, "subscription_at"), ({"ending_at": "2025-01-10"}, "ending_at"),
    ({"subscription_at": "0001-01-01"}, "subscription_at"),
])
def test_errors_stand_beside_their_field_and_what_was_typed_stays(bea, sandbox, changes, field):
    chosen = plan(sandbox)["lago_id"]
    subscribe(sandbox, "acme", external_id="taken")
    typed = {"external_customer_id": "acme", "plan": chosen, "external_id": "fresh", "name": "My team"} | changes
    shown = bea.post(NEW, expect=422, **typed).text
    assert re.findall(r'id="error-([^"]+)"', shown) == [field]
    assert 'value="My team"' in shown
    assert len(sandbox.get("/subscriptions", **{"status[]": ["active", "pending"]})["subscriptions"]) == 1


def test_a_running_subscription_is_not_changed_by_the_form_of_new_ones(bea, sandbox):
    plan(sandbox)
    subscribe(sandbox)
    dearer = plan(sandbox, "dearer", amount_cents=9900)["lago_id"]
    shown = bea.post(NEW, expect=422, external_customer_id="acme", plan=dearer, external_id="acme").text
    assert "change its plan instead" in shown
    assert of(sandbox)["plan_code"] == "pro"


def test_customers_are_offered_as_one_types(bea, sandbox):
    plan(sandbox)
    customer(sandbox, "harbour", name="Harbour & Sons")
    customer(sandbox, "kite", name="Kite Robotics")
    found = bea.get(f"{NEW}?external_customer_id=robot", htmx=True, **{"HX-Target": "customers-known"}).text
    assert re.findall(r'<option value="([^"]+)"', found) == ["kite"]


def test_a_customer_s_page_leads_to_his_new_subscription(bea, sandbox):
    plan(sandbox)
    known = customer(sandbox, "harbour", name="Harbour & Sons")
    page = bea.get(f"/customers/{known['lago_id']}?tab=subscriptions").text
    link = re.search(r'href="(/subscriptions/new\?[^"]+)"', page)[1]
    assert 'value="harbour"' in bea.get(link).text


def test_terms_change_and_only_what_was_changed(bea, sandbox):
    plan(sandbox, pay_in_advance=True)
    made = subscribe(sandbox, ending_at="2025-06-01T15:00:00Z", name="Old")
    typed = {"name": "New", "ending_at": "2025-06-01", "purchase_order_number": "PO-7", "bill_at_thresholds": "1",
             "on_termination_credit_note": "skip", "on_termination_invoice": "skip"}
    bea.post(f"{address(made)}/edit", **typed)
    after = of(sandbox)
    assert {name: after[name] for name in (
        "name", "ending_at", "purchase_order_number", "consolidate_invoice", "progressive_billing_disabled",
        "on_termination_credit_note", "on_termination_invoice",
    )} == {
        "name": "New", "ending_at": "2025-06-01T15:00:00Z", "purchase_order_number": "PO-7",
        "consolidate_invoice": False, "progressive_billing_disabled": False,
        "on_termination_credit_note": "skip", "on_termination_invoice": "skip",
    }


def test_an_end_that_has_passed_is_refused_and_what_was_typed_stays(bea, sandbox):
    plan(sandbox)
    made = subscribe(sandbox, name="Old")
    shown = bea.post(f"{address(made)}/edit", expect=422, htmx=True, name="New", ending_at="2025-01-02").text
    assert 'id="error-ending_at"' in shown and 'value="New"' in shown and 'value="2025-01-02"' in shown
    assert of(sandbox)["name"] == "Old"


def test_a_start_to_come_is_moved_or_canceled(bea, sandbox):
    plan(sandbox)
    made = subscribe(sandbox, subscription_at="2025-03-01")
    typed = {"subscription_at": "2025-04-01", "consolidate_invoice": "1", "bill_at_thresholds": "1"}
    bea.post(f"{address(made)}/edit", **typed)
    assert of(sandbox, status="pending")["subscription_at"] == "2025-04-01T00:00:00Z"
    assert "It does not begin." in bea.get(f"{address(made)}/cancel").text
    bea.post(f"{address(made)}/cancel")
    assert of(sandbox, status="canceled")["canceled_at"] == "2025-01-17T13:45:00Z"
    assert "Canceled before it began" in bea.get(address(made)).text
