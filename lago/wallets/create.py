"""A new wallet (05 §1.3)."""

from collections.abc import Mapping
from typing import Any

from lago.core.db import db, unique
from lago.core.errors import Invalid
from lago.core.json_metadata import read_metadata
from lago.core.outbox import announce, enqueue
from lago.customers.models import Customer
from lago.organizations.choose_sections import SectionChoice, decide
from lago.organizations.models import BillingEntity, Organization
from lago.organizations.queries import billing_entity_named
from lago.wallets.ask_refresh import ask_refresh
from lago.wallets.codes import check_code, free_code
from lago.wallets.expiration import expire_at
from lago.wallets.first_credits import check_first_credits
from lago.wallets.inputs import NamedEntityInput, Values, WalletInput
from lago.wallets.limitations import target_metrics
from lago.wallets.models import Wallet
from lago.wallets.queries import has_untraceable_wallet
from lago.wallets.wanted import Problems, WantedWallet, read_wanted
from lago.wallets.write_rules import create_rule


def create_wallet(organization: Organization, customer: Customer | None, data: Mapping[str, Any]) -> Wallet:
    """A wallet of the customer, who is held; None is one whom nobody knows. `data` is the client's object. Its first
    credits come after the commit.

    Raises Invalid, or NotFound for an unknown billing entity.
    """
    wanted = read_wanted(organization, customer, data)
    named = NamedEntityInput().read(data)
    entity = billing_entity_named(organization.id, named["billing_entity_code"], named["billing_entity_id"])
    values = _values(wanted.customer, data)
    wallet = _record(wanted, entity, values)
    wallet.metadata_pairs = _metadata(data)
    check_first_credits(wallet, wanted.first)
    with unique("uq_wallets_code", "code"):
        db.session.add(wallet)
    decide(wallet, values.get("invoice_custom_section", SectionChoice()))
    for rule in wanted.rules:
        create_rule(wallet, rule, wanted.first)
    wanted.customer.currency = wanted.customer.currency or wallet.currency
    ask_refresh(organization.id, [wallet.customer_id])
    announce("wallet.created", wallet)
    _order_first_credits(wallet, wanted)
    return wallet


def _values(customer: Customer, data: Mapping[str, Any]) -> Values:
    """The record's columns. Raises Invalid with all that is wrong with them."""
    problems = Problems()
    sent = {**data, "currency": data.get("currency") or customer.currency}
    values = problems.collect(lambda: WalletInput().read(sent))
    if code := data.get("code"):
        problems.collect(lambda: check_code(customer.id, str(code)))
    problems.raise_any()
    assert values is not None
    values.setdefault("code", free_code(customer.id, values.get("name")))
    return values


def _record(wanted: WantedWallet, entity: BillingEntity | None, values: Values) -> Wallet:
    customer = wanted.customer
    wallet = Wallet(
        organization_id=customer.organization_id, customer_id=customer.id, customer=customer,
        billing_entity_id=entity.id if entity else None, billing_entity=entity,
        traceable=not has_untraceable_wallet(customer.id), allowed_fee_types=wanted.limitations.fee_types or [],
        payment_method_type=wanted.payment_method_type, rules=[],
        **{name: value for name, value in values.items() if name != "invoice_custom_section"},
    )
    target_metrics(wallet, wanted.limitations.metrics)
    expire_at(wallet, wanted.expiration_at)
    return wallet


def _metadata(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is kept with it; what cannot be is ignored (05 §1.19)."""
    try:
        return read_metadata(data["metadata"]) if data.get("metadata") is not None else None
    except Invalid:
        return None


def _order_first_credits(wallet: Wallet, wanted: WantedWallet) -> None:
    """Has a job do it, so that the answer shows an empty wallet."""
    if not wanted.first.paid and not wanted.first.granted:
        return
    of_rule = next((rule.purchase_order_number for rule in wallet.rules), None)
    number = {"purchase_order_number": of_rule or wallet.purchase_order_number}
    enqueue(
        "wallets.give_first_credits", organization_id=wallet.organization_id, wallet_id=wallet.id,
        **wanted.first.as_arguments() | number,
    )
