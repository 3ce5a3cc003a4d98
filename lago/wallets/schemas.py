"""A wallet as shown by the API and in webhooks (05 §1.2, §1.13)."""

import uuid
from typing import Any

from marshmallow import Schema, fields, post_dump

from lago.core import clock
from lago.core.fields import Exact, Moment, MomentWithMilliseconds
from lago.organizations.custom_section_schemas import ChosenSectionSchema
from lago.organizations.custom_sections import chosen_by
from lago.wallets.models import RecurringTransactionRule, Wallet

SECTIONS = "applied_invoice_custom_sections"


def payment_method_object(row: Any) -> dict[str, Any]:
    """How a wallet, a rule or a transaction is to be paid for."""
    return {"payment_method_id": row.payment_method_id, "payment_method_type": row.payment_method_type}


class RuleSchema(Schema):
    """A recurring transaction rule."""

    lago_id = fields.UUID(attribute="id")
    paid_credits = Exact()
    granted_credits = Exact()
    grants_target_top_up = fields.Function(lambda rule: bool(rule.grants_target_top_up))
    interval = fields.Raw()
    method = fields.Raw()
    started_at = Moment()
    expiration_at = Moment()
    status = fields.Raw()
    target_ongoing_balance = Exact()
    threshold_credits = Exact()
    trigger = fields.Raw()
    created_at = Moment()
    invoice_requires_successful_payment = fields.Raw()
    transaction_metadata = fields.Raw()
    transaction_name = fields.Raw()
    purchase_order_number = fields.Raw()
    ignore_paid_top_up_limits = fields.Raw()
    payment_method = fields.Function(payment_method_object)


class WalletSchema(Schema):
    """The wallet object; `parts` adds what a place shows of "rules", "applies_to", "sections" (05 §1.2): answers of the
    API show all of them (`IN_FULL`), messages about the wallet the rules alone, others none."""

    lago_id = fields.UUID(attribute="id")
    lago_customer_id = fields.UUID(attribute="customer_id")
    external_customer_id = fields.Raw(attribute="customer.external_id")
    billing_entity_code = fields.Function(lambda row: (row.billing_entity or row.customer.billing_entity).code)
    status = fields.Raw()
    currency = fields.Raw()
    name = fields.Raw()
    code = fields.Raw()
    purchase_order_number = fields.Raw()
    priority = fields.Raw()
    rate_amount = Exact()
    credits_balance = Exact()
    balance_cents = fields.Raw()
    credits_ongoing_balance = Exact()
    ongoing_balance_cents = fields.Raw()
    ongoing_usage_balance_cents = fields.Raw()
    credits_ongoing_usage_balance = Exact()
    consumed_credits = Exact()
    created_at = Moment()
    expiration_at = Moment()
    last_balance_sync_at = Moment()
    last_consumed_credit_at = Moment()
    terminated_at = MomentWithMilliseconds()
    invoice_requires_successful_payment = fields.Raw()
    paid_top_up_min_amount_cents = fields.Raw()
    paid_top_up_max_amount_cents = fields.Raw()
    payment_method = fields.Function(payment_method_object)

    PARTS = {
        "rules": lambda row: {"recurring_transaction_rules": RuleSchema(many=True).dump(rules_in_force(row))},
        "applies_to": lambda row: {"applies_to": _applies_to(row)},
    }

    def __init__(self, *parts: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.parts = parts

    @post_dump(pass_original=True)
    def add_parts(self, data: dict[str, Any], row: Wallet, **kwargs: Any) -> dict[str, Any]:
        """The parts asked for, and `metadata` where something is kept."""
        for part in self.PARTS.keys() & set(self.parts):
            data.update(self.PARTS[part](row))
        if row.metadata_pairs is not None:
            data["metadata"] = row.metadata_pairs
        return data

    @post_dump(pass_original=True, pass_collection=True)
    def add_sections(self, data: Any, rows: Any, many: bool, **kwargs: Any) -> Any:
        """What all the wallets shown have chosen, and their rules, in one query."""
        objects, wallets = (data, rows) if many else ([data], [rows])
        rules = [one for wallet in objects for one in wallet.get("recurring_transaction_rules", ())]
        own = objects if "sections" in self.parts else []
        if not rules and not own:
            return data
        chosen = chosen_by(
            wallet_id=[wallet.id for wallet in wallets] if own else [],
            recurring_transaction_rule_id=[uuid.UUID(rule["lago_id"]) for rule in rules],
        )
        for one in (*own, *rules):
            one[SECTIONS] = ChosenSectionSchema(many=True).dump(chosen.get(uuid.UUID(one["lago_id"]), ()))
        return data


IN_FULL = ("rules", "applies_to", "sections")


def rules_in_force(wallet: Wallet) -> list[RecurringTransactionRule]:
    """Its active rules that have not expired: from that very moment on one is inert, and hidden (05 §1.5)."""
    now = clock.now()
    return [
        rule for rule in wallet.rules
        if rule.status == "active" and (rule.expiration_at is None or rule.expiration_at > now)
    ]


def _applies_to(wallet: Wallet) -> dict[str, list[str]]:
    """What it may pay; nothing in both lists: everything (05 §1.11)."""
    metrics = [target.billable_metric for target in wallet.targets]
    return {
        "fee_types": wallet.allowed_fee_types,
        "billable_metric_codes": [metric.code for metric in metrics if metric.deleted_at is None],
    }
