"""`/payments` and `/customers/:external_id/payments` (05 §2.2, §2.10)."""

from typing import Any

from lago.api.kit import argument, body, current_organization, found, many, one
from lago.api.routes import endpoint
from lago.core.errors import Invalid
from lago.core.ids import as_uuid
from lago.customers.queries import customer_by_external_id
from lago.payments.queries import list_payments, payment_by_id
from lago.payments.record import record
from lago.payments.schemas import PaymentSchema


@endpoint("POST", "/payments", permission="payment")
def record_payment() -> dict[str, Any]:
    return one("payment", PaymentSchema(), record(current_organization(), body("payment")))


@endpoint("GET", "/payments", permission="payment")
def list_all_payments() -> dict[str, Any]:
    return _listed(argument("external_customer_id"))


@endpoint("GET", "/customers/<segment:external_id>/payments", permission="payment")
def list_customer_payments(external_id: str) -> dict[str, Any]:
    found(customer_by_external_id(current_organization().id, external_id), "customer")
    return _listed(external_id)


@endpoint("GET", "/payments/<segment:lago_id>", permission="payment")
def show_payment(lago_id: str) -> dict[str, Any]:
    payment = found(payment_by_id(current_organization().id, as_uuid(lago_id)), "payment")
    return one("payment", PaymentSchema(), payment)


def _listed(external_customer_id: str | None) -> dict[str, Any]:
    given = argument("invoice_id")
    invoice_id = as_uuid(given) if given else None
    if given and invoice_id is None:
        raise Invalid({"invoice_id": ["is in invalid format"]})
    return many("payments", PaymentSchema(), list_payments(current_organization().id, external_customer_id, invoice_id))
