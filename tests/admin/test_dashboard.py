"""The figures of the dashboard."""

from datetime import datetime

import pytest

from lago.core.db import transaction
from tests.admin.records import an_event, an_invoice
from tests.builders.usage import store_events, utc

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


def test_revenue_is_shown_by_month_and_currency(ada, owner, then):
    an_invoice(owner, "A")
    an_invoice(owner, "B", currency="USD", issuing_date="2025-07-31")
    an_invoice(owner, "C", status="voided")
    page = ada.get("/").text
    assert "Aug 2025: 109.00 EUR</title>" in page and "Jul 2025: 109.00 USD</title>" in page
    assert "Aug 2025: 218.00" not in page


def test_the_last_minutes_are_counted_anew(ada, owner):
    an_event(owner)
    assert '<div class="value">1</div>' in ada.get("/", htmx=True).text


def test_a_sandbox_shows_its_clock(ada, then):
    assert "Its clock shows 15 Aug 2025 12:00 UTC." in ada.get("/").text


def test_a_newcomer_is_told_what_to_do_first(ada):
    assert "Send the first event" in ada.get("/").text
