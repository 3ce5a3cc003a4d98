"""Taking in events: one statement, all or nothing, each transaction once (01 §1.5, §1.6)."""

import uuid
from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import text

from lago.core import clock
from lago.core.db import db
from lago.core.errors import Invalid
from lago.metering.new_event import NewEvent, read_event
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
    RETURNING transaction_id
""")


def ingest_event(organization_id: uuid.UUID, sent: dict[str, Any]) -> NewEvent:
    """Stores one event. Raises Invalid, also if its transaction is stored already."""
    event, errors = read_event(sent, clock.now())
    with_expression(organization_id, event)
    if errors:
        raise Invalid(errors)
    if not _insert(organization_id, [event]):
        raise Invalid(ALREADY_STORED)
    return event


def ingest_batch(organization_id: uuid.UUID, sent: Any) -> list[NewEvent]:
    """Stores up to 100 events, or none. Raises Invalid with the errors by the position of the event, from "0"."""
    if not sent or not isinstance(sent, list):
        raise Invalid({"events": ["no_events"]})
    if len(sent) > MOST_EVENTS:
        raise Invalid({"events": ["too_many_events"]})
    events = _read_all(organization_id, sent)
    stored = _insert(organization_id, _first_of_each_transaction(events))
    if len(stored) < len(events):
        raise Invalid(_repeated(events, stored))
    return events


def _read_all(organization_id: uuid.UUID, sent: list[Any]) -> list[NewEvent]:
    """All events, or Invalid. Of one event the timestamp is told first, then its fields, then its expression."""
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
    errors = compute_properties(organization_id, events) | errors
    if errors:
        raise Invalid({str(position): errors[position] for position in sorted(errors)})
    return list(events.values())


def _first_of_each_transaction(events: list[NewEvent]) -> list[NewEvent]:
    """Inside a batch a transaction id is unique by itself, whatever the subscription (01 §1.5)."""
    firsts: dict[str, NewEvent] = {}
    for event in events:
        firsts.setdefault(event.transaction_id, event)
    return list(firsts.values())


def _insert(organization_id: uuid.UUID, events: list[NewEvent]) -> set[str]:
    """Inserts what is new; returns the transaction ids of that."""
    rows = orjson.dumps(events, default=str).decode()
    return set(db.session.scalars(_INSERT, {"organization_id": organization_id, "events": rows}))


def _repeated(events: Sequence[NewEvent], stored: set[str]) -> dict[str, Any]:
    """The error of each event whose transaction was stored before, or stands earlier in the batch."""
    errors, seen = {}, set()
    for position, event in enumerate(events):
        if event.transaction_id in seen or event.transaction_id not in stored:
            errors[str(position)] = ALREADY_STORED
        seen.add(event.transaction_id)
    return errors
