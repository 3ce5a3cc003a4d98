"""The usage that a preview of a price is made for: so many units, or so many events of an amount each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from itertools import repeat
from typing import Any

from lago.admin.plan_prices import NUMBER, TIERS
from lago.pricing.charge_models import CHARGE_MODELS
from lago.pricing.charge_models.validation import bound
from lago.pricing.values import Needs, Usage

MOST_EVENTS = Decimal(5000)
LEAST_UNITS = Decimal("0.1")
MOST_UNITS = Decimal(10) ** 12
ONE, ZERO = Decimal(1), Decimal(0)
COUNTED = ("count_agg", "unique_count_agg")
EACH = Decimal(50)
LIKELY_UNITS = Decimal(100)
CENTIUNIT = Decimal("0.01")
PARTS = (Decimal("0.1"), ONE, Decimal(10), Decimal("0.5"), Decimal(2))
ROOM = Decimal("1.25")
STEPS = 40
MOST_ROWS = 10
MOST_EDGES = 60


@dataclass(frozen=True)
class Terms:
    """A price whose `properties` are valid. `kind`: how the metric aggregates."""

    model: str
    kind: str
    properties: Mapping[str, Any]

    @property
    def tiers(self) -> Sequence[Mapping[str, Any]]:
        """The tiers of a model that has any."""
        return self.properties[TIERS[self.model].name] if self.model in TIERS else ()

    @property
    def edges(self) -> list[Decimal]:
        """Where tiers end, and where the next ones begin."""
        bounds = [row["to_value"] for row in self.tiers[:-1]] + [row["from_value"] for row in self.tiers[1:]]
        return [edge for edge in map(bound, bounds) if edge is not None]

    @property
    def packages(self) -> tuple[Decimal, Decimal]:
        """The free units, and the size of a package."""
        return Decimal(self.properties["free_units"]), Decimal(self.properties["package_size"])


@dataclass(frozen=True)
class Sample:
    """`size`: units; of a percentage, whose price depends on single events, the number of events of `each` units."""

    size: Decimal
    each: Decimal | None = None

    @property
    def units(self) -> Decimal:
        return self.size if self.each is None else self.size * self.each


def sample_of(terms: Terms, size: str, each: str) -> Sample:
    """The sample that is typed, or a likely one."""
    if terms.model != "percentage":
        return Sample(min(max(_read(size, MOST_UNITS) or likely_units(terms), LEAST_UNITS), MOST_UNITS))
    events = max(round_size(_read(size, MOST_EVENTS) or LIKELY_UNITS, whole=True), ONE)
    return Sample(events, ONE if terms.kind in COUNTED else _read(each, MOST_UNITS) or EACH)


def likely_units(terms: Terms) -> Decimal:
    """Units that reach all tiers, or fill a few packages."""
    if terms.model == "package":
        free, size = terms.packages
        return free + 3 * size
    return beyond(max(terms.edges)) if terms.edges else LIKELY_UNITS


def rows_of_samples(terms: Terms, sample: Sample) -> list[Sample]:
    """What the table shows besides the sample: the edges of tiers or packages; else parts and multiples of it."""
    if terms.edges:
        return _sorted({sample, *(Sample(edge) for edge in terms.edges[:MOST_ROWS])})
    if terms.model == "package":
        free, size = terms.packages
        return _sorted({sample, *(Sample(edge) for edge in (free, free + 1, free + size, free + size + 1) if edge)})
    if sample.each is None or terms.kind in COUNTED:
        whole = sample.each is not None
        sizes = {round_size(sample.size * part, whole=whole) for part in PARTS}
        return _sorted({sample, *(Sample(size, sample.each) for size in sizes if size)})
    return _sorted({Sample(size, sample.each * part) for size in (ONE, sample.size) for part in PARTS[:3]} | {sample})


def sizes_of_curve(terms: Terms, sample: Sample) -> tuple[list[Decimal], list[Decimal]]:
    """Sizes at even distances from nothing on, beyond the sample; and all of the curve, with its edges."""
    right = sample.size * ROOM
    even = [round_size(right * place / STEPS, whole=sample.each is not None) for place in range(STEPS + 1)]
    even = list(dict.fromkeys(even))
    edges = set(terms.edges)
    if terms.model == "package":
        free, size = terms.packages
        full = [free + size * number for number in range(MOST_EDGES)]
        edges = {*full, *(edge + right / 10000 for edge in full)}
    return even, sorted({*even, sample.size, *(edge for edge in edges if edge <= even[-1])})


def usage_of(terms: Terms, sample: Sample) -> Usage:
    """The usage of a period with that sample, as events would make it (02 §3.6)."""
    if sample.each is None:
        return Usage(sample.size, 0)
    needs = CHARGE_MODELS[terms.model].needs(terms.properties)
    count, each = int(sample.size), sample.each
    if terms.kind == "max_agg":
        values = (each, *repeat(ZERO, count - 1)) if count else ()
        return Usage(each if count else ZERO, count, event_values=values)
    return Usage(
        units=sample.units,
        events_count=count,
        running_totals=_running_totals(terms.kind, count, each, needs),
        event_values=(each,) * count if needs.event_values else (),
    )


def beyond(size: Decimal) -> Decimal:
    """A good deal more, with one digit that counts: beyond 10,001 is 20,000."""
    step = Decimal(1).scaleb(size.adjusted())
    return (size * ROOM / step).to_integral_value(ROUND_CEILING) * step


def round_size(size: Decimal, *, whole: bool = False) -> Decimal:
    """As one would say it: large numbers and `whole` ones without decimals, small ones with a few."""
    return size.quantize(ONE if whole or size >= STEPS else CENTIUNIT, ROUND_HALF_UP).normalize() + ZERO


def _running_totals(kind: str, count: int, each: Decimal, needs: Needs) -> Sequence[Decimal] | range:
    """The totals that the price asks for, event by event; other aggregations than these have none."""
    if not needs.running_totals or kind not in (*COUNTED, "sum_agg"):
        return ()
    if kind in COUNTED:
        return range(1, count + 1)
    asked = needs.first_totals or int(needs.totals_until / each) + 1
    return tuple(each * number for number in range(1, min(count, asked) + 1))


def _sorted(samples: set[Sample]) -> list[Sample]:
    return sorted(samples, key=lambda one: (one.size, one.each or ZERO))


def _read(text: str, most: Decimal) -> Decimal | None:
    """A number above 0 that is typed, at most `most`; None for anything else."""
    number = Decimal(text) if NUMBER.fullmatch(text) else ZERO
    return min(number, most) if number > 0 else None
