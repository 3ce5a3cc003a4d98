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
    barrier = Barrier(len(bodies))

    def send(body: Any) -> tuple[int, Any]:
        barrier.wait()
        answer = app.test_client().open(
            f"/api/v1{path}", method=method, json=body, headers={"Authorization": f"Bearer {key}"}
        )
        return answer.status_code, answer.json

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(send, bodies))
