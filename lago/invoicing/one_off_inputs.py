"""What a client sends for a one-off invoice (04 §10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from lago.catalog.inputs import LARGEST_AMOUNT
from lago.core.code_fields import CurrencyCode
from lago.core.errors import Invalid
from lago.core.fields import INVALID, OUT_OF_RANGE, Flag, Text, Whole, exact, parse_moment
from lago.core.schemas import InputSchema
from lago.organizations.choose_sections import CustomSections, SectionChoice

LARGEST_UNITS = Decimal(10) ** 12
MOST_PLACES = 15
MOST_FEES = 500


class Units(fields.Field[Decimal]):
    """How many are sold: a number, or the text of one, from 0 on."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Decimal:
        number = exact(value)
        if number is None:
            raise ValidationError(INVALID)
        exponent = number.normalize().as_tuple().exponent
        if not 0 <= number <= LARGEST_UNITS or (isinstance(exponent, int) and -exponent > MOST_PLACES):
            raise ValidationError(OUT_OF_RANGE)
        return number


class OneOffFeeInput(InputSchema):
    """A line; what is null or not sent is the add-on's."""

    add_on_code = Text(load_default="")
    invoice_display_name = Text(allow_none=True, load_default=None)
    description = Text(allow_none=True, load_default=None)
    unit_amount_cents = Whole(least=0, most=LARGEST_AMOUNT, allow_none=True, load_default=None)
    units = Units(allow_none=True, load_default=None)
    tax_codes = fields.List(Text(), load_default=list)


class OneOffInput(InputSchema):
    """The invoice around the lines."""

    external_customer_id = Text(load_default="")
    currency = CurrencyCode(allow_none=True, load_default=None)
    billing_entity_code = Text(allow_none=True, load_default=None)
    billing_entity_id = Text(allow_none=True, load_default=None)
    purchase_order_number = Text(most=255, strip=True, blank_is_null=True, allow_none=True, load_default=None)
    skip_psp = Flag(allow_none=True, load_default=False)
    invoice_custom_section = CustomSections(load_default=SectionChoice())


@dataclass(frozen=True)
class Bounds:
    """The time that a line is for; both null: now."""

    start: datetime | None
    end: datetime | None


def bounds_of(line: Mapping[str, Any]) -> Bounds:
    """Raises Invalid for one date without the other, for what is no ISO 8601, and for an end before the start."""
    given = [line.get(name) or None for name in ("from_datetime", "to_datetime")]
    start, end = (parse_moment(value) for value in given)
    if given == [None, None]:
        return Bounds(None, None)
    if start is None or end is None or start > end:
        raise Invalid({"boundaries": ["values_are_invalid"]})
    return Bounds(start, end)
