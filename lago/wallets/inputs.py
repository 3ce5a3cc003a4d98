"""The fields of a wallet's record as clients write them (05 §1.3 stage B, §1.4)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, pre_load, validates_schema

from lago.core.code_fields import CurrencyCode
from lago.core.fields import INVALID, LONGEST_CODE, OUT_OF_RANGE, Flag, Text, Whole, exact
from lago.core.schemas import InputSchema
from lago.organizations.choose_sections import CustomSections
from lago.pricing.rounding import round_to

NOT_A_NUMBER = "is not a number"
_HIGHEST_RATE = Decimal(10) ** 15

Values = dict[str, Any]


class RateField(fields.Raw):
    """What a credit is worth: more than 0 in the five decimals that are kept."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Decimal:
        number = exact(value)
        if number is None:
            raise ValidationError(NOT_A_NUMBER)
        rate = round_to(number, 5)
        if not 0 < rate <= _HIGHEST_RATE:
            raise ValidationError(OUT_OF_RANGE)
        return rate


class PriorityField(Whole):
    """1 is first, 50 last."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        number = exact(value)
        if number is None or number not in range(1, 51):
            raise ValidationError(INVALID)
        return int(number)


class NamedEntityInput(InputSchema):
    """The billing entity that a wallet is to be billed by."""

    billing_entity_code = Text(load_default=None, allow_none=True)
    billing_entity_id = Text(load_default=None, allow_none=True)


class WalletUpdateInput(InputSchema):
    """Only names that are sent change; a null of some is as good as no field (05 §1.4)."""

    name = Text(allow_none=True)
    code = Text(most=LONGEST_CODE)
    priority = PriorityField()
    purchase_order_number = Text(strip=True, blank_is_null=True, most=255, allow_none=True)
    invoice_requires_successful_payment = Flag()
    paid_top_up_min_amount_cents = Whole(least=1, allow_none=True)
    paid_top_up_max_amount_cents = Whole(least=1, allow_none=True)
    invoice_custom_section = CustomSections()

    NOT_NULL = ("code", "priority", "invoice_requires_successful_payment")

    @pre_load
    def drop_nulls(self, data: Mapping[str, Any], **kwargs: Any) -> Values:
        return {name: value for name, value in data.items() if name not in self.NOT_NULL or value not in (None, "")}

    @validates_schema(skip_on_field_errors=False)
    def check_limits(self, values: Values, **kwargs: Any) -> None:
        least, most = values.get("paid_top_up_min_amount_cents"), values.get("paid_top_up_max_amount_cents")
        if least is not None and most is not None and most < least:
            raise ValidationError({"paid_top_up_max_amount_cents": ["must_be_greater_than_or_equal_min"]})


_RATE_ERRORS = dict.fromkeys(("required", "null"), NOT_A_NUMBER)
_CURRENCY_ERRORS = dict.fromkeys(("required", "null"), INVALID)


class WalletInput(WalletUpdateInput):
    """A new wallet's record. The currency is the customer's unless it is sent."""

    rate_amount = RateField(required=True, error_messages=_RATE_ERRORS)
    currency = CurrencyCode(required=True, error_messages=_CURRENCY_ERRORS)
