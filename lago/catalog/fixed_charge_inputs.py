"""Fixed charges as clients write them (02 §8.1)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from lago.core.fields import LONGEST_CODE, OUT_OF_RANGE, Flag, Text, exact
from lago.core.schemas import InputSchema
from lago.pricing.rounding import round_to

MOST_UNITS = 10**15
UNIT_PLACES = 10


class Units(fields.Field[Decimal]):
    """A quantity of 0 or more, rounded to the ten decimals that are kept; texts are taken."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Decimal:
        units = exact(value)
        if units is None:
            raise ValidationError("is not a number")
        if not 0 <= units <= MOST_UNITS:
            raise ValidationError(OUT_OF_RANGE)
        return round_to(units, UNIT_PLACES)


class FixedChargeInput(InputSchema):
    """A fixed charge of a plan; its model and properties are checked by `fixed_charge_rules`."""

    id = fields.Raw(allow_none=True)
    add_on_id = fields.Raw(allow_none=True)
    add_on_code = Text(allow_none=True)
    code = Text(most=LONGEST_CODE, allow_none=True, blank_is_null=True)
    invoice_display_name = Text(allow_none=True)
    charge_model = fields.Raw(allow_none=True)
    properties = fields.Raw(allow_none=True)
    units = Units(allow_none=True)
    pay_in_advance = Flag(allow_none=True)
    prorated = Flag(allow_none=True)
    apply_units_immediately = Flag(allow_none=True)
    tax_codes = fields.List(Text())


class OwnUnitsInput(InputSchema):
    """The units of one subscription (02 §8.1)."""

    units = Units(required=True)
    apply_units_immediately = Flag(allow_none=True)
