"""Pricing units as people write them (02 §10)."""

from lago.core.fields import LONGEST_CODE, Filled, Text
from lago.core.schemas import InputSchema

LONGEST_SHORT_NAME = 3
LONGEST_DESCRIPTION = 600


class PricingUnitInput(InputSchema):
    """A pricing unit."""

    name = Filled(required=True)
    code = Filled(required=True, most=LONGEST_CODE)
    short_name = Filled(required=True, most=LONGEST_SHORT_NAME)
    description = Text(allow_none=True, blank_is_null=True, most=LONGEST_DESCRIPTION)
