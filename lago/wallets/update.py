"""Changes of a wallet (05 §1.4)."""

from collections.abc import Mapping
from typing import Any

from lago.core.db import db, unique
from lago.core.errors import Invalid
from lago.core.json_metadata import read_metadata
from lago.core.outbox import announce
from lago.organizations.choose_sections import SectionChoice, decide
from lago.organizations.queries import billing_entity_named
from lago.subscriptions.payment_method import payment_method_type
from lago.wallets.ask_refresh import ask_refresh
from lago.wallets.codes import check_code
from lago.wallets.expiration import expire_at
from lago.wallets.inputs import NamedEntityInput, Values, WalletUpdateInput
from lago.wallets.limitations import Limitations, read_limitations, target_metrics
from lago.wallets.models import Wallet
from lago.wallets.rule_inputs import RULES, read_rules
from lago.wallets.wanted import Problems, read_expiration
from lago.wallets.write_rules import check_rules, replace_rules

_LIMITS = ("paid_top_up_min_amount_cents", "paid_top_up_max_amount_cents")


def update_wallet(wallet: Wallet, data: Mapping[str, Any]) -> None:
    """Changes what `data`, a client's object, names of a wallet whose customer is held. Whatever it names, metrics that
    it does not name are taken from what the wallet may pay (05 §1.19).

    Raises Invalid, or NotFound for an unknown billing entity.
    """
    before = _what_is_paid(wallet)
    _check_active(wallet)
    ends_at, rules = read_expiration(data), read_rules(data.get(RULES))
    limitations = _limitations(wallet, data)
    columns = _columns(wallet, data)
    choice = columns.pop("invoice_custom_section", SectionChoice())
    for name, value in columns.items():
        setattr(wallet, name, value)
    target_metrics(wallet, limitations.metrics)
    if limitations.fee_types is not None:
        wallet.allowed_fee_types = limitations.fee_types
    if "expiration_at" in data:
        expire_at(wallet, ends_at)
    with unique("uq_wallets_code", "code"):
        db.session.flush()
    decide(wallet, choice)
    if isinstance(data.get(RULES), list):
        replace_rules(wallet, rules)
    check_rules(wallet)
    if _what_is_paid(wallet) != before:
        ask_refresh(wallet.organization_id, [wallet.customer_id])
    announce("wallet.updated", wallet)


def _what_is_paid(wallet: Wallet) -> list[Any]:
    """What decides about the wallet's share of usage."""
    metrics = {target.billable_metric_id for target in wallet.targets}
    return [wallet.code, wallet.priority, set(wallet.allowed_fee_types), metrics]


def _check_active(wallet: Wallet) -> None:
    if wallet.status != "active":
        raise Invalid({"wallet_id": ["wallet_is_terminated"]})


def _limitations(wallet: Wallet, data: Mapping[str, Any]) -> Limitations:
    read = read_limitations(wallet.organization_id, data)
    if read.has_unknown_fee_type:
        raise Invalid({"allowed_fee_types": ["invalid_fee_types"]})
    if read.has_unknown_metric:
        raise Invalid({"billable_metrics": ["invalid_identifier"]})
    return read


def _columns(wallet: Wallet, data: Mapping[str, Any]) -> Values:
    """The record's own columns that are named."""
    columns: Values = {}
    method = payment_method_type(data.get("payment_method"))
    if "payment_method" in data:
        columns["payment_method_type"] = method
    named = NamedEntityInput(only=("billing_entity_code",)).read(data, partial=True)
    if named:
        entity = billing_entity_named(wallet.organization_id, named["billing_entity_code"], None)
        columns |= {"billing_entity": entity, "billing_entity_id": entity.id if entity else None}
    columns |= _values(wallet, data)
    return columns


def _values(wallet: Wallet, data: Mapping[str, Any]) -> Values:
    """What is named of them as it is kept. Raises Invalid with all that is wrong with it."""
    problems = Problems()
    limits = {name: getattr(wallet, name) for name in _LIMITS}
    values = problems.collect(lambda: WalletUpdateInput().read({**limits, **data}, partial=True))
    if data.get("code") and str(data["code"]) != wallet.code:
        problems.collect(lambda: check_code(wallet.customer_id, str(data["code"])))
    if data.get("metadata") is not None:
        problems.collect(lambda: read_metadata(data["metadata"]))
    problems.raise_any()
    assert values is not None
    return values | ({"metadata_pairs": data["metadata"]} if "metadata" in data else {})
