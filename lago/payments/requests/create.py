"""A payment request that is asked for over the API (05 §2.5)."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields
from sqlalchemy import select

from lago.core.code_fields import Email
from lago.core.db import db
from lago.core.errors import NotAllowed, NotFound
from lago.core.fields import Text
from lago.core.ids import as_uuid
from lago.core.schemas import InputSchema
from lago.customers.hold import hold
from lago.customers.models import Customer
from lago.customers.queries import customer_by_external_id
from lago.invoicing.models import VISIBLE_STATUSES, Invoice
from lago.organizations.models import Organization
from lago.payments.models import PaymentRequest
from lago.payments.requests.add import add_request


class PaymentRequestInput(InputSchema):
    """The body of `POST /payment_requests`."""

    external_customer_id = Text(allow_none=True)
    lago_invoice_ids = fields.List(fields.Raw(allow_none=True))
    email = Text(allow_none=True)


class _Address(InputSchema):
    """The address alone: what is wrong with it is told after what is wrong with the invoices."""

    email = Email(several=True, allow_none=True)


def create_payment_request(organization: Organization, data: Mapping[str, Any]) -> PaymentRequest:
    """The request, to the customer's own address unless another one is given. Ids that are not the customer's are
    left out, as long as one is.

    Raises NotFound for the customer, or for all invoices; NotAllowed where they cannot be asked for together; Invalid
    for what is no e-mail address.
    """
    values = PaymentRequestInput().read(data)
    customer = customer_by_external_id(organization.id, values.get("external_customer_id") or "")
    if customer is None:
        raise NotFound("customer")
    hold(customer.id, organization)
    invoices = _invoices(customer, values.get("lago_invoice_ids", []))
    _check(invoices)
    email = _Address().read({"email": values.get("email")})["email"]
    return add_request(customer, invoices, email=email or customer.email)


def _invoices(customer: Customer, ids: Sequence[object]) -> Sequence[Invoice]:
    """Those of the ids that are invoices of the customer, the oldest first."""
    wanted = [identifier for identifier in map(as_uuid, ids) if identifier]
    query = select(Invoice).where(
        Invoice.customer_id == customer.id, Invoice.id.in_(wanted), Invoice.status.in_(VISIBLE_STATUSES)
    )
    query = query.order_by(Invoice.issuing_date, Invoice.seq).execution_options(populate_existing=True)
    if not (found := db.session.scalars(query).all()):
        raise NotFound("invoice")
    return found


def _check(invoices: Sequence[Invoice]) -> None:
    """In the order of the reference."""
    if not all(invoice.payment_overdue for invoice in invoices):
        raise NotAllowed("invoices_not_overdue")
    if len({invoice.currency for invoice in invoices}) > 1:
        raise NotAllowed("invoices_have_different_currencies")
    if len({invoice.billing_entity_id for invoice in invoices}) > 1:
        raise NotAllowed("invoices_have_different_billing_entities")
    if not all(invoice.ready_for_payment_processing for invoice in invoices):
        raise NotAllowed("invoices_not_ready_for_payment_processing")
