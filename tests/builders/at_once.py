"""Requests of several clients at the same time."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask


def at_once(
    app: Flask, key: str, path: str, bodies: Sequence[Any], method: str = "POST"
) -> list[tuple[int, Any]]:
    """The statuses and answers of requests, one per body, that are sent at the same time."""
    return all_at_once(app, key, [(method, path, body) for body in bodies])


def all_at_once(app: Flask, key: str, calls: Sequence[tuple[str, str, Any]]) -> list[tuple[int, Any]]:
    """The same for calls of any kind: method, path and body."""
    barrier = Barrier(len(calls))

    def send(call: tuple[str, str, Any]) -> tuple[int, Any]:
        method, path, body = call
        barrier.wait()
        answer = app.test_client().open(
            f"/api/v1{path}", method=method, json=body, headers={"Authorization": f"Bearer {key}"}
        )
        return answer.status_code, answer.json

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(send, calls))
