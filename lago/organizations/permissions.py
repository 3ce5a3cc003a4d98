"""What an API key may be allowed (06 §1.1): to read or to write each resource."""

MODES = ("read", "write")

RESOURCES = tuple(
    """activity_log add_on alert analytic api_log applied_coupon billable_metric billing_entity coupon credit_note
    customer customer_usage event feature fee invoice invoice_custom_section lifetime_usage organization payment
    payment_method payment_receipt payment_request plan security_log subscription tax wallet wallet_transaction
    webhook_endpoint webhook_jwt_public_key""".split()
)
