"""Ongoing balances: customers with wallets per second whose new usage the running workers hold against their credits,
and the queries that one customer costs.

The plain task beside it reads the sums of the same usage and writes a balance, one customer after the other, each in a
transaction of its own: what any program must do that keeps such balances by itself.
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
from lago.core import jobs
from lago.core.db import db
from lago.core.settings import Settings
from lago.invoicing.refresh_wallets import refresh_wallets

CUSTOMERS, SMALL = 2_000, 40
COUNTED = 100
CHARGES = 3
EVENTS_EACH = 10
PATIENCE_S = 600


def run(running: Running, small: bool) -> None:
    number = SMALL if small else CUSTOMERS
    _catalog(running)
    with running.database() as connection:
        connection.autocommit = True
        _wait_for_the_first(connection)
        _multiply(connection, number)
        _use(connection)
        seconds = _time_until_refreshed(connection, number)
        rate = _plain_balances(connection, min(number, 500))
        _use(connection)
        per_customer = _queries_per_customer(running, connection)
    compare(f"ongoing balances of {number:,} customers, {CHARGES} charges each", number / seconds,
            "plain SQL, a sum and an UPDATE each", rate, "customers/s")
    say(f"queries per customer: {per_customer:.1f}")


def _catalog(running: Running) -> None:
    """A tax, a plan with three charges, and one customer with a wallet to copy."""
    tax = {"name": "VAT", "code": "wallet-vat", "rate": 20}
    running.call("POST", "/taxes", {"tax": tax})
    charges = []
    for n in range(CHARGES):
        fields = {"name": f"w{n}", "code": f"w{n}", "aggregation_type": "sum_agg", "field_name": "v"}
        metric = running.call("POST", "/billable_metrics", {"billable_metric": fields})["billable_metric"]
        charges.append({
            "billable_metric_id": metric["lago_id"], "charge_model": "standard", "properties": {"amount": "0.5"}
        })
    plan = {"name": "Wallets", "code": "wallets", "interval": "monthly", "amount_cents": 0, "amount_currency": "EUR",
            "pay_in_advance": False, "charges": charges, "tax_codes": ["wallet-vat"]}
    running.call("POST", "/plans", {"plan": plan})
    subscription = {"external_customer_id": "w-0", "external_id": "w-0", "plan_code": "wallets"}
    running.call("POST", "/subscriptions", {"subscription": subscription})
    wallet = {"external_customer_id": "w-0", "rate_amount": "1", "currency": "EUR", "granted_credits": "1000"}
    running.call("POST", "/wallets", {"wallet": wallet})


def _wait_for_the_first(connection: psycopg.Connection[Any]) -> None:
    """Until the wallet has its credits, and nothing is left to be done."""
    _wait(connection, "SELECT NOT EXISTS (SELECT FROM outbox) AND EXISTS (SELECT FROM wallets WHERE balance_cents > 0)")


def _wait(connection: psycopg.Connection[Any], question: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if connection.execute(question).fetchone() == (True,):  # type: ignore[call-overload]
            return
        time.sleep(0.05)
    raise RuntimeError(f"in vain: {question}")


def _multiply(connection: psycopg.Connection[Any], number: int) -> None:
    """Copies the customer with his subscription, wallet and credits."""
    customer = "(SELECT id FROM customers WHERE external_id = 'w-' || n)"
    first = "customer_id = (SELECT id FROM customers WHERE external_id = 'w-0')"
    copy_rows(connection, "customers", number, "external_id = 'w-0'", external_id="'w-' || n",
              sequential_id="sequential_id + n", slug="slug || '-' || n")
    copy_rows(connection, "subscriptions", number, "external_id = 'w-0'", external_id="'w-' || n", customer_id=customer,
              started_at="date_trunc('month', now())", subscription_at="date_trunc('month', now())")
    copy_rows(connection, "wallets", number, first, customer_id=customer, balance_cents="0", credits_balance="0",
              last_ongoing_balance_sync_at="NULL")
    copy_rows(connection, "wallet_transactions", number, f"wallet_id = (SELECT id FROM wallets WHERE {first})",
              wallet_id=f"(SELECT id FROM wallets WHERE customer_id = {customer})")
    connection.execute("ANALYZE")


def _use(connection: psycopg.Connection[Any]) -> None:
    """New events for each customer."""
    connection.execute(
        """
        INSERT INTO events (organization_id, id, transaction_id, external_subscription_id, code, timestamp, properties,
                            created_at)
        SELECT s.organization_id, gen_random_uuid(), gen_random_uuid(), s.external_id, 'w' || m, now(), '{"v": 2}',
               now()
        FROM subscriptions s, generate_series(0, %s) m, generate_series(1, %s) WHERE s.external_id LIKE 'w-%%'
        """,
        (CHARGES - 1, EVENTS_EACH),
    )
    connection.execute("ANALYZE events")


def _time_until_refreshed(connection: psycopg.Connection[Any], number: int) -> float:
    """Marks all customers as events do; seconds from the first refresh to the last."""
    connection.execute(
        """
        INSERT INTO outbox (organization_id, queue, name, args, key, run_at, attempts, deferred)
        SELECT organization_id, 'default', 'invoicing.refresh_wallets',
               jsonb_build_object('organization_id', organization_id::text, 'customer_id', customer_id::text),
               'balances:' || customer_id, now(), 0, true
        FROM wallets WHERE last_ongoing_balance_sync_at IS NULL
        """
    )
    count = "SELECT count(*) FROM wallets WHERE ongoing_usage_balance_cents > 0"
    started, deadline = None, time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        refreshed = connection.execute(count).fetchone()  # type: ignore[call-overload]
        if started is None and refreshed and refreshed[0]:
            started = time.monotonic(), refreshed[0]
        if started is not None and refreshed and refreshed[0] >= number:
            return (time.monotonic() - started[0]) * number / max(1, number - started[1])
        time.sleep(0.02)
    raise RuntimeError("the refresh did not end")


def _plain_balances(connection: psycopg.Connection[Any], number: int) -> float:
    """Customers per second whose usage is summed up and written into a row."""
    connection.execute("CREATE TABLE plain_wallets (LIKE wallets INCLUDING DEFAULTS INCLUDING INDEXES)")
    connection.execute("INSERT INTO plain_wallets SELECT * FROM wallets")
    rows = connection.execute(
        "SELECT w.id, s.organization_id, s.external_id FROM plain_wallets w JOIN subscriptions s USING (customer_id)"
        " LIMIT %s", (number,),
    ).fetchall()
    started = time.monotonic()
    for wallet_id, organization_id, external_id in rows:
        with connection.transaction():
            connection.execute(
                """
                UPDATE plain_wallets
                SET ongoing_usage_balance_cents = used, ongoing_balance_cents = balance_cents - used
                FROM (SELECT round(sum((properties ->> 'v')::numeric) * 60) AS used FROM events
                      WHERE organization_id = %s AND external_subscription_id = %s
                          AND timestamp BETWEEN date_trunc('month', now()) AND now()) AS usage
                WHERE id = %s
                """,
                (organization_id, external_id, wallet_id),
            )
    rate = len(rows) / (time.monotonic() - started)
    connection.execute("DROP TABLE plain_wallets")
    return rate


def _queries_per_customer(running: Running, connection: psycopg.Connection[Any]) -> float:
    """Refreshes customers in this process, where the statements can be counted, in batches as a worker does."""
    app = create_app(Settings.from_env({**os.environ, **running.store_variables()}))
    batch = jobs.JOBS["invoicing.refresh_wallets"].batch
    with app.app_context():
        statements: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
        rows = connection.execute("SELECT organization_id, customer_id FROM wallets LIMIT %s", (COUNTED,)).fetchall()
        for start in range(0, len(rows), batch):
            refresh_wallets([(row[0], row[1]) for row in rows[start : start + batch]])
        return len(statements) / len(rows)
