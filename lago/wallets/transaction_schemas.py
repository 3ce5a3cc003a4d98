"""Transactions of wallets, and what they have used of each other, as they are shown (05 §1.7, §1.14)."""

from decimal import Decimal
from typing import Any

from marshmallow import Schema, fields, post_dump

from lago.core.fields import Exact, Moment
from lago.organizations.custom_section_schemas import ChosenSectionSchema
from lago.organizations.custom_sections import chosen_by
from lago.pricing.wallet_amounts import credits_of
from lago.wallets.balance import rate_of
from lago.wallets.models import WalletConsumption, WalletTransaction
from lago.wallets.schemas import WalletSchema, payment_method_object


class TransactionSchema(Schema):
    """A wallet transaction; `parts` adds what a place shows: "wallet" in webhooks, "sections" on its own."""

    lago_id = fields.UUID(attribute="id")
    lago_wallet_id = fields.UUID(attribute="wallet_id")
    lago_invoice_id = fields.UUID(attribute="invoice_id")
    lago_credit_note_id = fields.UUID(attribute="credit_note_id")
    lago_voided_invoice_id = fields.UUID(attribute="voided_invoice_id")
    billing_entity_code = fields.Raw(attribute="billing_entity.code")
    status = fields.Raw()
    source = fields.Raw()
    transaction_status = fields.Raw()
    transaction_type = fields.Raw()
    amount = Exact()
    credit_amount = Exact()
    remaining_amount_cents = fields.Raw()
    remaining_credit_amount = fields.Method("dump_remaining_credits")
    priority = fields.Raw()
    purchase_order_number = fields.Function(
        lambda row: row.purchase_order_number or row.wallet.purchase_order_number
    )
    settled_at = Moment()
    failed_at = Moment()
    created_at = Moment()
    invoice_requires_successful_payment = fields.Raw()
    metadata = fields.Raw(attribute="metadata_pairs")
    name = fields.Raw()
    payment_method = fields.Function(payment_method_object)

    PARTS = {
        "sections": lambda row: {
            "applied_invoice_custom_sections": ChosenSectionSchema(many=True).dump(
                chosen_by(wallet_transaction_id=[row.id]).get(row.id, ())
            )
        },
        "wallet": lambda row: {"wallet": WalletSchema().dump(row.wallet)},
    }

    def __init__(self, *parts: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.parts = parts

    @post_dump(pass_original=True)
    def add_parts(self, data: dict[str, Any], row: WalletTransaction, **kwargs: Any) -> dict[str, Any]:
        for part in self.parts:
            data.update(self.PARTS[part](row))
        return data

    def dump_remaining_credits(self, row: WalletTransaction) -> str | None:
        cents = row.remaining_amount_cents
        return None if cents is None else _credits(row, cents)


class ConsumptionSchema(Schema):
    """What one transaction has used of another. `shown`: the one that the list is not about."""

    lago_id = fields.UUID(attribute="id")
    amount_cents = fields.Raw()
    credit_amount = fields.Function(lambda row: _credits(row.inbound, row.amount_cents))
    created_at = Moment()
    wallet_transaction = fields.Method("dump_transaction")

    def __init__(self, shown: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shown = shown

    def dump_transaction(self, row: WalletConsumption) -> Any:
        return TransactionSchema().dump(getattr(row, self.shown))


def _credits(row: WalletTransaction, cents: int) -> str | None:
    credits: Decimal = credits_of(cents, rate_of(row.wallet))
    return Exact()._serialize(credits, None, row)
