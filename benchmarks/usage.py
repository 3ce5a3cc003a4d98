"""Reading current usage of a subscription with many events in its period, beside the plain SQL aggregate."""

import time
from collections.abc import Callable
from typing import Any

import psycopg

from benchmarks.installation import Running
from benchmarks.load import median_of
from benchmarks.report import say
from benchmarks.usage_cases import CASES, Case

CODE = "used"


def run(running: Running, small: bool) -> None:
    """Prints milliseconds of both, for each size and kind of aggregation."""
    sizes, runs = ((100, 1_000), 1) if small else ((10_000, 1_000_000), 5)
    charges = [{"billable_metric_id": _metric(running, case), **case.charge_fields} for case in CASES]
    plan = {"interval": "monthly", "amount_cents": 0, "amount_currency": "EUR", "pay_in_advance": False}
    running.call("POST", "/plans", {"plan": {"name": "usage", "code": "usage", "charges": charges, **plan}})
    running.call("POST", "/customers", {"customer": {"external_id": "usage", "currency": "EUR"}})
    for size in sizes:
        _measure_all(running, size, runs)


def _metric(running: Running, case: Case) -> str:
    answer = running.call("POST", "/billable_metrics", {"billable_metric": case.metric_fields})
    return str(answer["billable_metric"]["lago_id"])


def _measure_all(running: Running, size: int, runs: int) -> None:
    external_id = f"usage_{size}"
    subscription = {"external_customer_id": "usage", "plan_code": "usage", "external_id": external_id}
    started = running.call("POST", "/subscriptions", {"subscription": subscription})["subscription"]["started_at"]
    seen = {"subscription": external_id, "code": CODE, "started": started}
    with running.database() as database:
        database.autocommit = True
        _fill(database, seen, size)
        for case in CASES:
            _name_events_of(database, case)
            _measure(running, database, case, seen, size, runs)
            _name_events_of(database, None)


def _measure(
    running: Running, database: psycopg.Connection[Any], case: Case, seen: dict[str, str], size: int, runs: int
) -> None:
    path = f"/customers/usage/current_usage?external_subscription_id={seen['subscription']}&charge_code={case.name}"
    plain = median_of(runs, lambda: _milliseconds(lambda: database.execute(case.sql, seen).fetchall()))
    ours = median_of(runs, lambda: _milliseconds(lambda: running.call("GET", path)))
    (charge,) = running.call("GET", path)["customer_usage"]["charges_usage"]
    if not float(charge["units"]):
        raise RuntimeError(f"{case.name}: nothing counted")
    say(
        f"usage of {size:,} events, {case.name}: {ours:,.1f} ms; plain SQL: {plain:,.1f} ms; ratio {ours / plain:.2f}"
    )


def _fill(database: psycopg.Connection[Any], seen: dict[str, str], count: int) -> None:
    """`count` events, a millisecond apart, from the start of the subscription on."""
    database.execute(
        """
        INSERT INTO events (organization_id, id, transaction_id, external_subscription_id, code, timestamp,
                            properties, created_at)
        SELECT organizations.id, gen_random_uuid(), gen_random_uuid(), %(subscription)s, %(code)s,
               %(started)s::timestamptz + n * interval '1 millisecond',
               jsonb_build_object(
                   'gb', n %% 997, 'user', 'u' || n %% 10000, 'region', 'r' || n %% 6, 'team', 't' || n %% 20
               ), now()
        FROM organizations, generate_series(1, %(count)s) AS n
        """,
        {**seen, "count": count},
    )
    database.execute("VACUUM ANALYZE events")


def _name_events_of(database: psycopg.Connection[Any], case: Case | None) -> None:
    """Has the events be those of one metric, or of none: a million are stored once for all."""
    database.execute("UPDATE billable_metrics SET code = name WHERE code = %s", (CODE,))
    if case:
        database.execute("UPDATE billable_metrics SET code = %s WHERE name = %s", (CODE, case.name))


def _milliseconds(action: Callable[[], Any]) -> float:
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000
