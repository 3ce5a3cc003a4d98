"""The official Python client's other calls: subscriptions, events, invoices, webhook endpoints, and errors."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from lago_python_client import models
from lago_python_client.client import Client
from lago_python_client.exceptions import LagoApiError

from tests.builders.organizations import Account, account
from tests.builders.serving import serving

PLAN = {
    "name": "Pro", "code": "pro", "interval": "monthly", "amount_cents": 1000, "amount_currency": "EUR",
    "pay_in_advance": True,
}  # fmt: skip


@pytest.fixture
def owner(committing: Any) -> Account:
    return account(committing.test_client(), f"Owner {uuid.uuid4().hex[:8]}", sandbox=True)


@pytest.fixture
def lago(committing: Any, owner: Account) -> Iterator[Client]:
    with serving(committing) as url:
        yield Client(api_key=owner.api_key, api_url=url)


@pytest.fixture
def subscribed(lago: Client, owner: Account) -> Any:
    """`acme`, on a plan in advance since 1 January 2024: it has an invoice."""
    owner.at("2024-01-01T00:00:00Z")
    lago.billable_metrics.create(models.BillableMetric(name="Calls", code="calls", aggregation_type="count_agg"))
    lago.plans.create(models.Plan(**PLAN))
    return lago.subscriptions.create(
        models.Subscription(external_customer_id="acme", external_id="acme", plan_code="pro", name="Main")
    )


def refused(call: Any, *arguments: Any) -> LagoApiError:
    with pytest.raises(LagoApiError) as caught:
        call(*arguments)
    return caught.value


def test_subscriptions(lago: Client, subscribed: Any) -> None:
    assert (subscribed.status, subscribed.name, subscribed.started_at) == ("active", "Main", "2024-01-01T00:00:00.000Z")
    assert lago.subscriptions.update(models.Subscription(name="Renamed"), "acme").name == "Renamed"
    assert lago.subscriptions.find("acme").name == "Renamed"
    listed = lago.subscriptions.find_all({"external_customer_id": "acme", "status[]": "active"})
    assert [one.lago_id for one in listed["subscriptions"]] == [subscribed.lago_id]
    assert lago.subscriptions.destroy("acme", {"on_termination_invoice": "skip"}).status == "terminated"


def test_events(lago: Client, subscribed: Any) -> None:
    event = models.Event(transaction_id="t1", external_subscription_id="acme", code="calls", timestamp=1704070800)
    assert lago.events.create(event).timestamp == "2024-01-01T01:00:00.000Z"
    batch = [models.Event(transaction_id=f"b{n}", external_subscription_id="acme", code="calls") for n in range(3)]
    assert lago.events.batch_create(models.BatchEvent(events=batch)) is None
    assert lago.events.find("b2").external_subscription_id == "acme"


def test_invoices(lago: Client, subscribed: Any, owner: Account) -> None:
    found = lago.invoices.find_all({"per_page": 1, "page": 1})
    assert (found["meta"]["total_count"], found["invoices"][0].total_amount_cents) == (1, 1000)
    identifier = found["invoices"][0].lago_id
    owner.at("2024-01-01T00:00:00Z")
    assert lago.invoices.find(identifier).subscriptions.__root__[0].lago_id == subscribed.lago_id
    assert lago.invoices.download(identifier).file_url


def test_usage_without_charges(lago: Client, subscribed: Any) -> None:
    usage = lago.customers.current_usage("acme", "acme", apply_taxes="false")
    assert (usage.currency, usage.amount_cents, usage.charges_usage) == ("EUR", 0, [])


def test_webhook_endpoints(lago: Client) -> None:
    made = lago.webhook_endpoints.create(models.WebhookEndpoint(webhook_url="https://example.com/hook"))
    assert made.signature_algo == "jwt"
    change = models.WebhookEndpoint(webhook_url="https://example.com/other", signature_algo="hmac", event_types=[])
    assert lago.webhook_endpoints.update(change, made.lago_id).signature_algo == "hmac"
    assert lago.webhook_endpoints.find(made.lago_id).event_types == []
    assert lago.webhook_endpoints.find_all()["meta"]["total_count"] == 1
    assert lago.webhook_endpoints.destroy(made.lago_id).webhook_url == "https://example.com/other"


def test_organization(lago: Client) -> None:
    change = models.Organization(default_currency="EUR", legal_name="Hooli Ltd", timezone="Europe/Athens")
    changed = lago.organizations.update(change)
    assert (changed.legal_name, changed.timezone) == ("Hooli Ltd", "Europe/Athens")


def test_the_key_of_webhooks(lago: Client) -> None:
    assert lago.webhooks.public_key().startswith(b"-----BEGIN PUBLIC KEY-----")


def test_what_is_not_there(lago: Client) -> None:
    for resource in (
        lago.billable_metrics, lago.taxes, lago.plans, lago.customers, lago.subscriptions, lago.events, lago.invoices,
        lago.webhook_endpoints,
    ):  # fmt: skip
        error = refused(resource.find, "nobody")
        assert (error.status_code, error.response["code"]) == (404, f"{resource.ROOT_NAME}_not_found")


def test_what_is_invalid(lago: Client, subscribed: Any) -> None:
    error = refused(lago.plans.create, models.Plan(**PLAN))
    assert (error.status_code, error.response["error_details"]) == (422, {"code": ["value_already_exist"]})
    event = models.Event(transaction_id="t1", external_subscription_id="acme", code="calls")
    lago.events.create(event)
    error = refused(lago.events.create, event)
    assert (error.status_code, error.response["error_details"]) == (422, {"transaction_id": ["value_already_exist"]})


def test_a_wrong_key(lago: Client) -> None:
    stranger = Client(api_key="wrong", api_url=lago.api_url)
    assert refused(stranger.plans.find_all).status_code == 401
