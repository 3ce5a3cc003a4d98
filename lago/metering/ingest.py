"""Taking in events: one statement, all or nothing, each transaction once (01 §1.5, §1.6)."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import text

from lago.core import clock
from lago.core.db import db
from lago.core.errors import Invalid
from lago.metering.known_of_events import KnownOfEvents, known_of_events
from lago.metering.metrics_of_events import MetricsByCode
from lago.metering.missing_wallets import tell_missing_wallets
from lago.metering.new_event import NewEvent, read_event
from lago.metering.news import open_news, tell_news
from lago.metering.watch import watch
from lago.metering.watch_balances import watch_balances
from lago.metering.with_expression import compute_properties, with_expression

MOST_EVENTS = 100
ALREADY_STORED = {"transaction_id": ["value_already_exist"]}

# The rows travel as one JSON text, which costs a third of one array for each column. They are numbered in the order
# in which they were sent, and inserted in the order of the index: so requests that share transactions wait for each
# other instead of falling into a deadlock. A transaction that is there already gives no row.
_INSERT = text("""
    INSERT INTO events (
        organization_id, seq, id, transaction_id, external_subscription_id, code, timestamp,
        precise_total_amount_cents, properties, created_at
    )
    SELECT :organization_id, sent.* FROM (
        SELECT nextval('events_seq_seq'), given.* FROM json_to_recordset(:events) AS given (
            id uuid, transaction_id text, external_subscription_id text, code text, timestamp timestamptz,
            precise_total_amount_cents numeric, properties jsonb, created_at timestamptz
        )
    ) AS sent ORDER BY transaction_id
    ON CONFLICT (organization_id, transaction_id, external_subscription_id) DO NOTHING
    RETURNING transaction_id, seq
""")


def ingest_event(organization_id: uuid.UUID, sent: dict[str, Any]) -> NewEvent:
    """Stores one event. Raises Invalid, also if its transaction is stored already."""
    event, errors = read_event(sent, clock.now())
    known = known_of_events(organization_id, [event])
    with_expression(known.metrics, event)
    if errors:
        raise Invalid(errors)
    if not _insert(organization_id, [event], known):
        raise Invalid(ALREADY_STORED)
    return event


def ingest_batch(organization_id: uuid.UUID, sent: Any) -> list[NewEvent]:
    """Stores up to 100 events, or none. Raises Invalid with the errors by the position of the event, from "0"."""
    if not sent or not isinstance(sent, list):
        raise Invalid({"events": ["no_events"]})
    if len(sent) > MOST_EVENTS:
        raise Invalid({"events": ["too_many_events"]})
    events, known = _read_all(organization_id, sent)
    stored = _insert(organization_id, _first_of_each_transaction(events), known)
    if len(stored) < len(events):
        raise Invalid(_repeated(events, stored))
    return events


def _read_all(organization_id: uuid.UUID, sent: list[Any]) -> tuple[list[NewEvent], KnownOfEvents]:
    """All events with what has to be known around them, or Invalid.

    Of one event the timestamp is told first, then its fields, then its expression.
    """
    now = clock.now()
    events: dict[int, NewEvent] = {}
    errors: dict[int, Any] = {}
    for position, one in enumerate(sent):
        try:
            events[position], found = read_event(one if isinstance(one, dict) else {}, now)
            if found:
                errors[position] = found
        except Invalid as error:
            errors[position] = error.details
    known = known_of_events(organization_id, events.values())
    errors = compute_properties(known.metrics, events) | errors
    if errors:
        raise Invalid({str(position): errors[position] for position in sorted(errors)})
    return list(events.values()), known


def _first_of_each_transaction(events: list[NewEvent]) -> list[NewEvent]:
    """Inside a batch a transaction id is unique by itself, whatever the subscription (01 §1.5)."""
    firsts: dict[str, NewEvent] = {}
    for event in events:
        firsts.setdefault(event.transaction_id, event)
    return list(firsts.values())


def _insert(organization_id: uuid.UUID, events: list[NewEvent], known: KnownOfEvents) -> set[str]:
    """Inserts what is new, tells of what is billed at once or names a wallet that there is not, and has what is watched
    looked at; returns the transaction ids of what is new."""
    news = dict(_news(events, known.metrics))
    if news:
        open_news(organization_id, set(news.values()))
    rows = orjson.dumps(events, default=str).decode()
    stored = db.session.execute(_INSERT, {"organization_id": organization_id, "events": rows}).all()
    if told := {seq: news[transaction_id] for transaction_id, seq in stored if transaction_id in news}:
        tell_news(organization_id, told)
    if known.watched and stored:
        watch(organization_id, known.watched)
    if known.prepaying and stored:
        watch_balances(organization_id, known.prepaying)
    by_transaction = {event.transaction_id: event for event in events}
    tell_missing_wallets(organization_id, {seq: by_transaction[transaction_id] for transaction_id, seq in stored})
    return {transaction_id for transaction_id, _ in stored}


def _news(events: Iterable[NewEvent], metrics: MetricsByCode) -> Iterator[tuple[str, str]]:
    """Transaction and subscription of the events that are billed at once, if their subscriptions are."""
    for event in events:
        metric = metrics.get(event.code)
        if metric and metric.billed_at_once and event.external_subscription_id is not None:
            yield event.transaction_id, event.external_subscription_id


def _repeated(events: Sequence[NewEvent], stored: set[str]) -> dict[str, Any]:
    """The error of each event whose transaction was stored before, or stands earlier in the batch."""
    errors, seen = {}, set()
    for position, event in enumerate(events):
        if event.transaction_id in seen or event.transaction_id not in stored:
            errors[str(position)] = ALREADY_STORED
        seen.add(event.transaction_id)
    return errors
