"""The main job, end to end: the unmodified official Python client against a real server."""

import base64
import hashlib
import hmac
import json
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import jwt
import pytest
from lago_python_client import models
from lago_python_client.client import Client

from tests.builders.running import ADMIN_KEY, Furnished, running
from tests.builders.webhooks import Received, Receiver, receiver
from tests.processes.installation import PROJECT

pytestmark = pytest.mark.processes

JANUARY = "2024-01-01T00:00:00Z"
GRADUATED = [
    {"from_value": 0, "to_value": 10, "per_unit_amount": "0", "flat_amount": "0"},
    {"from_value": 11, "to_value": None, "per_unit_amount": "0.5", "flat_amount": "2"},
]
VOLUME = [
    {"from_value": 0, "to_value": 2, "per_unit_amount": "10", "flat_amount": "0"},
    {"from_value": 3, "to_value": None, "per_unit_amount": "8", "flat_amount": "0"},
]
CHARGES = {
    "calls": ("count_agg", None, "standard", {"amount": "0.10"}),
    "storage": ("sum_agg", "gb", "graduated", {"graduated_ranges": GRADUATED}),
    "peak": ("max_agg", "cores", "package", {"amount": "5", "free_units": 0, "package_size": 10}),
    "seats": ("unique_count_agg", "user", "volume", {"volume_ranges": VOLUME}),
}
"""Aggregation, property, charge model and price of each metric."""

EVENTS = (
    ("calls", {}), ("calls", {}), ("calls", {}),  # 3 x 0.10 = 0.30
    ("storage", {"gb": 8}), ("storage", {"gb": 7}),  # 15: 2 + 5 x 0.50 = 4.50
    ("peak", {"cores": 4}), ("peak", {"cores": 12}),  # 12: two packages of 5 = 10.00
    ("seats", {"user": "ann"}), ("seats", {"user": "bob"}), ("seats", {"user": "eve"}), ("seats", {"user": "ann"}),
)  # 3 seats: 3 x 8 = 24.00; all together 38.80
"""What acme uses in January."""


@pytest.fixture(scope="module")
def server() -> Iterator[Furnished]:
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def hook() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture(scope="module")
def made(server: Furnished) -> dict[str, Any]:
    """What the operator gets for a new sandbox organization."""
    body = {"name": "Hooli", "email": "ann@hooli.xyz", "sandbox": True}
    answer = httpx.post(f"{server.url}/admin/organizations", json=body, headers={"X-Admin-API-Key": ADMIN_KEY})
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def lago(server: Furnished, made: dict[str, Any]) -> Client:
    return Client(api_key=made["api_key"], api_url=server.url)


def move_clock(lago: Client, moment: str) -> None:
    headers = {"Authorization": f"Bearer {lago.api_key}"}
    body = {"test_clock": {"now": moment}}
    answer = httpx.put(f"{lago.base_api_url}test_clock", json=body, headers=headers, timeout=60)
    assert answer.json() == {"test_clock": {"now": moment, "status": "ready"}}


def a_charge(lago: Client, code: str) -> models.Charge:
    aggregation, name, model, properties = CHARGES[code]
    metric = models.BillableMetric(name=code, code=code, aggregation_type=aggregation, field_name=name)
    created = lago.billable_metrics.create(metric)
    return models.Charge(billable_metric_id=created.lago_id, charge_model=model, properties=properties)


def sell(lago: Client) -> None:
    """A tax, a plan with a charge of each model, and a customer who takes it."""
    lago.taxes.create(models.Tax(name="VAT", code="vat", rate=20.0, applied_to_organization=True))
    charges = models.Charges(__root__=[a_charge(lago, code) for code in CHARGES])
    lago.plans.create(models.Plan(
        name="Pro", code="pro", interval="monthly", amount_cents=4900, amount_currency="EUR", pay_in_advance=False,
        charges=charges,
    ))
    lago.customers.create(models.Customer(external_id="acme", name="Ακμή Ltd", currency="EUR", country="GR"))
    lago.subscriptions.create(models.Subscription(external_customer_id="acme", external_id="acme", plan_code="pro"))


def an_event(number: int, code: str, properties: dict[str, Any]) -> models.Event:
    return models.Event(
        transaction_id=f"t{number}", external_subscription_id="acme", code=code, properties=properties
    )


@pytest.fixture(scope="module")
def story(lago: Client, hook: Receiver) -> SimpleNamespace:
    """A month of acme, up to its invoice."""
    move_clock(lago, JANUARY)
    for algorithm in ("jwt", "hmac"):
        lago.webhook_endpoints.create(
            models.WebhookEndpoint(webhook_url=f"{hook.url}/{algorithm}", signature_algo=algorithm)
        )
    sell(lago)
    move_clock(lago, "2024-01-10T12:00:00Z")
    events = [an_event(number, *event) for number, event in enumerate(EVENTS)]
    lago.events.batch_create(models.BatchEvent(events=events[:-1]))
    single = lago.events.create(events[-1])
    usage = lago.customers.current_usage("acme", "acme")
    move_clock(lago, "2024-02-01T00:00:00Z")
    (listed,) = lago.invoices.find_all({"external_customer_id": "acme"})["invoices"]
    return SimpleNamespace(
        single=single, usage=usage, listed=listed, invoice=lago.invoices.find(listed.lago_id), hook=hook
    )


def test_an_event_is_answered_and_found_again(lago: Client, story: SimpleNamespace) -> None:
    found = lago.events.find(story.single.transaction_id)
    assert (found.lago_id, found.timestamp) == (story.single.lago_id, "2024-01-10T12:00:00.000Z")


def test_current_usage_prices_all_four_models(story: SimpleNamespace) -> None:
    prices = {one.billable_metric.code: one.amount_cents for one in story.usage.charges_usage}
    assert prices == {"calls": 30, "storage": 450, "peak": 1000, "seats": 2400}
    assert (story.usage.amount_cents, story.usage.taxes_amount_cents, story.usage.total_amount_cents) == (
        3880, 776, 4656
    )


def test_the_invoice_says_what_usage_said_and_adds_the_month(story: SimpleNamespace) -> None:
    invoice = story.invoice
    amounts = {fee.item.code: fee.amount_cents for fee in invoice.fees.__root__}
    assert amounts == {"pro": 4900, "calls": 30, "storage": 450, "peak": 1000, "seats": 2400}
    assert (invoice.fees_amount_cents, invoice.taxes_amount_cents, invoice.total_amount_cents) == (8780, 1756, 10536)
    assert (invoice.status, invoice.issuing_date, invoice.currency) == ("finalized", "2024-02-01", "EUR")
    assert invoice.number == story.listed.number and invoice.number.endswith("-001-001")


def test_the_link_of_a_download_leads_to_the_pdf_without_a_key(lago: Client, story: SimpleNamespace) -> None:
    for invoice in (story.invoice, story.listed, lago.invoices.download(story.invoice.lago_id)):
        answer = httpx.get(invoice.file_url)
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF") and len(answer.content) > 5000


def arrived(story: SimpleNamespace, algorithm: str) -> list[Received]:
    return [request for request in story.hook.requests if request.path.endswith(f"/{algorithm}")]


@pytest.mark.parametrize("algorithm", ["jwt", "hmac"])
def test_each_endpoint_was_told_everything_once(story: SimpleNamespace, algorithm: str) -> None:
    requests = arrived(story, algorithm)
    told = [request.json["webhook_type"] for request in requests]
    assert len({request.headers["X-Lago-Unique-Key"] for request in requests}) == len(requests)
    assert {request.headers["X-Lago-Signature-Algorithm"] for request in requests} == {algorithm}
    assert sorted(set(told)) == sorted({
        "billable_metric.created", "plan.created", "customer.created", "subscription.started", "invoice.created",
        "invoice.generated",
    })  # fmt: skip
    assert told.count("invoice.created") == told.count("invoice.generated") == 1


def test_the_webhook_of_an_invoice_shows_it(story: SimpleNamespace) -> None:
    (told,) = [one.json for one in arrived(story, "jwt") if one.json["webhook_type"] == "invoice.generated"]
    assert told["invoice"]["lago_id"] == story.invoice.lago_id
    assert httpx.get(told["invoice"]["file_url"]).content.startswith(b"%PDF")


def test_signatures_with_the_public_key_hold(lago: Client, server: Furnished, story: SimpleNamespace) -> None:
    key = lago.webhooks.public_key()
    for request in arrived(story, "jwt"):
        claims = jwt.decode(request.headers["X-Lago-Signature"], key, algorithms=["RS256"], issuer=server.url)
        assert claims["data"] == request.body.decode()


def hmac_key(server: Furnished, organization_id: str) -> bytes:
    """The organization's HMAC key, which the operator's own tools can read."""
    script = (
        "import sys; from app import create_app; from lago.core.db import db;"
        "from lago.organizations.models import Organization; context = create_app().app_context(); context.push();"
        "print(db.session.get(Organization, sys.argv[1]).hmac_key)"
    )
    environment = {**server.variables, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-c", script, organization_id]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().encode()


def test_signatures_with_the_shared_key_hold(server: Furnished, made: Any, story: SimpleNamespace) -> None:
    key = hmac_key(server, made["organization"]["lago_id"])
    for request in arrived(story, "hmac"):
        expected = base64.b64encode(hmac.new(key, request.body, hashlib.sha256).digest()).decode()
        assert hmac.compare_digest(request.headers["X-Lago-Signature"], expected)
        assert json.loads(request.body)["organization_id"] == made["organization"]["lago_id"]
