"""What a fee keeps of the pricing unit in which its charge is priced (02 §10)."""

from decimal import Decimal
from typing import Any

from lago.catalog.models import Charge
from lago.core.fields import plain
from lago.invoicing.models import Fee
from lago.metering.usage_totals import UnitAmount
from lago.pricing.rounding import STORED_PLACES, round_to
from lago.pricing.values import FeeAmounts


def unit_details(charge: Charge, amounts: FeeAmounts) -> dict[str, Any] | None:
    """The amounts before their conversion, the unit and the rate, as JSON; None if the charge is priced in money."""
    unit, in_units = charge.pricing_unit, amounts.in_units
    if unit is None or in_units is None:
        return None
    return {
        "lago_pricing_unit_id": str(unit.id), "pricing_unit_code": unit.code, "short_name": unit.short_name,
        "amount_cents": in_units.amount_cents,
        "precise_amount_cents": plain(round_to(in_units.precise_amount_cents, STORED_PLACES)),
        "unit_amount_cents": in_units.unit_amount_cents,
        "precise_unit_amount": plain(in_units.precise_unit_amount),
        "conversion_rate": plain(charge.conversion_rate),
    }


def amounts_in_units(fee: Fee) -> FeeAmounts | None:
    """The amounts that a fee keeps in its pricing unit, if it has one: what spending minimums compare (02 §5-5)."""
    kept = fee.pricing_unit_details
    return kept and FeeAmounts(  # type: ignore[return-value]
        kept["amount_cents"], Decimal(kept["precise_amount_cents"]), kept["unit_amount_cents"],
        Decimal(kept["precise_unit_amount"]),
    )


def shown_in_units(fee: Fee) -> UnitAmount | None:
    """The same as past usage shows it."""
    kept = fee.pricing_unit_details
    if not kept:
        return None
    return UnitAmount(kept["amount_cents"], kept["short_name"], Decimal(kept["conversion_rate"]))
