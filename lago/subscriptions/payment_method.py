"""How a subscription's invoices are to be paid (03 §2.1)."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from lago.core.errors import Invalid

TYPES = ("provider", "manual")
INVALID_METHOD = "invalid_payment_method"


def payment_method_type(data: Any) -> str:
    """`provider` (the customer's own, the default) or `manual`, from what a client sent.

    Raises Invalid for anything else, also for the id of a provider's payment method: there are none to name yet.
    """
    given = data if isinstance(data, Mapping) else {}
    kind, named = given.get("payment_method_type") or None, given.get("payment_method_id") or None
    if kind not in (None, *TYPES) or (named and kind != "manual"):
        raise Invalid({"payment_method": [INVALID_METHOD]})
    return kind or "provider"


class PaymentMethod(fields.Raw):
    """What a client sent of it, if `payment_method_type` can read it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        try:
            payment_method_type(value)
        except Invalid:
            raise ValidationError(INVALID_METHOD) from None
        return value
