"""The live view of events."""

import re

import pytest
from sqlalchemy import insert

from lago.core.db import db, transaction
from lago.metering.models import Event
from tests.admin.records import a_stored_event, an_event
from tests.admin.visitor import a_visitor
from tests.builders.stories import metric, plan, standard, subscribe
from tests.builders.usage import utc


def test_what_arrives_is_added_once(ada, owner):
    old = an_event(owner)
    poll = poller(ada.get("/events").text)
    assert ada.get(poll, htmx=True, expect=204).text == ""
    new = an_event(owner)
    rows = ada.get(poll, htmx=True).text
    assert new in rows and old not in rows and 'class="fresh"' in rows
    ada.get(poller(rows), htmx=True, expect=204)


def test_an_event_that_is_committed_late_is_not_missed(ada, owner):
    seq = a_stored_event(owner).seq
    poll = poller(ada.get("/events").text)
    with transaction():
        db.session.execute(insert(Event), [{
            "seq": seq - 1, "organization_id": owner.organization.id, "transaction_id": "late", "code": "calls",
            "external_subscription_id": "acme", "timestamp": utc("2024-03-05T00:00"), "properties": {},
        }])
    assert "late" in ada.get(poll, htmx=True).text


def test_filters_hold_for_what_is_there_and_for_what_arrives(ada, owner):
    mine, other = an_event(owner, code="calls"), an_event(owner, code="storage")
    page = ada.get("/events?code=calls").text
    assert mine in page and other not in page
    third, fourth = an_event(owner, external_subscription_id="zeta"), an_event(owner, code="storage")
    rows = ada.get(poller(page), htmx=True).text
    assert third in rows and fourth not in rows
    assert third in ada.get("/events?subscription=zeta").text


def test_the_window_moves_on_when_much_arrives(ada, owner):
    poll = poller(ada.get("/events").text)
    sent = [an_event(owner) for _ in range(52)]
    rows = ada.get(poll, htmx=True).text
    assert sent[-1] in rows and sent[0] not in rows
    ada.get(poller(rows), htmx=True, expect=204)


def test_the_view_can_be_paused(ada, owner):
    an_event(owner)
    assert 'id="poller"' not in ada.get("/events?paused=yes").text


def test_an_event_is_shown_as_the_api_shows_it(ada, owner):
    event = a_stored_event(owner, transaction_id="tx/1", properties={"city": "Łódź"})
    page = ada.get(f"/events/{event.seq}").text
    assert "Łódź" in page and "tx/1" in page and "/api/v1/events/tx%2F1" in page


def poller(html):
    """Where the live view asks for more."""
    return re.search(r'id="poller" hx-get="([^"]+)"', html)[1].replace("&amp;", "&")


def test_an_event_is_found_by_its_transaction_and_by_its_time(ada, owner):
    early = an_event(owner, timestamp=1709600000)  # 5 March 2024, 00:53:20 UTC
    late = an_event(owner, timestamp=1709800000)
    page = ada.get("/events?from=2024-03-05T00:53&to=2024-03-05T00:54").text
    assert early in page and late not in page
    page = ada.get(f"/events?transaction={late}").text
    assert late in page and early not in page


def test_a_time_and_older_events_are_not_followed_live(ada, owner):
    seq = a_stored_event(owner).seq
    for query in ("?from=2024-03-05T00:00", f"?before={seq + 1}"):
        assert 'id="poller"' not in ada.get(f"/events{query}").text


def test_older_events_are_one_page_away(ada, owner):
    sent = [an_event(owner) for _ in range(51)]
    page = ada.get("/events?code=calls").text
    assert sent[0] not in page
    older = re.search(r'href="([^"]+before=\d+)"', page)[1].replace("&amp;", "&")
    page = ada.get(older).text
    assert sent[0] in page and sent[1] not in page and 'href="/events?code=calls"' in page


@pytest.mark.parametrize("query", ["?from=never&to=%00", "?before=x", "?before=999999999999999999", "?to=0001-01-01",
                                   "?from=9999-12-31T23:59-23:00"])
def test_nonsense_in_a_filter_does_no_harm(ada, query):
    ada.get(f"/events{query}")


def story(visitor, account, **fields):
    """What the page of a new event says that it counted for."""
    page = visitor.get(f"/events/{a_stored_event(account, **fields).seq}").text
    section = re.search(r'<section class="story".*?</section>', page, re.DOTALL)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", section).split())


def test_an_event_says_why_nothing_counts_it(ada, owner):
    assert "No billable metric has the code “calls”" in story(ada, owner)
    metric(owner, "calls")
    assert "No subscription has the external id “acme”" in story(ada, owner)
    assert "names no subscription" in story(ada, owner, external_subscription_id=None)


def test_an_event_before_the_start_says_so(app, sandbox):
    visitor, _ = a_billed_month(app, sandbox)
    early = story(visitor, sandbox, timestamp=utc_seconds("2023-12-31"))
    assert "before the subscription started on 1 Jan 2024" in early


def test_an_event_says_what_it_counted_for_and_where_it_was_billed(app, sandbox):
    """January was billed with one unit on 1 February; what comes for it afterwards is late (01 §1.8)."""
    visitor, in_time = a_billed_month(app, sandbox)
    (invoice,) = sandbox.get("/invoices")["invoices"]
    page = visitor.get(f"/events/{in_time.seq}").text
    assert "It counts as 1 unit." in page and "a fee of 1 unit, 0.50 EUR" in page
    assert f"/invoices/{invoice['lago_id']}" in page and invoice["number"] in page
    late = story(visitor, sandbox, timestamp=utc_seconds("2024-01-20"))
    assert "Late" in late and "so it is not billed" in late
    running = story(visitor, sandbox, timestamp=utc_seconds("2024-02-02"))
    assert "in the period 1–29 Feb 2024" in running and "not invoiced yet" in running


def test_what_is_no_number_is_ignored_and_the_page_says_why(ada, owner):
    gigabytes = metric(owner, "calls", "sum_agg", field_name="gb")
    plan(owner, charges=[standard(gigabytes, "1")])
    subscribe(owner)
    assert "It adds 2.5 units" in story(ada, owner, properties={"gb": "2.50"})
    assert "“1e3”, which is no number" in story(ada, owner, properties={"gb": "1e3"})
    assert "It has no property “gb”" in story(ada, owner)


def test_an_event_that_is_paid_in_advance_has_a_fee_of_its_own(app, sandbox):
    """Of a sum at 2.00: +5 costs 10.00, and 3 less cost nothing and are shown as 0 units (01 §5.14)."""
    sandbox.at("2024-01-01T00:00:00Z")
    charge = {**standard(metric(sandbox, "calls", "sum_agg", field_name="gb"), "2"), "pay_in_advance": True}
    plan(sandbox, amount_cents=0, charges=[charge])
    subscribe(sandbox)
    more, less = (a_stored_event(sandbox, properties={"gb": gb}) for gb in (5, -3))
    sandbox.at("2024-01-02T00:00:00Z")
    visitor = a_visitor(app, sandbox.organization, "eve@example.com")
    page = visitor.get(f"/events/{more.seq}").text
    (first, *_) = reversed(sandbox.get("/invoices")["invoices"])
    assert "a fee of 5 units, 10.00 EUR, for itself, on" in page and f"/invoices/{first['lago_id']}" in page
    assert "a fee of 0 units, 0.00 EUR, for itself" in visitor.get(f"/events/{less.seq}").text


def test_an_event_was_billed_where_it_was_though_the_plan_has_changed(app, sandbox):
    """The subscription gets a plan of its own, whose charge is a copy of the one that the event was billed by."""
    visitor, in_time = a_billed_month(app, sandbox)
    (invoice,) = sandbox.get("/invoices")["invoices"]
    sandbox.put("/subscriptions/acme", {"subscription": {"plan_overrides": {"name": "Acme's"}}})
    page = visitor.get(f"/events/{in_time.seq}").text
    assert "a fee of 1 unit, 0.50 EUR" in page and f"/invoices/{invoice['lago_id']}" in page


def a_billed_month(app, account):
    """Someone at the screen of a sandbox in which January 2024 was billed, with one event."""
    account.at("2024-01-01T00:00:00Z")
    plan(account, amount_cents=0, charges=[standard(metric(account, "calls"), "0.50")])
    subscribe(account)
    event = a_stored_event(account, timestamp=utc_seconds("2024-01-10"))
    account.at("2024-02-03T00:00:00Z")
    return a_visitor(app, account.organization, "eve@example.com"), event


def utc_seconds(day):
    return int(utc(f"{day}T00:00").timestamp())
