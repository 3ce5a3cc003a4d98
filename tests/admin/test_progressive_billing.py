"""Progressive billing on the pages: what was used in all beside the usage, and why an invoice was made."""

import re

import pytest

from tests.admin.visitor import a_visitor
from tests.builders.stories import customer, invoices, metric, plan, standard, subscribe, use


@pytest.fixture
def billed(app, sandbox):
    """60.00 used on 5 January, which reach the first of two thresholds; another 30.00 since."""
    sandbox.at("2024-01-01T00:00:00Z")
    charge = standard(metric(sandbox, "calls", "sum_agg", field_name="n"), "1")
    thresholds = [{"amount_cents": 5000, "threshold_display_name": "Fifty"}, {"amount_cents": 13000}]
    plan(sandbox, amount_cents=0, charges=[charge], usage_thresholds=thresholds)
    customer(sandbox, name="Acme Ltd")
    subscribe(sandbox)
    for day, units in (("05", 60), ("06", 30)):
        sandbox.at(f"2024-01-{day}T00:00:00Z")
        use(sandbox, "calls", properties={"n": units})
    sandbox.at("2024-01-07T00:00:00Z")
    return sandbox


@pytest.fixture
def eve(app, billed):
    return a_visitor(app, billed.organization, "eve@example.com")


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def usage_of(account, eve):
    return eve.get(f"/usage/{account.get('/subscriptions/acme')['subscription']['lago_id']}").text


def test_the_usage_page_has_lifetime_usage_with_its_thresholds(billed, eve):
    shown = words(usage_of(billed, eve))
    assert "In all 90.00 EUR Invoiced 0.00 EUR Running period 90.00 EUR" in shown
    assert "50.00 EUR 100% 5 Jan 2024 00:00 UTC 130.00 EUR 50% Not yet" in shown  # 40 of the next 80


def test_without_thresholds_there_are_only_the_figures(billed, eve):
    billed.put("/plans/pro", {"plan": {"usage_thresholds": []}})
    shown = usage_of(billed, eve)
    assert "In all" in words(shown) and "<progress" not in shown


def test_of_a_threshold_that_was_reached_many_times_the_last_are_shown(billed, eve):
    billed.put("/plans/pro", {"plan": {"usage_thresholds": [{"amount_cents": 300, "recurring": True}]}})
    page = usage_of(billed, eve)  # 30 times 3.00, and the next
    assert page.count("<progress") == 12 and "19 more were reached before these." in words(page)


def test_what_has_ended_shows_what_it_had_used(billed, eve):
    identifier = billed.get("/subscriptions/acme")["subscription"]["lago_id"]
    billed.delete("/subscriptions/acme")
    assert "In all 90.00 EUR" in words(eve.get(f"/usage/{identifier}").text)


def test_a_progressive_invoice_says_why_it_was_made(billed, eve):
    (early,) = invoices(billed)
    shown = words(eve.get(f"/invoices/{early['lago_id']}").text)
    assert "Thresholds reached Fifty 50.00 EUR 60.00 used in all" in shown
    assert "Fees from Jan 01, 2024 to Jan 05, 2024" in shown  # up to the day on which it was made (04 §17)


def test_the_invoice_of_the_period_leads_to_what_was_billed_before(billed, eve):
    billed.at("2024-02-01T00:00:00Z")
    early, final = invoices(billed)
    page = eve.get(f"/invoices/{final['lago_id']}").text
    assert f"Usage already billed {early['number']} −60.00 EUR" in words(page)
    assert f'href="/invoices/{early["lago_id"]}"' in page
    assert "Thresholds reached" not in page


def test_the_page_of_a_plan_has_its_thresholds(billed, eve):
    thresholds = [{"amount_cents": 900, "recurring": True}, {"amount_cents": 5000, "threshold_display_name": "Fifty"}]
    made = billed.put("/plans/pro", {"plan": {"usage_thresholds": thresholds}})["plan"]
    shown = words(eve.get(f"/plans/{made['lago_id']}").text)
    assert "Usage thresholds At 50.00 EUR Fifty Then every 9.00 EUR" in shown
