"""The list of events: what it finds, and that it reads a bounded part of them."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from lago.core.db import db
from lago.metering import browse
from lago.metering.browse import EventFilter, newest_events
from tests.builders.usage import store_events, utc
from tests.metering.test_store_plan import explained, scans

MARCH = utc("2024-03-01T00:00")


def days(owner, *numbers, **fields):
    store_events(owner, *(
        {"transaction_id": f"t{n}", "timestamp": MARCH + timedelta(days=n - 1), **fields} for n in numbers
    ))


def found(owner, **options):
    return [event.transaction_id for event in newest_events(owner.organization.id, EventFilter(**options))]


def test_of_a_time_the_latest_come_first_however_they_arrived(owner):
    days(owner, 4, 2, 3, 1, 5)
    assert found(owner) == ["t5", "t1", "t3", "t2", "t4"]
    assert found(owner, since=utc("2024-03-02T00:00"), until=utc("2024-03-04T00:00")) == ["t4", "t3", "t2"]


@pytest.mark.parametrize("chosen", [
    {"code": "storage"}, {"subscription": "zeta"}, {"transaction": "t9"}, {"code": "storage", "subscription": "zeta"},
    {"code": "storage", "subscription": "zeta", "transaction": "t9"},
])
@pytest.mark.parametrize("time", [{}, {"since": MARCH}, {"until": utc("2024-03-09T00:00")}])
def test_all_filters_hold(owner, outsider, chosen, time):
    days(owner, 1, 2)
    days(owner, 9, code="storage", external_subscription_id="zeta")
    days(owner, 10, code="storage", external_subscription_id="acme")
    days(outsider, 9, code="storage", external_subscription_id="zeta")
    expected = ["t10", "t9"] if chosen == {"code": "storage"} and "until" not in time else ["t9"]
    assert found(owner, **chosen, **time) == expected


@pytest.mark.parametrize("time", [{}, {"since": MARCH}])
def test_the_older_ones_follow_without_a_gap(owner, time, monkeypatch):
    monkeypatch.setattr(browse, "SHOWN", 2)
    store_events(owner, *({"transaction_id": f"t{n}"} for n in range(5)))  # all at one moment
    chosen, seen, before = EventFilter(**time), [], None
    while page := newest_events(owner.organization.id, chosen, before=before):
        seen += [event.transaction_id for event in page]
        before = page[-1].seq
    assert seen == ["t4", "t3", "t2", "t1", "t0"]


def test_a_transaction_is_found_however_old(owner, monkeypatch):
    monkeypatch.setattr(browse, "LOOKED_AT", 3)
    days(owner, *range(1, 20))
    assert found(owner, transaction="t1") == ["t1"]
    assert newest_events(owner.organization.id, EventFilter(code="none"), among=3) == []


@pytest.mark.parametrize("chosen", [
    EventFilter(code="rare"), EventFilter(code="rare", since=MARCH), EventFilter(subscription="rare", until=MARCH),
    EventFilter(transaction="rare"), EventFilter(transaction="rare", since=MARCH),
])
def test_a_filter_that_nothing_matches_reads_a_bounded_part(owner, chosen, monkeypatch):
    monkeypatch.setattr(browse, "LOOKED_AT_OF_A_TIME", 100)
    store_events(owner, *({"timestamp": MARCH + timedelta(minutes=n - 2000)} for n in range(4000)))
    db.session.execute(text("ANALYZE events"))
    plans = explained(lambda: newest_events(owner.organization.id, chosen, among=100))
    read = [scan for plan in plans for scan in scans(plan[0]["Plan"])]
    assert read and all(scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0) <= 101 for scan in read)
