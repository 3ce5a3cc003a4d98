"""The names an endpoint may choose from (06 §4.4): those that are sent, and those of parts that are not built yet."""

import re
from collections.abc import Iterable

EVENT_TYPES = frozenset(
    """
    alert.triggered
    billable_metric.created billable_metric.updated billable_metric.deleted
    credit_note.created credit_note.generated credit_note.provider_refund_failure
    customer.created customer.updated customer.payment_provider_created customer.payment_provider_error
    customer.checkout_url_generated customer.vies_check customer.tax_provider_error
    customer.accounting_provider_created customer.accounting_provider_error
    customer.crm_provider_created customer.crm_provider_error
    dunning_campaign.finished event.error events.errors
    feature.created feature.updated feature.deleted
    fee.created fee.tax_provider_error integration.provider_error
    invoice.created invoice.drafted invoice.ready_to_finalize invoice.one_off_created invoice.paid_credit_added
    invoice.generated invoice.voided invoice.deleted invoice.payment_status_updated invoice.payment_overdue
    invoice.payment_failure invoice.payment_dispute_lost invoice.resynced
    payment.succeeded payment.requires_action payment_provider.error
    payment_receipt.created payment_receipt.generated
    payment_request.created payment_request.payment_status_updated payment_request.payment_failure
    plan.created plan.updated plan.deleted
    subscription.started subscription.updated subscription.terminated subscription.incomplete subscription.canceled
    subscription.trial_ended subscription.termination_alert subscription.usage_threshold_reached
    wallet.created wallet.updated wallet.terminated wallet.depleted_ongoing_balance
    wallet_transaction.created wallet_transaction.updated wallet_transaction.payment_failure
    """.split()
)

_LEFT_OUT = re.compile(r"(quote|order|order_form)\.[a-z_]+")


def unknown(names: Iterable[str]) -> list[str]:
    """Those of the names that nobody can choose. Quotes and orders are left out, but their names are taken."""
    return [name for name in names if name not in EVENT_TYPES and not _LEFT_OUT.fullmatch(name)]


def types_by_object() -> dict[str, list[str]]:
    """The names to choose from, by what they tell of: "invoice" has "invoice.created" and others."""
    grouped: dict[str, list[str]] = {}
    for name in sorted(EVENT_TYPES):
        grouped.setdefault(name.split(".")[0], []).append(name)
    return grouped
