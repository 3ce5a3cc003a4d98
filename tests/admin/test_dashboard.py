"""The figures of the dashboard, and those of analytics at length."""

from datetime import datetime

import pytest

from lago.core.db import transaction
from lago.core.outbox import run_next
from tests.admin.records import an_event, an_invoice
from tests.builders.usage import a_metric, store_events, subscribed, utc

NOW = "2025-08-15T12:00:00Z"


@pytest.fixture
def then(owner):
    """The organization's clock stands in August 2025, whatever the time is."""
    with transaction():
        owner.organization.sandbox, owner.organization.clock_now = True, datetime.fromisoformat(NOW)


def test_events_are_counted_by_the_day_on_which_they_happened(ada, owner, then):
    happened = ("2025-08-14T23:59:59", "2025-08-15T00:00", "2025-08-15T09:00", "2025-07-16T23:59", "2025-08-16T00:00")
    store_events(owner, *({"timestamp": utc(text)} for text in happened))
    page = ada.get("/").text
    assert "14 Aug: 1</title>" in page and "15 Aug: 2</title>" in page and "3 events in 30 days" in page


def test_figures_are_shown_by_month_in_the_currency_that_one_chooses(ada, owner, then):
    an_invoice(owner, "A")
    an_invoice(owner, "B", payment_overdue=True, issuing_date="2025-07-31", payment_due_date="2025-08-01")
    an_invoice(owner, "C", currency="USD", issuing_date="2025-07-31", payment_status="failed")
    an_invoice(owner, "D", status="voided")
    for path in ("/", "/analytics"):
        page = ada.get(path).text
        assert "Aug 2025: 109.00 EUR</title>" in page and "Jul 2025: 109.00 EUR</title>" in page
        assert "Aug 2025: 218.00" not in page and "Jul 2025: 218.00" not in page
        dollars = ada.get(f"{path}?currency=USD").text
        assert "Jul 2025: 109.00 USD (Failed 109.00 USD)</title>" in dollars and "EUR</title>" not in dollars
    assert "109.00 EUR <span" in page  # what is overdue


def test_usage_is_added_up_in_the_background_and_shown_by_metric(ada, owner, then):
    subscribed(owner, a_metric(owner, name="Calls"), start="2025-06-01T00:00")
    happened = ("2025-08-13T10:00", "2025-08-14T23:59", "2025-07-03T00:00")
    store_events(owner, *({"timestamp": utc(text)} for text in happened))
    an_invoice(owner)
    assert "It is being added up" in ada.get("/").text
    assert run_next("low") and not run_next("low")
    page = ada.get("/").text
    assert "14 Aug: 1.00 EUR (calls 1.00 EUR)</title>" in page and "being added up" not in page
    assert "Jul 2025: 1.00 EUR (calls 1.00 EUR)</title>" in ada.get("/analytics?months=6&customer=acme").text
    assert "calls" not in ada.get("/analytics?customer=harbour-NOR-001-042").text
    assert "No such customer" in ada.get("/analytics?customer=nobody").text


def test_the_last_minutes_are_counted_anew(ada, owner):
    an_event(owner)
    assert '<div class="value">1</div>' in ada.get("/", htmx=True).text


def test_a_sandbox_shows_its_clock(ada, then):
    assert "Its clock shows 15 Aug 2025 12:00 UTC" in ada.get("/").text


def test_a_newcomer_is_told_what_to_do_first(ada):
    assert "Send the first event" in ada.get("/").text
