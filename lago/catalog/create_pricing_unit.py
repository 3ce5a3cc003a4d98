"""A new pricing unit (02 §10)."""

import uuid
from collections.abc import Mapping
from typing import Any

from lago.catalog.models import PricingUnit
from lago.catalog.pricing_unit_inputs import PricingUnitInput
from lago.catalog.queries import pricing_units_by_code
from lago.core.db import db, unique
from lago.core.errors import Invalid
from lago.core.fields import ALREADY_EXISTS


def create_pricing_unit(organization_id: uuid.UUID, data: Mapping[str, Any]) -> PricingUnit:
    """A pricing unit of the organization. Raises Invalid."""
    values = PricingUnitInput().read(data)
    if pricing_units_by_code(organization_id, [values["code"]]):
        raise Invalid({"code": [ALREADY_EXISTS]})
    unit = PricingUnit(organization_id=organization_id, **values)
    with unique("uq_pricing_units_code", "code"):
        db.session.add(unit)
    return unit
