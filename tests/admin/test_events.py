"""The live view of events."""

import re

from sqlalchemy import insert

from lago.core.db import db, transaction
from lago.metering.models import Event
from tests.admin.records import a_stored_event, an_event
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
