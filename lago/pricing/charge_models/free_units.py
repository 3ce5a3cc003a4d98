"""How many units and events of a percentage charge are free (02 §3.6).

Running totals are either the numbers from 1 on, as a range, in which nothing is counted one by one, or sums of values,
which may fall as well as rise.
"""

from bisect import bisect_left
from collections.abc import Sequence
from decimal import Decimal

from lago.pricing.charge_models.percentage_terms import PercentageTerms
from lago.pricing.charge_models.pricing import ZERO

Totals = Sequence[Decimal] | range


def free_units(totals: Totals, terms: PercentageTerms) -> Decimal:
    """The free units F: those of the free events, or up to the free amount, as far as there are any."""
    last = Decimal(totals[-1]) if totals else ZERO
    if not last:
        return ZERO
    if 0 < terms.free_events < len(totals):
        return Decimal(totals[terms.free_events - 1])
    return min(last, terms.free_amount) if terms.free_amount else last


def free_events(totals: Totals, terms: PercentageTerms) -> int:
    """The free events G: the free ones, or those whose totals are below the free amount, whichever is less."""
    counts = {terms.free_events, _below(totals, terms.free_amount)} - {0}
    return min(counts, default=0)


def _below(totals: Totals, amount: Decimal) -> int:
    if isinstance(totals, range):
        return bisect_left(totals, amount)
    return sum(total < amount for total in totals)
