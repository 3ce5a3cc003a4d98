"""How the amount of a fee of usage or a fixed charge came to be, by its `amount_details` (04 §17, 02 §3)."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from lago.invoicing.document.in_pricing_unit import in_pricing_unit
from lago.invoicing.document.values import Amount, Cents, Percent, Phrase, Price, SubLine
from lago.invoicing.models import Fee
from lago.pricing.rounding import exact, packages_in_doubles

_ONE = Decimal(1)


def parts_of(fee: Fee) -> tuple[SubLine, ...]:
    """The tiers, packages, rates and flat fees of a fee and their subtotal; nothing where there is a single price.

    Of what is priced in a pricing unit all this in the unit, and what that is in money.
    """
    parts = _parts(fee)
    if fee.pricing_unit_details:
        return in_pricing_unit(fee, parts)
    return (*parts, SubLine(Phrase("part_subtotal"), amount=Cents(fee.amount_cents))) if parts else ()


def _parts(fee: Fee) -> tuple[SubLine, ...]:
    """The details of a true-up are those of the fee that it hangs on: it has no parts."""
    charge = fee.charge or fee.fixed_charge
    if not charge or not fee.amount_details or fee.true_up_parent_fee_id:
        return ()
    model = fee.properties.get("charge_model") or charge.charge_model
    return tuple(_READERS.get(model, _nothing)(fee))


def _graduated(fee: Fee) -> Iterator[SubLine]:
    """First what the units of each reached tier cost, then the flat fees of the tiers."""
    ranges = fee.amount_details["graduated_ranges"]
    for tier in ranges:
        price, total = Price(Decimal(tier["per_unit_amount"])), Amount(Decimal(tier["per_unit_total_amount"]))
        yield SubLine(_of_tier("part_units", tier), Decimal(tier["units"]), price, total)
    for tier in ranges:
        yield from _flat_fee(_of_tier("part_flat", tier), Decimal(tier["flat_unit_amount"]))


def _graduated_percentage(fee: Fee) -> Iterator[SubLine]:
    """As graduated, with rates for prices."""
    ranges = fee.amount_details["graduated_percentage_ranges"]
    for tier in ranges:
        rate, share = Percent(Decimal(tier["rate"])), Amount(_share_of(tier))
        yield SubLine(_of_tier("part_units", tier), Decimal(tier["units"]), rate, share)
    for tier in ranges:
        yield from _flat_fee(_of_tier("part_flat", tier), Decimal(tier["flat_unit_amount"]))


def _percentage(fee: Fee) -> Iterator[SubLine]:
    """The free units, the rate on the others, the fixed fee of each event, and what bounds add or take away."""
    details = fee.amount_details
    yield from _free_units(Decimal(details["free_units"]))
    rate, total = Percent(Decimal(details["rate"])), Amount(Decimal(details["per_unit_total_amount"]))
    yield SubLine(Phrase("part_rate"), Decimal(details["paid_units"]), rate, total)
    if fixed := Decimal(details["fixed_fee_total_amount"]):
        price = Price(Decimal(details["fixed_fee_unit_amount"]))
        yield SubLine(Phrase("part_fixed_fee"), Decimal(details["paid_events"]), price, Amount(fixed))
    if adjustment := Decimal(details.get("min_max_adjustment_total_amount", 0)):
        yield SubLine(Phrase("part_adjustment"), amount=Amount(adjustment))


def _volume(fee: Fee) -> Iterator[SubLine]:
    details = fee.amount_details
    price, total = Price(Decimal(details["per_unit_amount"])), Amount(Decimal(details["per_unit_total_amount"]))
    yield SubLine(Phrase("part_units_all"), fee.units, price, total)
    yield from _flat_fee(Phrase("part_flat_all"), Decimal(details["flat_unit_amount"]))


@exact
def _package(fee: Fee) -> list[SubLine]:
    """The free units, then whole packages; nothing where there was no usage."""
    details = fee.amount_details
    size = details["per_package_size"]
    if not size:
        return []
    packages = Decimal(packages_in_doubles(Decimal(details["paid_units"]), size))
    price = Decimal(details["per_package_unit_amount"])
    paid = SubLine(Phrase("part_packages", {"size": Decimal(size)}), packages, Price(price), Amount(packages * price))
    return [*_free_units(Decimal(details["free_units"])), paid]


def _free_units(units: Decimal) -> Iterator[SubLine]:
    if units:
        yield SubLine(Phrase("part_free_units"), units, Price(Decimal(0)), Amount(Decimal(0)))


def _flat_fee(label: Phrase, amount: Decimal) -> Iterator[SubLine]:
    if amount:
        yield SubLine(label, _ONE, Amount(amount), Amount(amount))


@exact
def _share_of(tier: Mapping[str, Any]) -> Decimal:
    """What the flat fee leaves of a tier's total: a single event's fee keeps another figure as its share (02 §6.2)."""
    return Decimal(tier["total_with_flat_amount"]) - Decimal(tier["flat_unit_amount"])


def _of_tier(key: str, tier: Mapping[str, Any]) -> Phrase:
    """The phrase for the first, a next, the last or the only tier, naming its bounds."""
    first, last = Decimal(tier["from_value"]), tier["to_value"]
    if last is None:
        return Phrase(f"{key}_last", {"first": first}) if first else Phrase(f"{key}_all")
    bounds = {"first": first, "last": Decimal(last)}
    return Phrase(f"{key}_next" if first else f"{key}_first", bounds)


def _nothing(_fee: Fee) -> Iterator[SubLine]:
    return iter(())


_READERS: dict[str, Callable[[Fee], Iterator[SubLine] | list[SubLine]]] = {
    "graduated": _graduated,
    "graduated_percentage": _graduated_percentage,
    "package": _package,
    "percentage": _percentage,
    "volume": _volume,
}
