"""Weighted sum: a level that events raise and lower, by the share of the period for which it stands (01 §3.6)."""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from lago.metering.aggregations.measurement import Measurement
from lago.metering.store import EventSet, Group, LevelTime, Question, Read
from lago.pricing.rounding import round_to
from lago.pricing.values import Usage

_SECOND = timedelta(seconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 24 * 60 * 60
_PLACES = 20


def question(measurement: Measurement) -> Question:
    """The whole period is what a share is of, even of a window that is a part of it; a window ends with a second."""
    window, opening = measurement.window, measurement.opening
    levels = LevelTime(
        starts=window.floor,
        ends=window.ends + (-timedelta(microseconds=window.ends.microsecond)) % _SECOND,
        seconds=window.duration * _DAY,
        opening=tuple(opening.levels.items()),
        before=_history(measurement) if opening.from_history else None,
    )
    return Question(Read.LEVEL, measurement.events(), levels=levels)


def usage(measurement: Measurement, group: Group) -> Usage:
    units = measurement.rounded(round_to(group.value, _PLACES, ROUND_CEILING))
    return Usage(units, group.events_count, total_aggregated_units=final_level(group))


def final_level(group: Group) -> Decimal:
    """The level at the end of the window."""
    return group.figures[0] if group.figures else Decimal(0)


def last_change(measurement: Measurement, group: Group) -> datetime:
    """When the last event of the window was; the start of the window if there was none."""
    if len(group.figures) < 2:
        return measurement.window.starts
    return _EPOCH + timedelta(microseconds=int(group.figures[1].scaleb(6)))


def _history(measurement: Measurement) -> EventSet:
    return measurement.events_until(measurement.window.starts - _SECOND)
