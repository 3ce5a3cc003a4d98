"""The credits that a new wallet begins with (05 §1.3)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, pre_load, validates_schema

from lago.core.errors import Invalid
from lago.core.fields import Flag, Text
from lago.core.schemas import InputSchema
from lago.pricing.wallet_amounts import limit_problem, of_sold, rounds_to_zero
from lago.wallets.balance import hold_wallet, rate_of
from lago.wallets.create_transactions import create_transactions
from lago.wallets.credits import MOST_CENTS, credits_in_text
from lago.wallets.inputs import PriorityField
from lago.wallets.models import Wallet
from lago.wallets.orders import DEFAULT_PRIORITY, TransactionOrder
from lago.wallets.rule_inputs import MOST_PAIRS
from lago.wallets.transaction_metadata import transaction_metadata_problem


@dataclass(frozen=True)
class FirstCredits:
    """What is bought and given at first, decimals of 0 or more as texts, and what is said of these transactions."""

    paid_credits: str
    granted_credits: str
    ignore_paid_top_up_limits_on_creation: bool
    transaction_name: str | None
    transaction_priority: int
    transaction_metadata: list[dict[str, Any]]
    purchase_order_number: str | None = None

    @property
    def paid(self) -> Decimal:
        return Decimal(self.paid_credits)

    @property
    def granted(self) -> Decimal:
        return Decimal(self.granted_credits)

    def as_arguments(self) -> dict[str, Any]:
        """What a job is given."""
        return asdict(self)


class _TextOfCredits(fields.Raw):
    """Credits in a text; `name` is in the code of what is wrong with them."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        number = credits_in_text(value)
        if number is None:
            raise ValidationError([f"invalid_{attr}", "invalid_amount"])
        return str(number)


class FirstCreditsInput(InputSchema):
    """What the body of a new wallet says of its first credits."""

    paid_credits = _TextOfCredits(load_default="0")
    granted_credits = _TextOfCredits(load_default="0")
    ignore_paid_top_up_limits_on_creation = Flag(load_default=False)
    transaction_name = Text(most=255, load_default=None)
    transaction_priority = PriorityField(load_default=DEFAULT_PRIORITY)
    transaction_metadata = fields.Raw(load_default=None)

    @pre_load
    def drop_nulls(self, data: Mapping[str, Any], **kwargs: Any) -> dict[str, Any]:
        """A null is as good as no field."""
        return {name: value for name, value in data.items() if value is not None}

    @validates_schema(skip_on_field_errors=False)
    def check_metadata(self, values: dict[str, Any], **kwargs: Any) -> None:
        if problem := transaction_metadata_problem(values.get("transaction_metadata"), MOST_PAIRS):
            raise ValidationError({"metadata": [problem]})


def read_first_credits(data: Mapping[str, Any]) -> FirstCredits:
    """The first credits of a client's object of a wallet. Raises Invalid with all that is wrong."""
    values = FirstCreditsInput().read(data)
    return FirstCredits(**{**values, "transaction_metadata": values["transaction_metadata"] or []})


def check_first_credits(wallet: Wallet, first: FirstCredits) -> None:
    """Raises Invalid where something of the credits is worth nothing, too much, or outside of the wallet's limits."""
    rate = rate_of(wallet)
    amounts = {"paid_credits": first.paid, "granted_credits": first.granted}
    problems = {name: ["amount_rounds_to_zero"] for name, amount in amounts.items() if rounds_to_zero(amount, rate)}
    for name, amount in amounts.items():
        if of_sold(amount, rate).amount_cents > MOST_CENTS:
            problems[name] = [f"invalid_{name}", "invalid_amount"]
    if problems:
        raise Invalid(problems)
    cents = of_sold(first.paid, rate).amount_cents
    problem = limit_problem(cents, wallet.paid_top_up_min_amount_cents, wallet.paid_top_up_max_amount_cents)
    if cents and problem and not first.ignore_paid_top_up_limits_on_creation:
        raise Invalid({"paid_credits": [problem]})


def give_first_credits(wallet: Wallet, first: FirstCredits) -> None:
    """Orders the credits, unless the wallet was terminated before it came to that. The number of the purchase order is
    the rule's, else the wallet's."""
    hold_wallet(wallet)
    if wallet.status == "active":
        create_transactions(wallet, TransactionOrder(
            paid=first.paid, granted=first.granted, name=first.transaction_name, priority=first.transaction_priority,
            metadata=first.transaction_metadata, ignore_limits=first.ignore_paid_top_up_limits_on_creation,
            purchase_order_number=first.purchase_order_number, payment_method_type=wallet.payment_method_type,
            payment_method_id=wallet.payment_method_id,
        ))
