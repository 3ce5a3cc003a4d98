"""The invoice that a customer would get (04 §11)."""

from collections.abc import Iterator, Mapping
from typing import Any

from lago.core import clock
from lago.core.db import db, lock, tried
from lago.customers.models import Customer
from lago.invoicing.credit_notes.use import use_credit_notes
from lago.invoicing.dates import invoice_dates
from lago.invoicing.lines import is_invoiced
from lago.invoicing.make import compose, make_lines
from lago.invoicing.models import Invoice
from lago.invoicing.preview.coupons import coupons_for
from lago.invoicing.preview.cover import cover
from lago.invoicing.preview.covered import Covered
from lago.invoicing.preview.customer import previewed_customer
from lago.invoicing.preview.request import read_request
from lago.invoicing.progressive_credit import NO_PROGRESSIVE
from lago.invoicing.schemas import InvoiceSchema
from lago.invoicing.use_wallets import use_wallets
from lago.organizations.models import Organization
from lago.subscriptions.taxes import TaxChoice

_PARTS = ("customer", "credits", "applied_taxes", "subscriptions", "fees")


def preview_invoice(organization: Organization, data: Mapping[str, Any]) -> dict[str, Any]:
    """The object of the answer: an invoice as it is shown, with null for every id of what is not stored.

    It is made as real ones are, and undone. Raises BadRequest, NotFound and Invalid as 04 §11 says.
    """
    wanted = read_request(organization, data)

    def attempt() -> dict[str, Any]:
        customer, exists = previewed_customer(organization, wanted.customer)
        lock(customer.id)
        covered = cover(customer, exists, wanted)
        invoice = _invoice(customer, covered, wanted.coupons)
        return _shown(invoice, covered, exists)

    return tried(attempt)


def _invoice(customer: Customer, covered: Covered, sent: Any) -> Invoice:
    """With coupons, taxes, credit notes and wallets, but without the credit of progressive invoices."""
    with clock.at(max(covered.timestamp, clock.now()), standing=clock.standing() is not None):
        [lines] = [made for made in make_lines([covered.lines])]
        fees = [fee for one in lines for fee in one.fees if is_invoiced(fee)]
        currency = covered.lines[0].subscription.plan.amount_currency
        coupons = coupons_for(customer, sent, currency)
        invoice = compose(covered.lines, fees, covered.timestamp, TaxChoice(), NO_PROGRESSIVE, coupons)
        _date(invoice, covered)
        if covered.note is not None:
            covered.note.created_at = customer.created_at  # it is used before the others
        db.session.add(invoice)
        db.session.flush()
        use_credit_notes([invoice])
        use_wallets([invoice])
        db.session.flush()
    return invoice


def _date(invoice: Invoice, covered: Covered) -> None:
    reason = "subscription_periodic" if covered.recurring else covered.lines[0].reason
    dates = invoice_dates(invoice.customer, covered.timestamp, reason)
    invoice.issuing_date, invoice.payment_due_date = dates.issuing_date, dates.payment_due_date
    invoice.status, invoice.number, invoice.payment_status = "finalized", "", "pending"


def _shown(invoice: Invoice, covered: Covered, exists: bool) -> dict[str, Any]:
    """Without the ids of what is undone."""
    shown: dict[str, Any] = InvoiceSchema(*_PARTS).dump(invoice)
    unstored = set(_unstored(invoice, covered, exists))
    return {**_without(shown, unstored), "created_at": None, "updated_at": None, "web_url": None}


def _unstored(invoice: Invoice, covered: Covered, exists: bool) -> Iterator[str]:
    rows = [invoice, *invoice.fees, *invoice.applied_taxes, *invoice.credits]
    rows += [credit.applied_coupon for credit in invoice.credits if credit.applied_coupon]
    yield from (str(row.id) for row in rows)
    if covered.new is not None:
        yield str(covered.new.id)
        yield covered.new.external_id if covered.new.previous_subscription_id is None else str(covered.new.id)
    if covered.note is not None:
        yield str(covered.note.id)
    if not exists:
        yield from (str(invoice.customer_id), invoice.customer.external_id)


def _without(value: Any, unstored: set[str]) -> Any:
    """The same with null in the place of each of these texts, and of when such a thing was made."""
    if isinstance(value, dict):
        bare = value.get("lago_id") in unstored if isinstance(value.get("lago_id"), str) else False
        return {
            name: None if bare and name == "created_at" else _without(inner, unstored)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_without(inner, unstored) for inner in value]
    return None if isinstance(value, str) and value in unstored else value
