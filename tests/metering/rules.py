"""The aggregations of 01 §3 written down in Python, event by event: what the event store has to agree with.

Each rule takes a `Case`, the events of one bucket and group, and gives the `Usage`, or None where there is no such
group.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, localcontext
from itertools import accumulate

from lago.pricing.values import Usage

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
ZERO = Decimal(0)


@dataclass(frozen=True)
class Sent:
    """An event: the text of its property, its operation, what it names as its price."""

    timestamp: datetime
    place: int
    has_value: bool
    value: str | None
    operation: str
    amount: Decimal | None

    @property
    def number(self):
        found = self.value is not None and NUMBER.fullmatch(self.value) and len(self.value) <= 500
        return Decimal(self.value) if found else None


@dataclass(frozen=True)
class Case:
    """The events up to the end of the window, in order; `opening`: the level that a weighted sum begins with."""

    measurement: object
    grouped: bool
    has_null_group: bool
    history: list[Sent]
    opening: Decimal | None = None

    @property
    def window(self):
        return self.measurement.window

    @property
    def within(self):
        return [one for one in self.history if one.timestamp >= self.window.floor]

    @property
    def counted(self):
        """Of a recurring metric the whole history."""
        return self.history if self.measurement.metric.recurring else self.within

    def local(self, instant):
        return instant.astimezone(self.window.zone).date()


def num(dividend, divisor):
    """The quotient as PostgreSQL's `numeric` gives it: at least 16 significant digits, counted in groups of four."""
    def weight(number):
        return number.adjusted() // 4 if number else 0

    def first_group(number):
        return int(abs(number).scaleb(-4 * weight(number)))

    groups = weight(dividend) - weight(divisor) - (first_group(dividend) <= first_group(divisor))
    places = max(16 - 4 * groups, -dividend.as_tuple().exponent, -divisor.as_tuple().exponent, 0)
    return (dividend / divisor).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def ceil(number, places):
    return number.quantize(Decimal(1).scaleb(-places), ROUND_CEILING)


def numbers(events):
    return [one.number for one in events if one.number is not None]


def count_rule(case):
    found = len(case.within)
    return found and Usage(
        Decimal(found), found, running_totals=range(1, found + 1), event_values=(Decimal(1),) * found
    )


def sum_rule(case):
    found = [one for one in case.counted if one.number is not None]
    amounts = sum((one.amount or ZERO for one in found), ZERO)
    return found and Usage(
        sum(numbers(found)), len(found), running_totals=free_totals(case.measurement.needs, numbers(found)),
        event_values=tuple(numbers(case.within)), precise_total_amount_cents=amounts,
    )


def free_totals(needs, values):
    totals = list(accumulate(values))
    if needs.first_totals:
        return tuple(totals[: needs.first_totals])
    if not needs.totals_until:
        return ()
    above = next((place for place, total in enumerate(totals) if total > needs.totals_until), len(totals))
    return tuple(totals[: above + 1])


def max_rule(case):
    found = numbers(case.within)
    if not found:
        return None
    first = found.index(max(found))
    return Usage(max(found), len(found), event_values=(*[ZERO] * first, max(found), *[ZERO] * (len(found) - first - 1)))


def latest_rule(case):
    found = numbers(case.within)
    return found and Usage(max(found[-1], ZERO), len(found))


def unique_rule(case):
    total = sum(change for _, change in plain_changes(case.counted))
    given = sum(one.has_value for one in case.within)
    return case.counted and Usage(
        Decimal(total), total, running_totals=range(1, total + 1), event_values=(Decimal(1),) * given
    )


def plain_changes(events):
    """Each event that adds or removes its value, and by how much."""
    states = defaultdict(lambda: "remove")
    for one in events:
        if one.operation != states[one.value]:
            yield one, (1 if one.operation == "add" else -1)
        states[one.value] = one.operation


def weighted_rule(case):
    found = [one for one in case.within if one.number is not None]
    if not found and case.opening is None:
        return None
    ends = case.window.ends + timedelta(microseconds=-case.window.ends.microsecond % 1_000_000)
    points = [(case.window.floor, case.opening or ZERO), *((one.timestamp, one.number) for one in found)]
    total, level = ZERO, ZERO
    for (moment, change), (following, _) in zip(points, [*points[1:], (ends, ZERO)], strict=True):
        level += change
        seconds = Decimal((following - moment) // timedelta(microseconds=1)).scaleb(-6)
        total += num(level * seconds, Decimal(case.window.duration * 86400))
    return Usage(ceil(total, 20), len(found), total_aggregated_units=level)


def prorated_sum_rule(case):
    found = [one for one in case.history if one.number is not None]
    if not found:
        return None
    before = [one.number for one in found if one.timestamp < case.window.starts]
    within = [one for one in found if one.timestamp >= case.window.floor]
    opening_share = Decimal(repr(case.window.days / case.window.duration))
    steps = [(one.number, one.number * share(case, days_left(case, one))) for one in within]
    if sum(before):
        steps = [(sum(before), sum(before) * opening_share), *steps]
    prorated = ceil(sum((prorated for _, prorated in steps), ZERO), 5)
    return shown(case, prorated, len(before) + len(within), sum(numbers(found)), steps)


def share(case, days):
    return num(Decimal(days), Decimal(case.window.duration))


def days_left(case, event):
    return (case.local(case.window.ends) - case.local(event.timestamp)).days + 1


def prorated_unique_rule(case):
    if not case.history:
        return None
    steps = []
    kept = list(plain_changes(without_same_day_removals(case)))
    for place, (one, change) in enumerate(kept):
        following = next((other for other, _ in kept[place + 1 :] if other.value == one.value), None)
        order = one.timestamp, one.value is None, one.value or "", one.place
        steps.append((*order, change, days_there(case, one, change, following)))
    prorated = ceil(sum((step[-1] for step in steps), ZERO), 5)
    full = sum(change for _, change in plain_changes(case.history))
    pairs = [(Decimal(change), ceil(days, 5)) for *_, change, days in sorted(steps)]
    events = int(max(prorated, ZERO) if case.measurement.current else prorated)
    return shown(case, prorated, events, Decimal(full), pairs)


def without_same_day_removals(case):
    for place, one in enumerate(case.history):
        day = case.local(one.timestamp)
        followed = any(
            other.value == one.value and other.operation != "remove" and case.local(other.timestamp) == day
            for other in case.history[place + 1 :]
        )
        if not (one.operation == "remove" and followed and one.value is not None and not case.has_null_group):
            yield one


def days_there(case, event, change, following):
    if change < 0:
        return ZERO
    if following and following.timestamp < case.window.starts:
        return share(case, 1) if case.grouped else ZERO
    first = max(case.local(event.timestamp), case.local(case.window.starts))
    last = case.local(following.timestamp if following else case.window.ends)
    return share(case, (last - first).days + 1)


def shown(case, prorated, events_count, full, steps):
    least = ZERO if case.measurement.current else min(prorated, full)
    return Usage(max(prorated, least), events_count, full_units=max(full, least), steps=tuple(steps))


RULES = {
    ("count_agg", False): count_rule,
    ("sum_agg", False): sum_rule,
    ("max_agg", False): max_rule,
    ("latest_agg", False): latest_rule,
    ("unique_count_agg", False): unique_rule,
    ("weighted_sum_agg", False): weighted_rule,
    ("sum_agg", True): prorated_sum_rule,
    ("unique_count_agg", True): prorated_unique_rule,
}


def by_the_rule(case):
    """The usage of the case, computed without losing a digit; None if there is no such group."""
    with localcontext(prec=2000):
        measurement = case.measurement
        return RULES[measurement.metric.aggregation_type, measurement.prorated](case) or None
