"""The official Python client asks for overdue invoices, and reads receipts."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from lago_python_client import models
from lago_python_client.client import Client
from lago_python_client.exceptions import LagoApiError

from tests.builders.organizations import Account, account
from tests.builders.payments import an_invoice_of_100
from tests.builders.serving import serving


@pytest.fixture
def owner(committing: Any) -> Account:
    return account(committing.test_client(), f"Owner {uuid.uuid4().hex[:8]}", sandbox=True)


@pytest.fixture
def lago(committing: Any, owner: Account) -> Iterator[Client]:
    with serving(committing) as url:
        yield Client(api_key=owner.api_key, api_url=url)


@pytest.fixture
def invoice_id(owner: Account, lago: Client) -> str:
    """Of an overdue invoice of 100.00."""
    identifier = str(an_invoice_of_100(owner, email="ada@example.com")["lago_id"])
    owner.at("2025-01-02T10:00:00Z")
    return identifier


def test_payment_requests(lago: Client, invoice_id: str) -> None:
    wanted = models.PaymentRequest(email="bob@example.com", external_customer_id="acme", lago_invoice_ids=[invoice_id])
    made = lago.payment_requests.create(wanted)
    assert (made.amount_cents, made.email, made.payment_status) == (10000, "bob@example.com", "pending")
    assert lago.payment_requests.find(made.lago_id).lago_id == made.lago_id
    assert [one.lago_id for one in lago.payment_requests.find_all()["payment_requests"]] == [made.lago_id]


def test_what_cannot_be_asked_for(lago: Client, invoice_id: str) -> None:
    wanted = models.PaymentRequest(email="b@example.com", external_customer_id="nobody", lago_invoice_ids=[invoice_id])
    with pytest.raises(LagoApiError) as refused:
        lago.payment_requests.create(wanted)
    assert refused.value.response["code"] == "customer_not_found"


def test_receipts(lago: Client, invoice_id: str) -> None:
    paid = lago.payments.create(models.Payment(invoice_id=invoice_id, amount_cents=2500, reference="wire"))
    (receipt,) = lago.payment_receipts.find_all({"invoice_id": invoice_id})["payment_receipts"]
    assert receipt.number.endswith("-RCPT-000001")
    assert lago.payment_receipts.find(receipt.lago_id).payment.lago_id == paid.lago_id
