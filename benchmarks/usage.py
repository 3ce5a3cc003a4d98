"""Reading current usage of a subscription with many events in its period, beside the plain SQL aggregate."""

import time
from collections.abc import Callable
from typing import Any

import psycopg

from benchmarks.installation import Running
from benchmarks.load import median_of
from benchmarks.report import say

METRICS = (("count_agg", "count(*)"), ("sum_agg", "sum((properties ->> 'gb')::numeric)"))


def run(running: Running, small: bool) -> None:
    """Prints milliseconds of both, for each size."""
    sizes, runs = ((100, 1_000), 1) if small else ((10_000, 1_000_000), 5)
    charges = [{"billable_metric_id": _metric(running, kind), **STANDARD} for kind, _ in METRICS]
    plan = {"interval": "monthly", "amount_cents": 0, "amount_currency": "EUR", "pay_in_advance": False}
    running.call("POST", "/plans", {"plan": {"name": "usage", "code": "usage", "charges": charges, **plan}})
    running.call("POST", "/customers", {"customer": {"external_id": "usage", "currency": "EUR"}})
    for size in sizes:
        _measure(running, size, runs)


STANDARD = {"charge_model": "standard", "properties": {"amount": "0.01"}}


def _metric(running: Running, kind: str) -> str:
    """The id of a metric whose events have the code of its aggregation type."""
    fields = {"name": kind, "code": kind, "aggregation_type": kind, "recurring": False}
    fields |= {"field_name": "gb"} if kind != "count_agg" else {}
    return str(running.call("POST", "/billable_metrics", {"billable_metric": fields})["billable_metric"]["lago_id"])


def _measure(running: Running, size: int, runs: int) -> None:
    external_id = f"usage_{size}"
    subscription = {"external_customer_id": "usage", "plan_code": "usage", "external_id": external_id}
    started = running.call("POST", "/subscriptions", {"subscription": subscription})["subscription"]["started_at"]
    path = f"/customers/usage/current_usage?external_subscription_id={external_id}"
    with running.database() as database:
        database.autocommit = True
        _fill(database, external_id, size // len(METRICS), started)
        plain = median_of(runs, lambda: _milliseconds(lambda: _aggregate(database, external_id, started)))
        ours = median_of(runs, lambda: _milliseconds(lambda: running.call("GET", path)))
    counted = [charge["events_count"] for charge in running.call("GET", path)["customer_usage"]["charges_usage"]]
    if counted != [size // len(METRICS)] * len(METRICS):
        raise RuntimeError(f"counted {counted}")
    say(f"usage of {size:,} events: {ours:,.1f} ms; plain SQL: {plain:,.1f} ms; ratio {ours / plain:.2f}")


def _fill(database: psycopg.Connection[Any], external_id: str, count: int, started: str) -> None:
    """`count` events of each metric, a millisecond apart, from the start of the subscription on."""
    for kind, _ in METRICS:
        database.execute(
            """
            INSERT INTO events (organization_id, id, transaction_id, external_subscription_id, code, timestamp,
                                properties, created_at)
            SELECT organizations.id, gen_random_uuid(), gen_random_uuid(), %(subscription)s, %(code)s,
                   %(started)s::timestamptz + n * interval '1 millisecond',
                   jsonb_build_object('gb', n, 'region', 'eu-west-1'), now()
            FROM organizations, generate_series(1, %(count)s) AS n
            """,
            {"subscription": external_id, "code": kind, "started": started, "count": count},
        )
    database.execute("VACUUM ANALYZE events")


def _aggregate(database: psycopg.Connection[Any], external_id: str, started: str) -> None:
    for kind, aggregate in METRICS:
        database.execute(
            f"""
            SELECT {aggregate} FROM events, organizations
            WHERE organization_id = organizations.id AND external_subscription_id = %s AND code = %s
                AND timestamp BETWEEN %s AND %s::timestamptz + interval '31 days'
            """,
            (external_id, kind, started, started),
        ).fetchall()


def _milliseconds(action: Callable[[], Any]) -> float:
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000
