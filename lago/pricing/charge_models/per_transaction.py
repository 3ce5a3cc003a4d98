"""A percentage charge whose events are priced one by one, because each has a least or a most price (02 §3.6)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from lago.pricing.charge_models.percentage_terms import PercentageTerms
from lago.pricing.charge_models.pricing import ZERO


def amount_by_event(values: Sequence[Decimal], terms: PercentageTerms) -> Decimal:
    """The sum of the prices of events of `values`, in order of time; equal ones are priced once."""
    paid = Counter(_paid_values(values, terms))
    return sum((times * terms.price_of_event(value) for value, times in paid.items()), ZERO)


def _paid_values(values: Sequence[Decimal], terms: PercentageTerms) -> Iterator[Decimal]:
    """What is left of each event that is paid; the event that uses up the free amount is one of them.

    Where there is a free amount, the number of free events has no effect.
    """
    events, amount = terms.free_events, terms.free_amount
    for value in values:
        if events <= 0 and amount <= 0:
            yield value
        elif amount <= 0:
            events -= 1
        elif amount > value:
            events, amount = events - 1, amount - value
        else:
            yield value - amount
            events, amount = 0, ZERO
