"""Transactions of a wallet as clients ask for them (05 §1.8)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from lago.core.db import db
from lago.core.errors import Invalid
from lago.core.fields import Flag, Text
from lago.core.schemas import InputSchema
from lago.organizations.choose_sections import CustomSections, SectionChoice
from lago.pricing.wallet_amounts import of_sold, rounds_to_zero
from lago.subscriptions.payment_method import PaymentMethod, payment_method_type
from lago.wallets.balance import rate_of
from lago.wallets.credits import MOST_CENTS, credits_in_text
from lago.wallets.inputs import PriorityField
from lago.wallets.models import Wallet, WalletTransaction
from lago.wallets.orders import DEFAULT_PRIORITY, TransactionOrder
from lago.wallets.transaction_metadata import transaction_metadata_problem
from lago.wallets.transaction_queries import transaction_by_id

MOST_PAIRS = 15
_LONGEST_NAME = 255
_AMOUNTS = ("paid_credits", "granted_credits", "voided_credits")

Problems = dict[str, list[str]]


class TransactionInput(InputSchema):
    """The fields beside wallet, credits, name and metadata."""

    invoice_requires_successful_payment = Flag(allow_none=True)
    purchase_order_number = Text(strip=True, blank_is_null=True, most=255, allow_none=True)
    ignore_paid_top_up_limits = Flag(allow_none=True)
    priority = PriorityField(allow_none=True)
    payment_method = PaymentMethod(allow_none=True)
    invoice_custom_section = CustomSections(load_default=SectionChoice())


def read_order(wallet: Wallet | None, data: Mapping[str, Any]) -> TransactionOrder:
    """What a client asks of a wallet, whose customer is locked. Raises Invalid with all that is wrong."""
    problems = dict(_problems(wallet, data))
    values: dict[str, Any] = {}
    try:
        values = TransactionInput().read(data)
    except Invalid as error:
        problems |= error.details if isinstance(error.details, Mapping) else {}
    if problems:
        raise Invalid(problems)
    paid, granted, voided = (credits_in_text(data.get(name)) for name in _AMOUNTS)
    return TransactionOrder(
        paid=paid or Decimal(0), granted=granted or Decimal(0), voided=voided,
        voided_transaction=_named(wallet, data), name=data.get("name"), metadata=data.get("metadata") or (),
        priority=values.get("priority") or DEFAULT_PRIORITY,
        purchase_order_number=values.get("purchase_order_number"),
        invoice_requires_successful_payment=values.get("invoice_requires_successful_payment"),
        ignore_limits=bool(values.get("ignore_paid_top_up_limits")),
        payment_method_type=payment_method_type(values.get("payment_method")),
        sections=values["invoice_custom_section"],
    )


def _problems(wallet: Wallet | None, data: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    if problem := _wallet_problem(wallet):
        yield "wallet_id", [problem]
    for name in _AMOUNTS:
        if data.get(name) is not None and (found := _amount_problems(wallet, name, data[name])):
            yield name, found
    if wallet and (problem := _target_problem(wallet, data)):
        yield "voided_transaction_id", [problem]
    if problem := transaction_metadata_problem(data.get("metadata"), MOST_PAIRS):
        yield "metadata", [problem]
    if problem := _name_problem(data.get("name")):
        yield "name", [problem]


def _wallet_problem(wallet: Wallet | None) -> str | None:
    if wallet is None:
        return "wallet_not_found"
    return "wallet_is_terminated" if wallet.status == "terminated" else None


def _amount_problems(wallet: Wallet | None, name: str, sent: object) -> list[str]:
    invalid = [f"invalid_{name}", "invalid_amount"]
    credits = credits_in_text(sent)
    if credits is None:
        return invalid
    if wallet is None:
        return []
    if name == "voided_credits":
        return ["insufficient_credits"] if credits > wallet.credits_balance else []
    if of_sold(credits, rate_of(wallet)).amount_cents > MOST_CENTS:
        return invalid
    return ["amount_rounds_to_zero"] if rounds_to_zero(credits, rate_of(wallet)) else []


def _target_problem(wallet: Wallet, data: Mapping[str, Any]) -> str | None:
    """What is wrong with the one transaction that is to be voided."""
    if data.get("voided_transaction_id") is None:
        return None
    if not wallet.traceable:
        return "wallet_not_traceable"
    target = _named(wallet, data)
    if target is None:
        return "wallet_transaction_not_found"
    return None if target.remaining_amount_cents else "no_remaining_amount"


def _named(wallet: Wallet | None, data: Mapping[str, Any]) -> WalletTransaction | None:
    """The incoming transaction of the wallet that `voided_transaction_id` names, as it is under the lock."""
    named = data.get("voided_transaction_id")
    if wallet is None or named is None:
        return None
    target = transaction_by_id(wallet.organization_id, named)
    if target is None or target.wallet_id != wallet.id or target.transaction_type != "inbound":
        return None
    db.session.refresh(target, ["remaining_amount_cents"])
    return target


def _name_problem(name: object) -> str | None:
    if name is None:
        return None
    if not isinstance(name, str):
        return "invalid_value"
    return "too_long" if len(name) > _LONGEST_NAME else None
