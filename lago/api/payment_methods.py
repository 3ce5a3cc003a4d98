"""`/customers/:external_id/payment_methods` (05 §2.8): providers keep them, and there is no provider yet."""

from typing import Any

from lago.api.kit import current_organization, found
from lago.api.routes import endpoint
from lago.core.errors import NotFound
from lago.core.pagination import Page
from lago.customers.queries import customer_by_external_id

ALL = "/customers/<segment:external_id>/payment_methods"
ONE = f"{ALL}/<segment:lago_id>"


@endpoint("GET", ALL, permission="payment_method")
def list_payment_methods(external_id: str) -> dict[str, Any]:
    _check_customer(external_id)
    return {"payment_methods": [], "meta": Page([], number=1, per_page=1, total_count=0).meta}


@endpoint("DELETE", ONE, permission="payment_method")
def remove_payment_method(external_id: str, lago_id: str) -> None:
    _refuse(external_id)


@endpoint("PUT", f"{ONE}/set_as_default", permission="payment_method")
def choose_payment_method(external_id: str, lago_id: str) -> None:
    _refuse(external_id)


def _refuse(external_id: str) -> None:
    """No customer has any."""
    _check_customer(external_id)
    raise NotFound("payment_method")


def _check_customer(external_id: str) -> None:
    found(customer_by_external_id(current_organization().id, external_id), "customer")
