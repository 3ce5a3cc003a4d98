"""A client says that money came for an invoice (05 §2.2)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select

from lago.core.db import db
from lago.core.errors import Forbidden, Invalid, NotFound
from lago.core.fields import INVALID_DATE, MANDATORY, OUT_OF_RANGE, TOO_LONG, is_billable, parse_moment
from lago.core.ids import as_uuid
from lago.customers.hold import hold
from lago.invoicing.models import ADVANCE_CHARGES, Invoice
from lago.organizations.models import Organization
from lago.payments.add_payment import add_payment
from lago.payments.models import Payment, PaymentRequest, PaymentRequestInvoice

PAYABLE_STATUSES = ("finalized", "open")
"""Of invoices that a payment may be recorded for."""

LONGEST_REFERENCE = 40


def record(organization: Organization, data: Mapping[str, Any]) -> Payment:
    """Records the payment that was made, never more than is due of the invoice. The first check that fails, in the
    order of 05 §2.2, raises Invalid, NotFound or Forbidden, and nothing is recorded."""
    invoice_id, amount_cents = _invoice_id(data), _amount_cents(data)
    invoice = _locked(organization, invoice_id)
    paid_at = None
    if invoice.invoice_type != ADVANCE_CHARGES:
        if invoice.status not in PAYABLE_STATUSES:
            raise Forbidden
        paid_at = _paid_at(data)
    reference = _reference(data)
    _check_amount(invoice, amount_cents)
    if _is_paid_by_request(invoice):
        raise Invalid({"base": ["payment_request_is_already_succeeded"]})
    return add_payment(invoice, amount_cents, reference, paid_at)


def _invoice_id(data: Mapping[str, Any]) -> str:
    given = data.get("invoice_id")
    if given is None or not str(given).strip():
        raise Invalid({"invoice_id": [MANDATORY]})
    return str(given)


def _amount_cents(data: Mapping[str, Any]) -> int:
    """A JSON integer: no text, no 1.0, no boolean."""
    given = data.get("amount_cents")
    if not isinstance(given, int) or isinstance(given, bool) or given <= 0:
        raise Invalid({"amount_cents": ["invalid_value"]})
    return given


def _locked(organization: Organization, invoice_id: str) -> Invoice:
    """The invoice, as it is once nobody else is at the customer's money."""
    found = select(Invoice).where(Invoice.organization_id == organization.id, Invoice.id == as_uuid(invoice_id))
    invoice = db.session.scalar(found)
    if invoice is None:
        raise NotFound("invoice")
    hold(invoice.customer_id, organization)
    db.session.refresh(invoice)
    return invoice


def _paid_at(data: Mapping[str, Any]) -> datetime | None:
    given = data.get("paid_at")
    if given is None or given == "":
        return None
    moment = parse_moment(given)
    if moment is None or not is_billable(moment):
        raise Invalid({"paid_at": [INVALID_DATE]})
    return moment


def _reference(data: Mapping[str, Any]) -> str:
    given = data.get("reference")
    text = str(given) if isinstance(given, str | int | float) else ""
    if not text.strip():
        raise Invalid({"reference": [MANDATORY]})
    if len(text) > LONGEST_REFERENCE:
        raise Invalid({"reference": [TOO_LONG]})
    return text


def _check_amount(invoice: Invoice, amount_cents: int) -> None:
    if invoice.invoice_type == "credit" and amount_cents != invoice.total_amount_cents:
        raise Invalid({"amount_cents": ["invalid_amount"]})
    if amount_cents > invoice.total_due_amount_cents:
        raise Invalid({"amount_cents": [OUT_OF_RANGE]})


def _is_paid_by_request(invoice: Invoice) -> bool:
    """Whether a payment request that asked for it, among others, has succeeded."""
    asked = select(PaymentRequestInvoice.payment_request_id).where(PaymentRequestInvoice.invoice_id == invoice.id)
    succeeded = exists().where(PaymentRequest.id.in_(asked), PaymentRequest.payment_status == "succeeded")
    return bool(db.session.scalar(select(succeeded)))
