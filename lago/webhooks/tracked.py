"""Of which records the activity log shows what changed, and under which names: those of the API (06 §6).

What is not named here is not in the log: keys of ours, due moments, and whatever is secret.
"""

import uuid
from typing import Any

from lago.catalog.models import (
    BillableMetric,
    BillableMetricFilter,
    Charge,
    ChargeFilter,
    Commitment,
    Coupon,
    Feature,
    FixedCharge,
    Plan,
    Privilege,
)
from lago.core.changes import Kind, Place, track
from lago.core.db import db
from lago.customers.models import Customer, CustomerMetadata
from lago.invoicing.models import Invoice
from lago.organizations.models import BillingEntity
from lago.subscriptions.models import Subscription
from lago.wallets.models import RecurringTransactionRule, Wallet, WalletTransaction


def _names(text: str, **others: str) -> dict[str, str]:
    """Attributes that are named as in the API, and `others` that are not."""
    return {name: name for name in text.split()} | others


def _code(record: Any) -> str:
    return str(record.code)


_TAXES = {"taxes": ("tax_codes", _code)}

_DETAILS = """name country address_line1 address_line2 state zipcode city email phone legal_name legal_number
    tax_identification_number timezone net_payment_term document_locale invoice_grace_period
    subscription_invoice_issuing_date_anchor subscription_invoice_issuing_date_adjustment
    finalize_zero_amount_invoice"""
"""What billing entities and customers have both."""

track(BillableMetric, Kind(_names(
    "name code description aggregation_type field_name recurring weighted_interval expression rounding_function"
    " rounding_precision"
)))
track(Plan, Kind(_names(
    "name invoice_display_name code description interval amount_cents amount_currency trial_period pay_in_advance"
    " bill_charges_monthly bill_fixed_charges_monthly pending_deletion", notes="metadata",
), _TAXES))
track(Coupon, Kind(_names(
    "name code description status coupon_type amount_cents amount_currency percentage_rate frequency"
    " frequency_duration reusable expiration expiration_at limited_plans limited_billable_metrics terminated_at"
), {"plans": ("plan_codes", _code), "billable_metrics": ("billable_metric_codes", _code)}))
track(Feature, Kind(_names("name description")))
track(BillingEntity, Kind(_names(
    f"{_DETAILS} default_currency email_settings document_numbering document_number_prefix invoice_footer einvoicing"
    " eu_tax_management"
)))
track(Customer, Kind(_names(
    f"""{_DETAILS} account_type customer_type firstname lastname url logo_url shipping_country shipping_address_line1
    shipping_address_line2 shipping_city shipping_state shipping_zipcode currency external_salesforce_id
    payment_provider payment_provider_code skip_invoice_custom_sections""", billing_entity="billing_entity_code",
), {**_TAXES, "metadata_rows": ("metadata", lambda row: str(row.key))}))
track(Subscription, Kind(_names(
    "name status subscription_at started_at ending_at terminated_at canceled_at on_termination_credit_note"
    " on_termination_invoice cancellation_reason activation_rules purchase_order_number consolidate_invoice"
    " progressive_billing_disabled skip_invoice_custom_sections", plan="plan_code",
)))
track(Invoice, Kind(_names(
    "status payment_status payment_overdue payment_dispute_lost_at total_paid_amount_cents payment_due_date"
)))
track(Wallet, Kind(_names(
    "status name code priority purchase_order_number consumed_credits expiration_at terminated_at"
    " invoice_requires_successful_payment paid_top_up_min_amount_cents paid_top_up_max_amount_cents"
    " allowed_fee_types", billing_entity="billing_entity_code", metadata_pairs="metadata",
), {"targets": ("billable_metric_codes", lambda target: _code(target.billable_metric))}))
track(WalletTransaction, Kind(_names(
    "status transaction_status remaining_amount_cents settled_at failed_at"
)))


def _part(owner: type[Any], owner_id: uuid.UUID | None, name: str) -> Place | None:
    """Nowhere, while a new part does not know whose it is: then the owner's list of parts tells of it."""
    return Place((owner, owner_id), name) if owner_id else None


def _of_plan(charge: Charge | FixedCharge) -> Place | None:
    kind = "charges" if isinstance(charge, Charge) else "fixed_charges"
    return _part(Plan, charge.plan_id, f"{kind}.{charge.code}")


def _of_charge(row: ChargeFilter) -> Place | None:
    """Whoever changes a filter has its charge at hand; one that nobody has read is not read for this."""
    charge = db.session().identity_map.get(db.session().identity_key(Charge, row.charge_id))
    return _part(Plan, charge.plan_id, f"charges.{charge.code}.filters.{row.display_name}") if charge else None


_PRICE = "charge_model properties invoice_display_name pay_in_advance prorated"

track(Charge, Kind(
    _names(f"{_PRICE} invoiceable regroup_paid_fees min_amount_cents accepts_target_wallet"), _TAXES, _of_plan,
))
track(FixedCharge, Kind(_names(f"{_PRICE} units"), _TAXES, _of_plan))
track(ChargeFilter, Kind(_names("invoice_display_name properties values"), place=_of_charge))
track(Commitment, Kind(
    _names("amount_cents invoice_display_name"), _TAXES, lambda row: _part(Plan, row.plan_id, "minimum_commitment"),
))
track(BillableMetricFilter, Kind(
    _names("values"), place=lambda row: _part(BillableMetric, row.billable_metric_id, f"filters.{row.key}"),
))
track(Privilege, Kind(
    _names("name value_type config"), place=lambda row: _part(Feature, row.feature_id, f"privileges.{row.code}"),
))
track(CustomerMetadata, Kind(
    _names("value display_in_invoice"), place=lambda row: _part(Customer, row.customer_id, f"metadata.{row.key}"),
))
track(RecurringTransactionRule, Kind(
    _names(
        "trigger method interval paid_credits granted_credits threshold_credits target_ongoing_balance started_at"
        " expiration_at transaction_name invoice_requires_successful_payment ignore_paid_top_up_limits"
    ),
    place=lambda row: _part(Wallet, row.wallet_id, f"recurring_transaction_rules.{row.id}"),
))
