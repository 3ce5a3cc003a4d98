"""Things to see on the pages, as they lie in the database."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from lago.core import clock
from lago.core.db import db, transaction
from lago.core.outbox import OutboxRow
from lago.invoicing.models import Invoice, InvoiceFile
from lago.metering.browse import EventFilter, newest_events
from lago.metering.models import Event
from lago.webhooks.models import WebhookDelivery, WebhookEndpoint
from tests.builders import invoices
from tests.builders.events import sent_event
from tests.builders.organizations import Account

PDF = b"%PDF-1.7 an invoice"


def an_invoice(account: Account, number: str = "NOR-001-042", *, pdf: bool = True, **values: Any) -> Invoice:
    """A finalized invoice of 109.00 EUR over a subscription fee and a usage fee, for a customer of its own."""
    entity = invoices.an_entity(code=f"entity-{number}")
    customer = invoices.a_customer(entity, external_id=f"harbour-{number}", sequential_id=_next(), slug=number)
    subscription = invoices.a_subscription(customer, name=f"Team {number}")
    fees = (invoices.a_subscription_fee(subscription), invoices.a_charge_fee(subscription, "API calls", 1000))
    with transaction():
        invoice = invoices.an_invoice(*fees, number=number, **values)
        invoices.stored(invoice, db.session, account.organization.id)
        if pdf:
            db.session.add(_file(invoice))
    return invoice


def a_customer(account: Account, external_id: str, **fields: Any) -> dict[str, Any]:
    body = {"external_id": external_id, **fields}
    return account.post("/customers", {"customer": body})["customer"]


def an_event(account: Account, **fields: Any) -> str:
    """An event sent to the API; its transaction id."""
    event = sent_event(**fields)
    account.post("/events", {"event": event})
    return str(event["transaction_id"])


def a_stored_event(account: Account, **fields: Any) -> Event:
    """The same as it was stored."""
    an_event(account, **fields)
    return newest_events(account.organization.id, EventFilter())[0]


def a_message(account: Account, status: str = "failed", webhook_type: str = "invoice.created") -> WebhookDelivery:
    """A webhook that was sent to an endpoint of its own."""
    owned = {"organization_id": account.organization.id}
    with transaction():
        endpoint = WebhookEndpoint(**owned, webhook_url=f"https://hooks.example/{uuid.uuid4()}")
        db.session.add(endpoint)
        db.session.flush()
        message = WebhookDelivery(
            **owned, endpoint=endpoint, webhook_type=webhook_type, object_type="invoice", object_id=uuid.uuid4(),
            cause_id=uuid.uuid4(), payload=json.dumps({"webhook_type": webhook_type}), status=status, http_status=500,
            response="no luck",
        )
        db.session.add(message)
    return message


def a_failure(
    account: Account, name: str = "webhooks.dispatch", *, for_good: bool = True, error: str = "ValueError: no luck",
    **args: Any,
) -> OutboxRow:
    """Background work that failed, for good or once. What it was to do is in `args`."""
    now = clock.real_now()
    with transaction():
        row = OutboxRow(
            organization_id=account.organization.id, queue="default", name=name, args=args, last_error=error,
            attempts=8 if for_good else 1, failing_since=now, failed_at=now if for_good else None,
            run_at=now + timedelta(hours=1),
        )
        db.session.add(row)
    return row


def _file(invoice: Invoice) -> InvoiceFile:
    made_at = datetime(2025, 8, 1, tzinfo=UTC)
    return InvoiceFile(
        invoice_id=invoice.id, kind="pdf", organization_id=invoice.organization_id, content=PDF, created_at=made_at
    )


_numbers = iter(range(1000, 10**9))


def _next() -> int:
    return next(_numbers)
