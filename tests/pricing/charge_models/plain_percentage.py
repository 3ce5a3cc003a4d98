"""The percentage model once more, written down event by event as 02 §3.6 says it, to compare with."""

from decimal import Decimal
from itertools import accumulate


def plain_amount(values: list[Decimal], properties: dict) -> Decimal:
    bounds = [properties["per_transaction_min_amount"], properties["per_transaction_max_amount"]]
    return _by_total(values, properties) if bounds == [None, None] else _by_event(values, properties)


def _read(properties):
    return (
        Decimal(properties["rate"]) / 100, Decimal(properties["fixed_amount"]),
        properties["free_units_per_events"] or 0, Decimal(properties["free_units_per_total_aggregation"] or 0),
    )


def _by_total(values, properties):
    rate, fixed, events, amount = _read(properties)
    totals = _totals(values, events, amount)
    free, free_count = _free_units(totals, events, amount), _free_events(totals, events, amount)
    units, count = sum(values, Decimal(0)), len(values)
    share = (units - free) * rate if free <= units else Decimal(0)
    return share + ((count - free_count) * fixed if units and free_count < count else 0)


def _totals(values, events, amount):
    found = []
    for total in accumulate(values):
        if not events and not amount or events and len(found) == events:
            break
        found.append(total)
        if not events and total > amount:
            break
    return found


def _free_units(totals, events, amount):
    last = totals[-1] if totals else Decimal(0)
    if not last or last <= amount or not amount:
        return last
    return totals[events - 1] if 0 < events < len(totals) else amount


def _free_events(totals, events, amount):
    below = len([total for total in totals if total < amount])
    return min(events, below) if events and below else events or below


def _by_event(values, properties):
    rate, fixed, events, amount = _read(properties)
    total = Decimal(0)
    for value in values:
        if events > 0 or amount > 0:
            events -= 1
            if amount <= 0:
                continue
            if amount > value:
                amount -= value
                continue
            value, amount, events = value - amount, Decimal(0), 0
        price = value * rate + fixed
        least, most = (properties[f"per_transaction_{end}_amount"] for end in ("min", "max"))
        total += max(price, Decimal(least)) if price < Decimal(least) else min(price, Decimal(most))
    return total
