"""`/wallet_transactions` and `/wallets/:id/wallet_transactions`."""

from typing import Any

from lago.api.kit import argument, body, current_organization, found, many, mapping, one
from lago.api.routes import endpoint
from lago.payments.top_up_url import top_up_url
from lago.wallets.models import WalletTransaction
from lago.wallets.order_transactions import order_transactions
from lago.wallets.queries import wallet_by_id
from lago.wallets.transaction_queries import Side, list_consumptions, list_transactions, other_side, transaction_by_id
from lago.wallets.transaction_schemas import ConsumptionSchema, TransactionSchema

_CHOICES = ("status", "transaction_status", "transaction_type")


@endpoint("POST", "/wallet_transactions", permission="wallet_transaction")
def add_wallet_transactions() -> dict[str, Any]:
    made = order_transactions(current_organization(), body("wallet_transaction"))
    return {"wallet_transactions": TransactionSchema().dump(made, many=True)}


@endpoint("GET", "/wallet_transactions/<segment:lago_id>", permission="wallet_transaction")
def show_wallet_transaction(lago_id: str) -> dict[str, Any]:
    return one("wallet_transaction", TransactionSchema("sections"), _found(lago_id))


@endpoint("GET", "/wallets/<segment:lago_id>/wallet_transactions", permission="wallet_transaction")
def list_wallet_transactions(lago_id: str) -> dict[str, Any]:
    wallet = found(wallet_by_id(current_organization().id, lago_id), "wallet")
    query = list_transactions(wallet, {name: argument(name) for name in _CHOICES}, mapping("metadata"))
    return many("wallet_transactions", TransactionSchema(), query)


@endpoint("GET", "/wallet_transactions/<segment:lago_id>/consumptions", permission="wallet_transaction")
def list_wallet_transaction_consumptions(lago_id: str) -> dict[str, Any]:
    return _used("wallet_transaction_consumptions", lago_id, "inbound")


@endpoint("GET", "/wallet_transactions/<segment:lago_id>/fundings", permission="wallet_transaction")
def list_wallet_transaction_fundings(lago_id: str) -> dict[str, Any]:
    return _used("wallet_transaction_fundings", lago_id, "outbound")


@endpoint("POST", "/wallet_transactions/<segment:lago_id>/payment_url", permission="wallet_transaction")
def show_wallet_transaction_payment_url(lago_id: str) -> dict[str, Any]:
    row = _found(lago_id)
    customer = row.wallet.customer
    url = top_up_url(row)
    return {"wallet_transaction_payment_details": {
        "lago_customer_id": str(customer.id), "external_customer_id": customer.external_id,
        "payment_provider": customer.payment_provider, "lago_wallet_transaction_id": str(row.id), "payment_url": url,
    }}


def _used(root: str, lago_id: str, side: Side) -> dict[str, Any]:
    query = list_consumptions(_found(lago_id), side)
    return many(root, ConsumptionSchema(other_side(side)), query)


def _found(lago_id: str) -> WalletTransaction:
    return found(transaction_by_id(current_organization().id, lago_id), "wallet_transaction")
