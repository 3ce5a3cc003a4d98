"""Payments: the list, a page for each, and what should have been paid by now (05 §2)."""

import uuid

from flask import Response

from lago.admin.pages import current_organization, day, found, one_of, page, paged, show, text
from lago.core import clock
from lago.payments.browse import (
    PaymentFilter,
    browse_payments,
    currencies_of_payments,
    find_payment_on_page,
    invoices_met,
    receipt_pdf,
    receipts_by_payment,
)
from lago.payments.browse_overdue import (
    OverdueFilter,
    browse_late_customers,
    browse_overdue,
    overdue_amounts,
    overdue_totals,
)
from lago.payments.models import Payment

PAYMENT_STATUSES = ("pending", "processing", "succeeded", "failed")
TYPES = {"manual": "By hand", "provider": "Provider"}
"""Who took the money (05 §2.1)."""


@page("GET", "/payments", needs="payments:view")
def payments() -> str:
    organization = current_organization()
    chosen = PaymentFilter(
        search=text("search"), payment_status=one_of("status", PAYMENT_STATUSES),
        payment_type=one_of("type", tuple(TYPES)), currency=text("currency"), since=day("from"), until=day("to"),
    )
    listed = paged(browse_payments(organization.id, chosen))
    return show(
        "payments/list.html", "payments/_list.html", page=listed, payments=listed.items,
        met=invoices_met(listed.items), chosen=chosen, filtered=chosen != PaymentFilter(),
        statuses=PAYMENT_STATUSES, types=TYPES, currencies=currencies_of_payments(organization.id),
    )


@page("GET", "/payments/<uuid:payment_id>", needs="payments:view")
def payment(payment_id: uuid.UUID) -> str:
    record = own_payment(payment_id)
    return show(
        "payments/show.html", payment=record, invoices=invoices_met([record])[record.id], types=TYPES,
        receipt=receipts_by_payment([record]).get(record.id),
        has_pdf=receipt_pdf(record.organization_id, payment_id) is not None,
    )


def own_payment(payment_id: uuid.UUID) -> Payment:
    return found(find_payment_on_page(current_organization().id, payment_id), "payment")


@page("GET", "/payments/<uuid:payment_id>/receipt.pdf", needs="payments:view")
def payment_receipt_pdf(payment_id: uuid.UUID) -> Response:
    content = found(receipt_pdf(current_organization().id, payment_id), "payment_receipt")
    return Response(content, mimetype="application/pdf", headers={"Content-Disposition": "inline"})


@page("GET", "/payments/overdue", needs="payments:view")
def overdue() -> str:
    """By invoice, or added up by customer."""
    organization_id = current_organization().id
    chosen = OverdueFilter(search=text("search"), currency=text("currency"))
    totals, by_customer = overdue_totals(organization_id), text("by") == "customer"
    query = (browse_late_customers if by_customer else browse_overdue)(organization_id, chosen)
    listed = paged(query)
    return show(
        "payments/overdue.html", "payments/_overdue.html", page=listed, by="customer" if by_customer else "invoice",
        amounts=overdue_amounts(listed.items, chosen) if by_customer else {}, totals=totals, chosen=chosen,
        filtered=chosen != OverdueFilter(), today=clock.now().date(),
    )
