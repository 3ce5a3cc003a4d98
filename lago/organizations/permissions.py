"""What an API key may be allowed (06 §1.1): to read or to write each resource."""

from typing import Any

from lago.core.errors import Invalid
from lago.core.fields import INVALID, MANDATORY

MODES = ("read", "write")

RESOURCES = tuple(
    """activity_log add_on alert analytic api_log applied_coupon billable_metric billing_entity coupon credit_note
    customer customer_usage event feature fee invoice invoice_custom_section lifetime_usage organization payment
    payment_method payment_receipt payment_request plan security_log subscription tax wallet wallet_transaction
    webhook_endpoint webhook_jwt_public_key""".split()
)

FUTURE = ("order", "order_form", "quote", "product", "product_category", "rate_card", "plan_rate_card")
"""Resources of parts that are not built: accepted, kept, and of no effect."""


def checked_permissions(given: dict[str, list[str]] | None) -> dict[str, Any] | None:
    """The permission map of a key; None: everything. Raises Invalid for an unknown resource or mode, and for a map that
    allows nothing at all."""
    if given is None:
        return None
    if not any(given.values()):
        raise Invalid({"permissions": [MANDATORY]})
    if given.keys() - {*RESOURCES, *FUTURE} or any(set(modes) - {*MODES} for modes in given.values()):
        raise Invalid({"permissions": [INVALID]})
    return {resource: [mode for mode in MODES if mode in modes] for resource, modes in given.items() if modes}
