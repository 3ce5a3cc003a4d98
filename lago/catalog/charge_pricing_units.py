"""In which pricing unit a charge is priced, and what one is worth, as a client gives it (02 §10)."""

import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from lago.catalog.models import Charge, PricingUnit
from lago.catalog.queries import pricing_units_by_code
from lago.core.errors import Invalid
from lago.core.fields import INVALID, MANDATORY, OUT_OF_RANGE, Text, exact
from lago.core.schemas import InputSchema
from lago.pricing.rounding import STORED_PLACES, round_to

HIGHEST_RATE = 10**15


class Rate(fields.Field[Decimal]):
    """What one unit is worth in the plan's currency: more than 0, rounded to the decimals that are kept."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Decimal:
        number = exact(value)
        if number is None:
            raise ValidationError(INVALID)
        rate = round_to(number, STORED_PLACES) if abs(number) <= HIGHEST_RATE else Decimal(0)
        if rate <= 0:
            raise ValidationError(OUT_OF_RANGE)
        return rate


class AppliedPricingUnitInput(InputSchema):
    """The pricing unit of a charge."""

    code = Text(allow_none=True)
    conversion_rate = Rate(allow_none=True)


def pricing_units_of(organization_id: uuid.UUID, given: Iterable[Mapping[str, Any]]) -> Mapping[str, PricingUnit]:
    """The pricing units that charges, as they were given, name; by code."""
    applied = (values.get("applied_pricing_unit") for values in given)
    codes = {str(data.get("code")) for data in applied if isinstance(data, Mapping) and data.get("code")}
    return pricing_units_by_code(organization_id, codes)


def write_pricing_unit(charge: Charge, data: Any, units: Mapping[str, PricingUnit]) -> None:
    """Gives a new charge its unit and rate; of one that has a unit only the rate changes, if it is named.

    Nothing given changes nothing. Raises Invalid.
    """
    if charge.id is not None:
        change_rate(charge, data)
    elif data:
        _apply(charge, _object(data), units)


def change_rate(charge: Charge, data: Any) -> None:
    """Changes what the pricing unit of a charge is worth, if it has one and `data` name a rate. Raises Invalid."""
    if data and _object(data) and charge.pricing_unit:
        rate = AppliedPricingUnitInput().read(data).get("conversion_rate")
        charge.conversion_rate = rate or charge.conversion_rate


def _object(data: Any) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise Invalid({"applied_pricing_unit": [INVALID]})
    return data


def _apply(charge: Charge, data: Mapping[str, Any], units: Mapping[str, PricingUnit]) -> None:
    unit = units.get(str(data.get("code")))
    problems = {} if unit else {"pricing_unit": ["relation_must_exist"]}
    try:
        rate = AppliedPricingUnitInput().read(data).get("conversion_rate")
    except Invalid as error:
        raise Invalid({**problems, **error.details}) from None  # type: ignore[dict-item]
    if rate is None:
        problems["conversion_rate"] = [MANDATORY]
    if problems:
        raise Invalid(problems)
    charge.pricing_unit, charge.conversion_rate = unit, rate
