"""`/wallets/:id/metadata` and `/customers/:external_id/wallets/:code/metadata` (05 §1.6)."""

from collections.abc import Callable
from typing import Any

from lago.api.kit import payload
from lago.api.routes import endpoint
from lago.api.wallets import ONE, ONE_OF_CUSTOMER, held, wallet_of, wallet_of_customer
from lago.wallets.models import Wallet
from lago.wallets.write_metadata import delete_metadata_key, merge_metadata, replace_metadata

_OF_ONE = f"{ONE}/metadata"
_OF_CUSTOMER = f"{ONE_OF_CUSTOMER}/metadata"


@endpoint("POST", _OF_ONE, permission="wallet")
def replace_(lago_id: str) -> dict[str, Any]:
    return _replaced(lambda: wallet_of(lago_id), payload().get("metadata", {}))


@endpoint("PUT PATCH", _OF_ONE, permission="wallet")
def merge_(lago_id: str) -> dict[str, Any]:
    return _merged(lambda: wallet_of(lago_id))


@endpoint("DELETE", f"{_OF_ONE}/<segment:key>", permission="wallet")
def delete_key_(lago_id: str, key: str) -> dict[str, Any]:
    return _without(lambda: wallet_of(lago_id), key)


@endpoint("DELETE", _OF_ONE, permission="wallet")
def delete_(lago_id: str) -> dict[str, Any]:
    return _replaced(lambda: wallet_of(lago_id), None)


@endpoint("POST", _OF_CUSTOMER, permission="wallet")
def replace_of_customer(external_id: str, code: str) -> dict[str, Any]:
    return _replaced(lambda: wallet_of_customer(external_id, code), payload().get("metadata", {}))


@endpoint("PUT PATCH", _OF_CUSTOMER, permission="wallet")
def merge_of_customer(external_id: str, code: str) -> dict[str, Any]:
    return _merged(lambda: wallet_of_customer(external_id, code))


@endpoint("DELETE", f"{_OF_CUSTOMER}/<segment:key>", permission="wallet")
def delete_key_of_customer(external_id: str, code: str, key: str) -> dict[str, Any]:
    return _without(lambda: wallet_of_customer(external_id, code), key)


@endpoint("DELETE", _OF_CUSTOMER, permission="wallet")
def delete_of_customer(external_id: str, code: str) -> dict[str, Any]:
    return _replaced(lambda: wallet_of_customer(external_id, code), None)


def _replaced(find: Callable[[], Wallet], sent: Any) -> dict[str, Any]:
    wallet = held(find)
    replace_metadata(wallet, sent)
    return {"metadata": wallet.metadata_pairs}


def _merged(find: Callable[[], Wallet]) -> dict[str, Any]:
    wallet = held(find)
    merge_metadata(wallet, payload().get("metadata"))
    return {"metadata": wallet.metadata_pairs}


def _without(find: Callable[[], Wallet], key: str) -> dict[str, Any]:
    wallet = held(find)
    delete_metadata_key(wallet, key)
    return {"metadata": wallet.metadata_pairs}
