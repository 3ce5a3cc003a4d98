"""`/wallets` and `/customers/:external_id/wallets` (05 §1)."""

from collections.abc import Callable
from typing import Any

from lago.api.kit import argument, arguments, body, current_organization, found, many, one
from lago.api.routes import endpoint
from lago.customers.hold import hold
from lago.customers.models import Customer
from lago.customers.queries import customer_by_external_id
from lago.wallets.create import create_wallet
from lago.wallets.models import Wallet
from lago.wallets.queries import list_wallets, wallet_by_code, wallet_by_id
from lago.wallets.schemas import IN_FULL, WalletSchema
from lago.wallets.terminate import terminate
from lago.wallets.update import update_wallet

SHOWN = WalletSchema(*IN_FULL)
ONE = "/wallets/<segment:lago_id>"
OF_CUSTOMER = "/customers/<segment:external_id>/wallets"
ONE_OF_CUSTOMER = f"{OF_CUSTOMER}/<segment:code>"


@endpoint("POST", "/wallets", permission="wallet")
def create_() -> dict[str, Any]:
    data = body("wallet")
    return _created(_named(str(data.get("external_customer_id"))), data)


@endpoint("POST", OF_CUSTOMER, permission="wallet")
def create_of_customer(external_id: str) -> dict[str, Any]:
    return _created(_customer(external_id), body("wallet"))


@endpoint("GET", "/wallets", permission="wallet")
def list_() -> dict[str, Any]:
    external_id = argument("external_customer_id")
    return _listed(_customer(external_id) if external_id else None)


@endpoint("GET", OF_CUSTOMER, permission="wallet")
def list_of_customer(external_id: str) -> dict[str, Any]:
    return _listed(_customer(external_id))


@endpoint("GET", ONE, permission="wallet")
def show_(lago_id: str) -> dict[str, Any]:
    return one("wallet", SHOWN, wallet_of(lago_id))


@endpoint("GET", ONE_OF_CUSTOMER, permission="wallet")
def show_of_customer(external_id: str, code: str) -> dict[str, Any]:
    return one("wallet", SHOWN, wallet_of_customer(external_id, code))


@endpoint("PUT PATCH", ONE, permission="wallet")
def update_(lago_id: str) -> dict[str, Any]:
    return _updated(lambda: wallet_of(lago_id))


@endpoint("PUT PATCH", ONE_OF_CUSTOMER, permission="wallet")
def update_of_customer(external_id: str, code: str) -> dict[str, Any]:
    return _updated(lambda: wallet_of_customer(external_id, code))


@endpoint("DELETE", ONE, permission="wallet")
def terminate_(lago_id: str) -> dict[str, Any]:
    return _terminated(lambda: wallet_of(lago_id))


@endpoint("DELETE", ONE_OF_CUSTOMER, permission="wallet")
def terminate_of_customer(external_id: str, code: str) -> dict[str, Any]:
    return _terminated(lambda: wallet_of_customer(external_id, code))


def wallet_of(lago_id: str) -> Wallet:
    """The wallet of that id. Raises NotFound."""
    return found(wallet_by_id(current_organization().id, lago_id), "wallet")


def wallet_of_customer(external_id: str, code: str) -> Wallet:
    """The customer's wallet of that code, the active one if there is one. Raises NotFound."""
    return found(wallet_by_code(_customer(external_id).id, code), "wallet")


def held(find: Callable[[], Wallet]) -> Wallet:
    """The wallet that a change is about, once its customer is locked, as it is then: maybe another one of its code."""
    hold(find().customer_id, current_organization())
    return find()


def _named(external_id: str) -> Customer | None:
    return customer_by_external_id(current_organization().id, external_id)


def _customer(external_id: str) -> Customer:
    return found(_named(external_id), "customer")


def _created(customer: Customer | None, data: dict[str, Any]) -> dict[str, Any]:
    if customer is not None:
        hold(customer.id, current_organization())
    return one("wallet", SHOWN, create_wallet(current_organization(), customer, data))


def _updated(find: Callable[[], Wallet]) -> dict[str, Any]:
    data = body("wallet")
    wallet = held(find)
    update_wallet(wallet, data)
    return one("wallet", SHOWN, wallet)


def _terminated(find: Callable[[], Wallet]) -> dict[str, Any]:
    wallet = held(find)
    terminate(wallet)
    return one("wallet", SHOWN, wallet)


def _listed(customer: Customer | None) -> dict[str, Any]:
    query = list_wallets(
        current_organization().id, customer_id=customer.id if customer else None, currency=argument("currency"),
        entity_codes=arguments("billing_entity_codes"),
    )
    return many("wallets", SHOWN, query)
