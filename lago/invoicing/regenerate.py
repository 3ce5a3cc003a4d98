"""A voided invoice is made again, with lines that a person has looked at (04 §14)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.exc import DataError

from lago.core import clock
from lago.core.db import all_or_nothing, db
from lago.core.errors import Invalid, NotAllowed
from lago.core.fields import OUT_OF_RANGE, Text
from lago.core.outbox import announce
from lago.core.schemas import InputSchema
from lago.customers.hold import hold
from lago.invoicing.apply_sections import apply_sections_of_purchase
from lago.invoicing.dates import invoice_dates
from lago.invoicing.finalize import finalize
from lago.invoicing.make import put_fees
from lago.invoicing.models import (
    AT_ONCE,
    IN_ADVANCE_CHARGE,
    ONE_OFF,
    PROGRESSIVE_BILLING,
    AppliedUsageThreshold,
    Fee,
    Invoice,
    InvoiceSubscription,
)
from lago.invoicing.numbering import draft_number
from lago.invoicing.progressive_credit import NO_PROGRESSIVE, ProgressiveInvoices, progressive_invoices
from lago.invoicing.redo import billed_again
from lago.invoicing.regenerated_fees import regenerated_fees
from lago.invoicing.settle_top_up import purchase_of
from lago.invoicing.use_coupons import NO_COUPONS, coupons_of
from lago.metering.watch_thresholds import watch_thresholds
from lago.organizations.models import Organization
from lago.subscriptions.taxes import TaxChoice

_COPIED = (
    "organization_id", "customer_id", "customer", "billing_entity_id", "billing_entity", "invoice_type", "currency",
    "timezone", "skip_psp", "self_billed",
)
_OF_LINE = (
    "organization_id", "subscription_id", "subscription", "from_datetime", "to_datetime", "charges_from_datetime",
    "charges_to_datetime", "fixed_charges_from_datetime", "fixed_charges_to_datetime", "timestamp", "recurring",
    "invoicing_reason",
)
_OF_THRESHOLD = (
    "organization_id", "usage_threshold_id", "amount_cents", "threshold_display_name", "recurring",
    "threshold_created_at", "threshold_updated_at", "lifetime_usage_amount_cents",
)
_WITHOUT_COUPONS = ("credit", "advance_charges")
_NOT_RECURRING = "subscription_starting"


class RegenerationInput(InputSchema):
    """What the new invoice has of its own, beside its fees."""

    purchase_order_number = Text(most=255, strip=True, blank_is_null=True, allow_none=True)


def regenerate(voided: Invoice, organization: Organization, data: Mapping[str, Any]) -> Invoice:
    """A new invoice for a voided one, final at once. `data`: `purchase_order_number`, and `fees`, each with the `id` of
    one to be copied, or with `subscription_id` and `charge_id`, `charge_filter_id` or `fixed_charge_id` of a new one,
    and what is wanted of it as of fees of drafts. Those that are not named are left out.

    Raises NotAllowed as `check_regenerable` does, NotFound for what is not on the invoice, Invalid by `fees.0.units`.
    """
    hold(voided.customer_id, organization)
    db.session.refresh(voided)
    check_regenerable(voided)
    if voided.invoice_type == ONE_OFF:
        raise NotAllowed("invalid_invoice_type")  # its form is that of new ones
    values = RegenerationInput().read(data)
    fees = regenerated_fees(voided, data.get("fees"))
    invoice = _new_invoice(voided, values)
    _free_periods(voided)
    try:
        with all_or_nothing():
            _make(invoice, voided, fees)
    except DataError:
        raise Invalid({"base": [OUT_OF_RANGE]}) from None
    watch_thresholds([line.subscription for line in invoice.invoice_subscriptions])
    announce("invoice.regenerated", voided)
    return invoice


def check_regenerable(voided: Invoice) -> None:
    """Raises NotAllowed unless the invoice is voided, nothing was made for it yet, its customer is there, and of a
    purchase of credits the wallet too. The customer is locked."""
    if voided.status != "voided":
        raise NotAllowed("not_voided")
    if is_regenerated(voided):
        raise NotAllowed("already_regenerated")
    if voided.customer.deleted_at is not None:
        raise NotAllowed("customer_is_deleted")
    if voided.invoice_type == "credit" and purchase_of(voided).wallet.status != "active":
        raise NotAllowed("wallet_is_terminated")


def is_regenerated(voided: Invoice) -> bool:
    """Whether another invoice was made for it."""
    return bool(db.session.scalar(select(exists().where(Invoice.voided_invoice_id == voided.id))))


def _new_invoice(voided: Invoice, values: Mapping[str, Any]) -> Invoice:
    customer, entity = voided.customer, voided.billing_entity
    dates = invoice_dates(customer, voided.created_at, _reason_for_dates(voided))
    order = values.get("purchase_order_number", voided.purchase_order_number)
    return Invoice(
        **{name: getattr(voided, name) for name in _COPIED}, status="generating", voided_invoice_id=voided.id,
        number=draft_number(entity.document_number_prefix), created_at=clock.now(), purchase_order_number=order,
        issuing_date=dates.issuing_date, expected_finalization_date=dates.expected_finalization_date,
        payment_due_date=dates.payment_due_date, net_payment_term=dates.net_payment_term,
    )


def _reason_for_dates(voided: Invoice) -> str:
    """It never counts as periodic; a grace period has only what covers periods (04 §2.2)."""
    at_once = any(line.invoicing_reason in AT_ONCE for line in voided.invoice_subscriptions)
    return _NOT_RECURRING if voided.invoice_type == "subscription" and not at_once else IN_ADVANCE_CHARGE


def _free_periods(voided: Invoice) -> None:
    """Lets the new lines stand for the periods of the old ones (04 §4)."""
    for line in voided.invoice_subscriptions:
        line.regenerated = True
    if voided.invoice_type == "credit":
        purchase_of(voided).invoice_id = None
    db.session.flush()


def _make(invoice: Invoice, voided: Invoice, fees: Sequence[Fee]) -> None:
    """Fees, credits, taxes and totals as of any invoice that is being finalized (04 §5 S2 to S8)."""
    earlier = _progressive(voided)
    invoice.invoice_subscriptions = [_copy(line, _OF_LINE) for line in voided.invoice_subscriptions]
    invoice.applied_usage_thresholds = [_copy(one, _OF_THRESHOLD) for one in voided.applied_usage_thresholds]
    takes = voided.invoice_type not in _WITHOUT_COUPONS
    put_fees(invoice, fees, TaxChoice(), earlier, coupons_of([invoice.customer_id]) if takes else NO_COUPONS)
    finalize([invoice])
    if invoice.invoice_type == "credit":
        _sell_again(invoice)


def _sell_again(invoice: Invoice) -> None:
    """The purchase is now that of the new invoice, which has its custom sections (04 §15)."""
    purchase = purchase_of(invoice)
    purchase.invoice_id = invoice.id
    apply_sections_of_purchase(invoice, purchase)
    db.session.flush()


def _progressive(voided: Invoice) -> ProgressiveInvoices:
    """What progressive invoices have billed of its usage; not where single events were billed (04 §5)."""
    if voided.invoice_type not in ("subscription", PROGRESSIVE_BILLING) or _reason_for_dates(voided) == _NOT_RECURRING:
        return NO_PROGRESSIVE
    (billed,) = billed_again([voided])
    return progressive_invoices(billed)


def _copy(row: Any, names: Sequence[str]) -> InvoiceSubscription | AppliedUsageThreshold:
    copied: InvoiceSubscription | AppliedUsageThreshold = type(row)(**{name: getattr(row, name) for name in names})
    return copied
