"""Requests over several connections that stay open, as fast as the server takes them."""

import http.client
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from benchmarks.installation import Running

CONNECTIONS = 4
RUNS = 5


def requests_per_second(running: Running, method: str, path: str, bodies: Sequence[bytes]) -> float:
    """Sends one request for each body over four connections. An answer other than 200 ends the run."""
    headers = {"Authorization": f"Bearer {running.api_key}", "Content-Type": "application/json"}

    def send(share: Sequence[bytes]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=300)
        for body in share:
            connection.request(method, f"/api/v1{path}", body, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{method} {path}: {answer.status} {text[:500]!r}")

    shares = [bodies[n::CONNECTIONS] for n in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        began = time.perf_counter()
        list(pool.map(send, shares))
        return len(bodies) / (time.perf_counter() - began)


def median_of(runs: int, measure: Callable[[], float]) -> float:
    """The median of several measurements."""
    return median(measure() for _ in range(runs))
