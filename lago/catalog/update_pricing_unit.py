"""Changes of a pricing unit (02 §10)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.models import PricingUnit
from lago.catalog.pricing_unit_inputs import PricingUnitInput
from lago.core.db import db


def update_pricing_unit(unit: PricingUnit, data: Mapping[str, Any]) -> None:
    """Changes what is named, but for the code, which charges name: it is ignored. Raises Invalid."""
    values = PricingUnitInput().read(data, partial=True)
    for name in values.keys() - {"code"}:
        setattr(unit, name, values[name])
    db.session.flush()
