"""Payment requests: the list, a page for each, and the form that asks for overdue invoices together (05 §2.5)."""

import uuid
from typing import Any

from flask import request, url_for

from lago.admin.pages import current_organization, form_text, found, one_of, page, paged, show, text
from lago.admin.record_payment import leave_to
from lago.core import clock
from lago.core.db import all_or_nothing
from lago.core.errors import DomainError, Invalid, NotAllowed, NotFound
from lago.core.ids import as_uuid
from lago.customers.browse import find_customer
from lago.customers.models import Customer
from lago.invoicing.filters import PAYMENT_STATUSES
from lago.payments.browse_overdue import OverdueFilter, browse_late_customers
from lago.payments.models import PaymentRequest
from lago.payments.requests.browse import (
    RequestFilter,
    browse_requests,
    invoice_counts,
    overdue_of,
    payments_of,
)
from lago.payments.requests.create import create_payment_request
from lago.payments.requests.queries import request_by_id

OFFERED = 50


@page("GET", "/payments/requests", needs="payments:view")
def payment_requests() -> str:
    chosen = RequestFilter(search=text("search"), payment_status=one_of("status", PAYMENT_STATUSES))
    listed = paged(browse_requests(current_organization().id, chosen))
    return show(
        "payment_requests/list.html", "payment_requests/_list.html", page=listed, requests=listed.items,
        asked=invoice_counts([one.id for one in listed.items]), chosen=chosen, statuses=PAYMENT_STATUSES,
        filtered=chosen != RequestFilter(),
    )


@page("GET", "/payments/requests/<uuid:payment_request_id>", needs="payments:view")
def payment_request(payment_request_id: uuid.UUID) -> str:
    record = own_request(payment_request_id)
    return show("payment_requests/show.html", asked=record, payments=payments_of(record))


@page("GET POST", "/payments/requests/new", needs="payments:create")
def new_payment_request() -> Any:
    """The form for the customer that the address names; without one, the customers to choose from."""
    customer_id, organization = as_uuid(text("customer")), current_organization()
    if not customer_id:
        late = paged(browse_late_customers(organization.id, OverdueFilter(search=text("search"))))
        return show("payment_requests/choose.html", customers=late.items[:OFFERED], search=text("search"))
    customer = found(find_customer(organization.id, customer_id), "customer")
    if request.method != "POST":
        return show_form(customer, None, customer.email or "")
    chosen, email = request.form.getlist("invoice"), form_text("email") or ""
    try:
        with all_or_nothing():
            made = create_payment_request(organization, body_of(customer, chosen, email))
    except (Invalid, NotAllowed, NotFound) as error:
        return show_form(customer, chosen, email, errors=errors_of(error)), 422
    return leave_to(url_for("admin.payment_request", payment_request_id=made.id))


def body_of(customer: Customer, chosen: list[str], email: str) -> dict[str, Any]:
    """The API's object."""
    return {"external_customer_id": customer.external_id, "lago_invoice_ids": chosen, "email": email or None}


def errors_of(error: DomainError) -> dict[str, Any]:
    """By the fields of the form: what is wrong with the choice stands beside the invoices."""
    if isinstance(error, Invalid):
        details: Any = error.details
        return details
    code = error.code if isinstance(error, NotAllowed | NotFound) else ""
    return {"invoice": ["no_invoice_chosen" if code == "invoice_not_found" else code]}


def show_form(customer: Customer, chosen: list[str] | None, email: str, **context: Any) -> str:
    """`chosen`: the ids that are ticked; None for all of the first currency and billing entity."""
    offered = overdue_of(customer)
    if chosen is None:
        kind = [(one.currency, one.billing_entity_id) for one in offered]
        chosen = [str(one.id) for one, of in zip(offered, kind, strict=True) if of == kind[0]]
    return show(
        "payment_requests/new.html", customer=customer, offered=offered, chosen=chosen, email=email,
        today=clock.now().date(), **context,
    )


def own_request(request_id: uuid.UUID) -> PaymentRequest:
    return found(request_by_id(current_organization().id, request_id), "payment_request")
