"""How long the pages of the demo's company take, and how many statements: the same with six months as with one.

In this process, on the stores of a running installation: with templates, statements and sign-in, without the network.
"""

import logging
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import event
from werkzeug.routing import Rule
from werkzeug.test import Client

from benchmarks.installation import Running
from benchmarks.page_objects import choices
from benchmarks.report import say
from lago.bootstrap import create_app
from lago.core.db import db
from lago.core.settings import Settings
from lago.demo.organization import Stage
from lago.demo.tell import tell

TODAY = date(2026, 7, 12)
RUNS, MOST_MS, SLOWEST = 7, 150, 10


@dataclass
class Measured:
    """The median of one page, and its statements."""

    milliseconds: float
    statements: int


def run(running: Running, small: bool) -> None:
    """Prints the medians of all GET pages, the slowest, and those whose statements grow with the data."""
    settings = Settings.from_env({**os.environ, **running.store_variables()})
    app = create_app(settings)
    logging.getLogger().setLevel(logging.CRITICAL)
    with app.app_context():
        month, life = (_pages(app, running, months, runs) for months, runs in ((1, 1), (1 if small else 6, RUNS)))
    _report(month, life)


def _pages(app: Flask, running: Running, months: int, runs: int) -> dict[str, Measured]:
    stage = tell(app.test_client(), TODAY, months=months)
    client = _signed_in(app, stage)
    found = {}
    with running.database() as connection:
        for rule in _rules(app):
            names = tuple(sorted(rule.arguments))
            for values in choices(connection, stage.organization_id, names):
                if measured := _measure(client, _path(app, rule, values), runs):
                    found[rule.rule] = measured
                    break
    return found


def _rules(app: Flask) -> list[Rule]:
    pages = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("admin.") and "GET" in rule.methods]
    return sorted(pages, key=lambda rule: rule.rule)


def _path(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    return str(app.url_map.bind("localhost").build(rule.endpoint, values))


def _signed_in(app: Flask, stage: Stage) -> Client:
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign_in").text)
    form = {"csrf_token": token and token[1], "email": stage.email, "password": stage.password}
    if client.post("/sign_in", data=form).status_code != 302:
        raise RuntimeError("the sign-in failed")
    return client


def _measure(client: Client, path: str, runs: int) -> Measured | None:
    """None for what is no page: a redirect, a file, an object that this cannot be done with."""
    with _counted() as statements:
        answer = client.get(path)
    if answer.status_code != 200 or answer.mimetype != "text/html":
        return None
    return Measured(median(_timed(client, path) for _ in range(runs)), len(statements))


def _timed(client: Client, path: str) -> float:
    began = time.perf_counter()
    client.get(path)
    return (time.perf_counter() - began) * 1000


@contextmanager
def _counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _report(month: dict[str, Measured], life: dict[str, Measured]) -> None:
    slowest = sorted(life.items(), key=lambda page: -page[1].milliseconds)
    for path, page in sorted(life.items()):
        say(f"{page.milliseconds:7.1f} ms {page.statements:4d} statements  {path}")
    say(f"\npages: {len(life)}; median of medians: {median(page.milliseconds for page in life.values()):.1f} ms")
    say(f"over {MOST_MS} ms: {sum(page.milliseconds > MOST_MS for page in life.values())}; the slowest:")
    for path, page in slowest[:SLOWEST]:
        say(f"{page.milliseconds:7.1f} ms {page.statements:4d} statements  {path}")
    grown = [path for path in life if path in month and life[path].statements > month[path].statements]
    say(f"more statements with six months than with one: {len(grown)} of {len(life.keys() & month.keys())}")
    for path in grown:
        say(f"  {month[path].statements} → {life[path].statements}  {path}")
