"""The catalog's objects as clients write them. On an update only names that are sent change."""

from collections.abc import Mapping
from typing import Any, get_args

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import Range

from lago.catalog.aggregation_types import AGGREGATION_TYPES, NOT_BUILT, problems
from lago.catalog.expressions import InvalidExpression, parse
from lago.core.code_fields import CurrencyCode
from lago.core.fields import INVALID, LONGEST_CODE, OUT_OF_RANGE, Choice, Double, Filled, Flag, Text, Whole
from lago.core.schemas import InputSchema
from lago.pricing.billing_periods import Interval

LARGEST_AMOUNT = 10**15
LARGEST_RATE = 1_000_000.0
MOST_ROUNDED_PLACES = 30
ROUNDING_FUNCTIONS = ("round", "ceil", "floor")
INVALID_EXPRESSION = "invalid_expression"

_INVALID_IF_ABSENT = {"required": INVALID, "null": INVALID}


class TaxInput(InputSchema):
    """A tax (04 §6.1)."""

    name = Filled(required=True)
    code = Filled(required=True, most=LONGEST_CODE)
    rate = Double(required=True, validate=Range(-LARGEST_RATE, LARGEST_RATE, error=OUT_OF_RANGE))
    description = Text(allow_none=True)
    applied_to_organization = Flag(allow_none=True)


class AddOnInput(InputSchema):
    """An add-on (04 §10)."""

    name = Filled(required=True)
    code = Filled(required=True, most=LONGEST_CODE)
    description = Text(allow_none=True)
    invoice_display_name = Text(allow_none=True)
    amount_cents = Whole(required=True, least=1, most=LARGEST_AMOUNT)
    amount_currency = CurrencyCode(required=True, error_messages=_INVALID_IF_ABSENT)
    tax_codes = fields.List(Text())


class Expression(Text):
    """An expression over the properties of events (01 §2.5)."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            parse(text or "0")
        except InvalidExpression:
            raise ValidationError(INVALID_EXPRESSION) from None
        return text


class BillableMetricInput(InputSchema):
    """A billable metric (01 §2.1)."""

    name = Filled(required=True)
    code = Filled(required=True, most=LONGEST_CODE)
    description = Text(allow_none=True)
    aggregation_type = Choice(AGGREGATION_TYPES, required=True, error_messages=_INVALID_IF_ABSENT)
    field_name = Text(allow_none=True, blank_is_null=True)
    recurring = Flag()
    weighted_interval = Text(allow_none=True)
    expression = Expression(allow_none=True, blank_is_null=True)
    rounding_function = Choice(ROUNDING_FUNCTIONS, allow_none=True)
    rounding_precision = Whole(least=-MOST_ROUNDED_PLACES, most=MOST_ROUNDED_PLACES, allow_none=True)
    filters = fields.Raw(allow_none=True)

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def check_together(self, data: Mapping[str, Any], original: Mapping[str, Any], **kwargs: Any) -> None:
        """What depends on several fields, of a metric that is given in full; the type that is not built needs none."""
        if not kwargs["partial"] and original.get("aggregation_type") != NOT_BUILT and (found := problems(data)):
            raise ValidationError(dict(found))


class PlanInput(InputSchema):
    """A plan without its charges (03 §1.2)."""

    name = Filled(required=True)
    code = Filled(required=True, most=LONGEST_CODE)
    invoice_display_name = Text(allow_none=True)
    description = Text(allow_none=True)
    interval = Choice(get_args(Interval), required=True, error_messages=_INVALID_IF_ABSENT)
    amount_cents = Whole(required=True, least=-LARGEST_AMOUNT, most=LARGEST_AMOUNT)
    amount_currency = CurrencyCode(required=True, error_messages=_INVALID_IF_ABSENT)
    pay_in_advance = Flag(required=True, error_messages=_INVALID_IF_ABSENT)
    trial_period = Double(allow_none=True)
    bill_charges_monthly = Flag(allow_none=True)
    bill_fixed_charges_monthly = Flag(allow_none=True)
    tax_codes = fields.List(Text())
    minimum_commitment = fields.Raw(allow_none=True)
    usage_thresholds = fields.Raw(allow_none=True)
    metadata = fields.Raw(allow_none=True)


class ChargeInput(InputSchema):
    """A charge of a plan (02 §2.1); its model and properties are checked by `charge_rules`."""

    id = fields.Raw(allow_none=True)
    billable_metric_id = fields.Raw(allow_none=True)
    charge_model = fields.Raw(allow_none=True)
    code = Text(most=LONGEST_CODE, allow_none=True, blank_is_null=True)
    invoice_display_name = Text(allow_none=True)
    properties = fields.Raw(allow_none=True)
    pay_in_advance = Flag(allow_none=True)
    invoiceable = Flag(allow_none=True)
    regroup_paid_fees = Choice(("invoice",), allow_none=True)
    prorated = Flag(allow_none=True)
    min_amount_cents = Whole(least=0, most=LARGEST_AMOUNT, allow_none=True)
    accepts_target_wallet = Flag(allow_none=True)
    filters = fields.Raw(allow_none=True)
    applied_pricing_unit = fields.Raw(allow_none=True)
    tax_codes = fields.List(Text())


class ChargeFilterInput(InputSchema):
    """A filter of a charge (02 §2.6); its values and properties are checked where they are written."""

    invoice_display_name = Text(allow_none=True)
    properties = fields.Raw(allow_none=True)
    values = fields.Raw(allow_none=True)
