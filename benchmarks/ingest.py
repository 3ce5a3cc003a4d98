"""Taking in events over HTTP.

In batches of 100, beside COPY of as many rows into a table with the same columns, constraints and indexes; and one by
one, beside an endpoint that only authenticates and answers. Runs alternate, and the median counts.
"""

import json
import random
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any

import psycopg

from benchmarks.installation import Running
from benchmarks.load import CONNECTIONS, RUNS, requests_per_second
from benchmarks.report import compare, say

SUBSCRIPTIONS = 50
IN_A_BATCH = 100
_COLUMNS = "organization_id, id, transaction_id, external_subscription_id, code, timestamp, properties, created_at"


def run(running: Running, small: bool) -> None:
    """Prints both comparisons."""
    batches, singles, runs = (20, 100, 1) if small else (300, 2000, RUNS)
    say(f"ingest: {runs} runs, {CONNECTIONS} connections")
    with running.database() as database:
        database.autocommit = True
        _make_twin(database)
        warm_up(running)
        pairs = [(_batches(running, batches), _copy(database, batches * IN_A_BATCH)) for _ in range(runs)]
    http, copy = zip(*pairs, strict=True)
    compare("batches of 100", median(http), "COPY", median(copy), "events/s")
    say(f"median of the ratios of the runs: {median(ours / theirs for ours, theirs in pairs):.3f} (at least 0.25)")
    pairs = [(_singles(running, singles), _only_answers(running, singles)) for _ in range(runs)]
    http, plain = zip(*pairs, strict=True)
    compare("single events", median(http), "only authenticating and answering", median(plain), "requests/s")
    say("(at least 1,000 or 0.5)")


def warm_up(running: Running) -> None:
    """Every process of the server has served, and its connections and statements are prepared."""
    _batches(running, 100)
    _singles(running, 100)
    _only_answers(running, 100)


def _batches(running: Running, count: int) -> float:
    """Events per second."""
    bodies = [json.dumps({"events": some_events(IN_A_BATCH)}).encode() for _ in range(count)]
    return requests_per_second(running, "POST", "/events/batch", bodies) * IN_A_BATCH


def _singles(running: Running, count: int) -> float:
    bodies = [json.dumps({"event": event}).encode() for event in some_events(count)]
    return requests_per_second(running, "POST", "/events", bodies)


def _only_answers(running: Running, count: int) -> float:
    return requests_per_second(running, "GET", "/webhooks/public_key", [b""] * count)


def some_events(count: int) -> list[dict[str, Any]]:
    """Events of the last day, of some subscriptions, as a client sends them."""
    now = time.time()
    return [
        {
            "transaction_id": str(uuid.uuid4()), "external_subscription_id": f"sub_{n % SUBSCRIPTIONS}",
            "code": "storage", "timestamp": f"{now - random.uniform(0, 86400):.3f}",
            "properties": {"gb": n, "region": "eu-west-1", "host": f"web-{n % 7}"},
        }
        for n in range(count)
    ]


def _make_twin(database: psycopg.Connection[Any]) -> None:
    """A table with everything that the events have, and no rows."""
    database.execute("CREATE TABLE events_copied (LIKE events INCLUDING ALL)")
    keys = database.execute(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'events'::regclass AND contype = 'f'"
    ).fetchall()
    for (definition,) in keys:
        database.execute(f"ALTER TABLE events_copied ADD {definition}")


def _copy(database: psycopg.Connection[Any], count: int) -> float:
    """Rows per second of one COPY, durable like ours; making the text is not measured."""
    (organization_id,) = database.execute("SELECT id FROM organizations").fetchone() or (None,)
    text = _as_copied(organization_id, some_events(count))
    began = time.perf_counter()
    with database.cursor() as cursor, cursor.copy(f"COPY events_copied ({_COLUMNS}) FROM STDIN") as copy:
        copy.write(text)
    return count / (time.perf_counter() - began)


def _as_copied(organization_id: uuid.UUID, events: Sequence[dict[str, Any]]) -> str:
    now = datetime.now(UTC).isoformat()
    lines = (
        (
            str(organization_id), str(uuid.uuid4()), event["transaction_id"], event["external_subscription_id"],
            event["code"], datetime.fromtimestamp(float(event["timestamp"]), UTC).isoformat(),
            json.dumps(event["properties"]), now,
        )
        for event in events
    )
    return "".join("\t".join(line) + "\n" for line in lines)
