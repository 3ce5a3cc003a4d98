"""The sandbox clock with several callers, and how long a year takes."""

import os
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lago.organizations import clock as sandbox_clock
from tests.builders.organizations import Account, account
from tests.builders.stories import invoices, metric, plan, standard, subscribe, use
from tests.builders.webhooks import Receiver, endpoint_at, receiver

JANUARY = "2024-01-01T00:00:00Z"
MOST_SECONDS_A_YEAR = 5.0


@pytest.fixture
def sandbox(committing: Any) -> Account:
    """A sandbox of its own, whose commits are real."""
    return account(committing.test_client(), f"Sandbox {uuid.uuid4().hex[:8]}", sandbox=True)


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def status_of_put(app: Any, owner: Account, moment: str) -> tuple[int, Any]:
    """From another thread, as another client."""
    headers = {"Authorization": f"Bearer {owner.api_key}"}
    body = {"test_clock": {"now": moment}}
    with app.app_context():
        answer = app.test_client().put("/api/v1/test_clock", json=body, headers=headers)
    return answer.status_code, answer.json


def test_the_second_of_two_moves_waits_for_the_first(committing: Any, sandbox: Account) -> None:
    sandbox.at(JANUARY)
    with ThreadPoolExecutor(1) as pool:
        with sandbox_clock._alone(sandbox.organization.id):
            second = pool.submit(status_of_put, committing, sandbox, "2024-02-01T00:00:00Z")
            time.sleep(0.5)
            assert not second.done()
        assert second.result(30)[0] == 200


def test_a_move_that_waited_too_long_is_refused(committing: Any, sandbox: Account, monkeypatch: Any) -> None:
    sandbox.at(JANUARY)
    monkeypatch.setattr(sandbox_clock, "_WAIT_S", 0.3)
    with sandbox_clock._alone(sandbox.organization.id):
        status, answer = status_of_put(committing, sandbox, "2024-02-01T00:00:00Z")
    assert (status, answer["code"]) == (422, "lock_acquisition_failed")
    assert sandbox.get("/test_clock")["test_clock"] == {"now": JANUARY, "status": "ready"}


def test_a_clock_can_be_moved_by_many_at_once(committing: Any, sandbox: Account) -> None:
    sandbox.at(JANUARY)
    plan(sandbox)
    subscribe(sandbox)
    barrier = threading.Barrier(3)

    def move() -> int:
        barrier.wait()
        return status_of_put(committing, sandbox, "2025-01-01T00:00:00Z")[0]

    with ThreadPoolExecutor(3) as pool:
        assert [one.result(60) for one in [pool.submit(move) for _ in range(3)]] == [200] * 3
    assert [row["sequential_id"] for row in invoices(sandbox)] == list(range(1, 13))


def test_while_the_clock_moves_it_says_so(committing: Any, sandbox: Account) -> None:
    """It is asked while a year goes by."""
    sandbox.at(JANUARY)
    plan(sandbox)
    subscribe(sandbox)
    seen = Counter[str]()
    with ThreadPoolExecutor(1) as pool:
        moving = pool.submit(status_of_put, committing, sandbox, "2025-01-01T00:00:00Z")
        while not moving.done():
            seen[sandbox.get("/test_clock")["test_clock"]["status"]] += 1
        assert moving.result()[0] == 200
    assert seen["advancing"] > 3
    assert sandbox.get("/test_clock")["test_clock"]["status"] == "ready"


def seconds_of_a_year(committing: Any, hook: Receiver) -> float:
    """How long the clock takes over a year of one monthly customer with usage, PDFs and a webhook endpoint."""
    owner = account(committing.test_client(), f"Year {uuid.uuid4().hex[:8]}", sandbox=True).at(JANUARY)
    plan(owner, charges=[standard(metric(owner, "calls"), "0.5")])
    subscribe(owner)
    endpoint_at(owner, hook.url)
    use(owner, "calls")
    owner.at(JANUARY)
    hook.requests.clear()
    began = time.monotonic()
    owner.at("2025-01-01T00:00:00Z")
    took = time.monotonic() - began
    made = invoices(owner)
    assert len(made) == 12 and all(row["file_url"] for row in made)
    overdue = 11  # all but the last one, whose due date is today
    assert Counter(hook.types) == {"invoice.created": 12, "invoice.generated": 12, "invoice.payment_overdue": overdue}
    return took


def test_a_year_takes_under_five_seconds(committing: Any, hook: Receiver) -> None:
    """The quickest of three: other work on the machine can only slow it."""
    taken: list[float] = []
    while len(taken) < 3 and min(taken, default=MOST_SECONDS_A_YEAR) >= MOST_SECONDS_A_YEAR:
        taken.append(seconds_of_a_year(committing, hook))
    if min(taken) >= MOST_SECONDS_A_YEAR and os.getloadavg()[0] > 2 * (os.cpu_count() or 1):
        pytest.skip(f"others keep the machine too busy to measure anything: {taken}")
    assert min(taken) < MOST_SECONDS_A_YEAR, taken
