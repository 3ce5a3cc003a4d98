"""The official Python client records payments and says what became of invoices."""

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
    """Of an invoice of 100.00."""
    return str(an_invoice_of_100(owner)["lago_id"])


def test_payments(lago: Client, invoice_id: str) -> None:
    made = lago.payments.create(models.Payment(invoice_id=invoice_id, amount_cents=2500, reference="wire"))
    assert (made.amount_cents, made.payment_status, made.type) == (2500, "succeeded", "manual")
    assert lago.payments.find(made.lago_id).invoice_ids == [invoice_id]
    assert [one.lago_id for one in lago.payments.find_all({"invoice_id": invoice_id})["payments"]] == [made.lago_id]
    assert lago.invoices.find(invoice_id).total_due_amount_cents == 7500


def test_what_a_client_says_of_an_invoice(lago: Client, invoice_id: str) -> None:
    note = models.InvoiceMetadata(key="order", value="7")
    change = models.Invoice(payment_status="failed", metadata=models.InvoiceMetadataList(__root__=[note]))
    changed = lago.invoices.update(change, invoice_id)
    assert (changed.payment_status, changed.metadata.__root__[0].value) == ("failed", "7")
    assert lago.invoices.retry_payment(invoice_id) is None
    assert lago.invoices.lose_dispute(invoice_id).payment_dispute_lost_at is not None


def test_what_cannot_be_done(lago: Client, invoice_id: str) -> None:
    with pytest.raises(LagoApiError) as no_page:
        lago.invoices.payment_url(invoice_id)
    assert no_page.value.response["error_details"] == {"base": ["no_linked_payment_provider"]}
    with pytest.raises(LagoApiError) as no_failure:
        lago.invoices.retry(invoice_id)
    assert no_failure.value.response["code"] == "invalid_status"
