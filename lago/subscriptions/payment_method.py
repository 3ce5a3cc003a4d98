"""How a subscription's invoices are to be paid (03 §2.1)."""

from collections.abc import Mapping
from typing import Any

from lago.core.errors import Invalid

TYPES = ("provider", "manual")


def payment_method_type(data: Any) -> str:
    """`provider` (the customer's own, the default) or `manual`, from what a client sent.

    Raises Invalid for anything else, also for the id of a payment method: there are none to name yet.
    """
    given = data if isinstance(data, Mapping) else {}
    chosen = given.get("payment_method_type") or "provider"
    if chosen not in TYPES or given.get("payment_method_id"):
        raise Invalid({"payment_method": ["invalid_payment_method"]})
    return str(chosen)
