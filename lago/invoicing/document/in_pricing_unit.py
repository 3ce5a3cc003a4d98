"""The lines of a fee that is priced in a pricing unit: in the unit, then converted (04 §17, 02 §10)."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from lago.invoicing.document.values import Amount, Cents, Percent, Phrase, Price, SubLine
from lago.invoicing.models import Fee


def in_pricing_unit(fee: Fee, parts: Sequence[SubLine]) -> tuple[SubLine, ...]:
    """The `parts`, or the units at their single price, and their sum in the unit; last what one unit is worth, and the
    amount in money."""
    kept = fee.pricing_unit_details or {}
    unit = kept["short_name"]
    total, price = Cents(kept["amount_cents"], unit), Price(Decimal(kept["precise_unit_amount"]), unit)
    rate = {"unit": unit, "worth": Price(Decimal(kept["conversion_rate"]))}
    converted = SubLine(Phrase("part_conversion", rate), amount=Cents(fee.amount_cents))
    if not parts:
        return SubLine(Phrase("part_units_all"), fee.units, price, total), converted
    return *(_in(unit, part) for part in parts), SubLine(Phrase("part_subtotal"), amount=total), converted


def _in(unit: str, part: SubLine) -> SubLine:
    price, amount = part.unit_price, part.amount
    return replace(
        part,
        unit_price=price if price is None or isinstance(price, Percent) else replace(price, unit=unit),
        amount=replace(amount, unit=unit) if isinstance(amount, Amount) else amount,
    )
