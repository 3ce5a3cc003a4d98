"""`/payment_requests` and `/customers/:external_id/payment_requests`."""

from typing import Any

from flask import request

from lago.api.kit import argument, body, current_organization, found
from lago.api.routes import endpoint
from lago.core.ids import as_uuid
from lago.core.pagination import paginate
from lago.customers.queries import customer_by_external_id
from lago.payments.models import PaymentRequest
from lago.payments.requests.create import create_payment_request
from lago.payments.requests.queries import list_requests, made_pdfs, request_by_id
from lago.payments.requests.schemas import PaymentRequestSchema


@endpoint("GET", "/payment_requests", permission="payment_request")
def list_all_payment_requests() -> dict[str, Any]:
    return _listed(argument("external_customer_id"))


@endpoint("GET", "/customers/<segment:external_id>/payment_requests", permission="payment_request")
def list_customer_payment_requests(external_id: str) -> dict[str, Any]:
    found(customer_by_external_id(current_organization().id, external_id), "customer")
    return _listed(external_id)


@endpoint("POST", "/payment_requests", permission="payment_request")
def add_payment_request() -> dict[str, Any]:
    return _one(create_payment_request(current_organization(), body("payment_request")))


@endpoint("GET", "/payment_requests/<segment:lago_id>", permission="payment_request")
def show_payment_request(lago_id: str) -> dict[str, Any]:
    return _one(found(request_by_id(current_organization().id, as_uuid(lago_id)), "payment_request"))


def _listed(external_customer_id: str | None) -> dict[str, Any]:
    query = list_requests(current_organization().id, external_customer_id, request.args)
    page = paginate(query, argument("page"), argument("per_page"))
    schema = PaymentRequestSchema(with_pdf=made_pdfs(page.items))
    return {"payment_requests": schema.dump(page.items, many=True), "meta": page.meta}


def _one(asked: PaymentRequest) -> dict[str, Any]:
    return {"payment_request": PaymentRequestSchema(with_pdf=made_pdfs([asked])).dump(asked)}
