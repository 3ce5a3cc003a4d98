"""The names of what the activity log has lines about (06 §6)."""

ACTIVITY_TYPES = frozenset(
    """
    billable_metric.created billable_metric.updated billable_metric.deleted
    plan.created plan.updated plan.deleted
    coupon.created coupon.updated coupon.deleted
    feature.created feature.updated feature.deleted
    customer.created customer.updated customer.deleted
    billing_entities.created billing_entities.updated billing_entities.deleted
    subscription.started subscription.updated subscription.terminated subscription.canceled subscription.incomplete
    invoice.drafted invoice.ready_to_finalize invoice.failed invoice.created invoice.one_off_created
    invoice.paid_credit_added invoice.generated invoice.payment_status_updated invoice.payment_overdue invoice.voided
    invoice.deleted invoice.regenerated invoice.payment_failure
    credit_note.created credit_note.generated credit_note.refund_failure
    payment_receipt.created payment_receipt.generated
    payment_request.created payment.recorded
    applied_coupon.created applied_coupon.deleted
    wallet.created wallet.updated
    wallet_transaction.created wallet_transaction.updated wallet_transaction.payment_failure
    email.sent
    """.split()
)

SOURCES = ("api", "front", "system", "admin")
"""By which way something was done: the API, a page, background work, or the operator's key."""

RESOURCE_TYPES = (
    "BillableMetric", "Plan", "Customer", "Invoice", "CreditNote", "BillingEntity", "Subscription", "Wallet", "Coupon",
    "PaymentReceipt", "PaymentRequest", "Entitlement::Feature",
)
"""What a line can be about."""
