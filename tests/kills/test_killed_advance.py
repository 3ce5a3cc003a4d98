"""The process that moves a sandbox clock is killed (-9) half-way."""

import os
import signal
import threading
import time
import uuid
from contextlib import suppress

import httpx
import pytest

from lago.supervisor.lifeline import wait_until
from tests.builders.running import ADMIN_KEY, running
from tests.kills.killer import processes_of

pytestmark = pytest.mark.kills

YEARS = 3
END = f"{2024 + YEARS}-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def installation():
    with running(WEB_CONCURRENCY="2", WORKER_CONCURRENCY="1") as found:
        yield found


@pytest.fixture
def sandbox(installation):
    """A client with the key of a sandbox whose customer pays monthly since 2024."""
    body = {"name": f"Hooli {uuid.uuid4().hex[:8]}", "email": "ann@hooli.xyz", "sandbox": True}
    made = httpx.post(f"{installation.url}/admin/organizations", json=body, headers={"X-Admin-API-Key": ADMIN_KEY})
    headers = {"Authorization": f"Bearer {made.json()['api_key']}"}
    client = httpx.Client(base_url=f"{installation.url}/api/v1", headers=headers, timeout=120)
    move(client, "2024-01-01T00:00:00Z")
    plan = {
        "name": "Pro", "code": "pro", "interval": "monthly", "amount_cents": 1000, "amount_currency": "EUR",
        "pay_in_advance": False,
    }  # fmt: skip
    client.post("/plans", json={"plan": plan}).raise_for_status()
    subscription = {"external_customer_id": "acme", "external_id": "acme", "plan_code": "pro"}
    client.post("/subscriptions", json={"subscription": subscription}).raise_for_status()
    return client


def move(client, moment):
    """The status of the answer; None if there was none."""
    with suppress(httpx.TransportError):
        return client.put("/test_clock", json={"test_clock": {"now": moment}}).status_code
    return None


def invoices(client):
    listed = client.get("/invoices", params={"per_page": 100})
    return listed.json()["invoices"][::-1]


def test_an_advance_that_is_killed_keeps_what_it_did_and_goes_on_when_it_is_called_again(installation, sandbox):
    advance = threading.Thread(target=move, args=(sandbox, END))
    advance.start()
    with httpx.Client(base_url=sandbox.base_url, headers=sandbox.headers, timeout=30) as onlooker:
        assert wait_until(lambda: len(invoices(onlooker)) > 3, 30)
        for pid in processes_of(installation, "web process"):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    advance.join(30)
    assert wait_until(installation.is_healthy, 30)
    time.sleep(0.5)
    stands_at = sandbox.get("/test_clock").json()["test_clock"]["now"]
    assert "2024-04-01T00:00:00Z" <= stands_at < END
    assert move(sandbox, END) == 200
    made = invoices(sandbox)
    assert [row["sequential_id"] for row in made] == list(range(1, 12 * YEARS + 1))
    assert [row["created_at"] for row in made] == sorted({row["created_at"] for row in made})
    assert all(row["file_url"] for row in made)
