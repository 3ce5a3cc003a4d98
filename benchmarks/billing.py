"""Periodic billing: invoices per second of the running workers, and the queries that one invoice costs.

The plain task beside it writes the same number of rows of the same tables by single-row INSERTs, one
transaction for each invoice: what any program must do that bills one subscription after the other.
"""

import os
import time
from typing import Any

import psycopg
from sqlalchemy import event

from benchmarks.copies import copy_rows
from benchmarks.installation import Running
from benchmarks.report import compare, say
from lago.bootstrap import create_app
from lago.core import due, jobs
from lago.core.clock import real_now
from lago.core.db import db
from lago.core.settings import Settings

SUBSCRIPTIONS, SMALL = 2_000, 40
COUNTED = 100
CHARGES = 3
EVENTS_EACH = 3
PATIENCE_S = 600


def run(running: Running, small: bool) -> None:
    number = SMALL if small else SUBSCRIPTIONS
    _catalog(running)
    with running.database() as connection:
        _multiply(connection, number + COUNTED)
        _make_due(connection, 0, number)
        seconds = _time_until_billed(connection, number)
        _wait_for_files(connection)
        rate = _plain_writes(connection, min(number, 500))
    compare(f"billing of {number:,} due subscriptions, {CHARGES} charges each", number / seconds,
            "plain INSERTs of the same rows", rate, "invoices/s")
    say(f"queries per invoice: {_queries_per_invoice(running, number):.1f}")


def _catalog(running: Running) -> None:
    """A tax, a plan with three charges, and one subscription to copy."""
    tax = {"name": "VAT", "code": "vat", "rate": 20, "applied_to_organization": True}
    running.call("POST", "/taxes", {"tax": tax})
    charges = []
    for n in range(CHARGES):
        fields = {"name": f"b{n}", "code": f"b{n}", "aggregation_type": "sum_agg", "field_name": "v"}
        metric = running.call("POST", "/billable_metrics", {"billable_metric": fields})["billable_metric"]
        charges.append({
            "billable_metric_id": metric["lago_id"], "charge_model": "standard", "properties": {"amount": "0.5"}
        })
    plan = {"name": "Billing", "code": "billing", "interval": "monthly", "amount_cents": 4900,
            "amount_currency": "EUR", "pay_in_advance": False, "charges": charges}
    running.call("POST", "/plans", {"plan": plan})
    subscription = {"external_customer_id": "b-0", "external_id": "b-0", "plan_code": "billing"}
    running.call("POST", "/subscriptions", {"subscription": subscription})


def _multiply(connection: psycopg.Connection[Any], number: int) -> None:
    """Copies the customer and the subscription, each with its events of the month before."""
    like = "external_id = 'b-0'"
    copy_rows(connection, "customers", number, like, external_id="'b-' || n", sequential_id="sequential_id + n",
              slug="slug || '-' || n")
    copy_rows(connection, "subscriptions", number, like, external_id="'b-' || n",
              customer_id="(SELECT id FROM customers WHERE external_id = 'b-' || n)")
    connection.execute(
        """
        INSERT INTO events (organization_id, id, transaction_id, external_subscription_id, code, timestamp, properties,
                            created_at)
        SELECT s.organization_id, gen_random_uuid(), s.external_id || '-' || m || '-' || e, s.external_id, 'b' || m,
               date_trunc('month', now()) - interval '10 days', '{"v": 2}', now()
        FROM subscriptions s, generate_series(0, %s) m, generate_series(1, %s) e WHERE s.external_id LIKE 'b-%%'
        """,
        (CHARGES - 1, EVENTS_EACH),
    )
    connection.commit()
    connection.autocommit = True
    connection.execute("ANALYZE")


def _make_due(connection: psycopg.Connection[Any], first: int, last: int) -> None:
    """Has subscriptions fall due on the first of this month, as if they had begun two months before."""
    connection.execute(
        """
        UPDATE subscriptions SET billing_due_at = date_trunc('month', now()),
               started_at = date_trunc('month', now()) - interval '2 months',
               subscription_at = date_trunc('month', now()) - interval '2 months',
               created_at = date_trunc('month', now()) - interval '2 months'
        WHERE external_id = ANY(%s)
        """,
        ([f"b-{n}" for n in range(first + 1, last + 1)],),
    )


def _time_until_billed(connection: psycopg.Connection[Any], number: int) -> float:
    """Seconds from the moment at which the scheduler has found the work to the last invoice."""
    started, deadline = None, time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        waiting = connection.execute("SELECT count(*) FROM outbox WHERE name = 'due.catch_up'").fetchone()
        made = connection.execute("SELECT count(*) FROM invoices").fetchone()
        if started is None and waiting and (waiting[0] or (made and made[0])):
            started = time.monotonic()
        if started is not None and made and made[0] >= number:
            return time.monotonic() - started
        time.sleep(0.05)
    raise RuntimeError("billing did not end")


def _wait_for_files(connection: psycopg.Connection[Any]) -> None:
    """Until the PDFs are made too, so that the plain task has the machine to itself."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        waiting = connection.execute("SELECT count(*) FROM outbox").fetchone()
        if waiting and not waiting[0]:
            return
        time.sleep(0.2)
    raise RuntimeError("the files were not made")


def _plain_writes(connection: psycopg.Connection[Any], number: int) -> float:
    """Invoices per second when a program only writes their rows: an invoice, its line, fees and taxes."""
    tables = {"invoices": 1, "invoice_subscriptions": 1, "fees": 1 + CHARGES, "fee_taxes": 1 + CHARGES,
              "invoice_taxes": 1, "outbox": 2}
    for table in tables:
        connection.execute(f"CREATE TABLE plain_{table} (LIKE {table} INCLUDING DEFAULTS)")  # type: ignore[arg-type]
        connection.execute(
            f"CREATE TABLE sample_{table} AS SELECT * FROM {table} LIMIT 1"  # type: ignore[arg-type]
        )
    started = time.monotonic()
    for _ in range(number):
        with connection.transaction():
            for table, rows in tables.items():
                for _ in range(rows):
                    connection.execute(
                        f"INSERT INTO plain_{table} SELECT * FROM sample_{table}"  # type: ignore[arg-type]
                    )
    rate = number / (time.monotonic() - started)
    for table in tables:
        connection.execute(f"DROP TABLE plain_{table}, sample_{table}")  # type: ignore[arg-type]
    return rate


def _queries_per_invoice(running: Running, first: int) -> float:
    """Bills the last customers in this process, where the statements can be counted, in batches as a worker does."""
    app = create_app(Settings.from_env({**os.environ, **running.store_variables()}))
    batch = jobs.JOBS["due.catch_up"].batch
    with app.app_context(), running.database() as connection:
        statements: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
        _make_due(connection, first, first + COUNTED)
        customers = [row[0] for row in connection.execute(
            "SELECT customer_id FROM subscriptions WHERE billing_due_at <= now() AND external_id LIKE 'b-%'"
        )]
        connection.commit()
        for start in range(0, len(customers), batch):
            due.perform_all(real_now(), customers[start : start + batch])
        return len(statements) / len(customers)
