"""What the lists of the logs can be filtered by alike (06 §6)."""

from datetime import UTC, date, datetime, time

from lago.api.kit import argument
from lago.core.errors import Invalid
from lago.core.fields import INVALID_DATE, MANDATORY, parse_moment


def from_date() -> datetime | None:
    """The earliest time asked for. Raises Invalid for what is neither a time nor a date."""
    return _moment("from_date")


def to_date(*, mandatory: bool = False) -> datetime | None:
    """The latest time asked for, inclusive: of a date without a time, its end. Raises Invalid."""
    given = argument("to_date")
    if mandatory and not given:
        raise Invalid({"to_date": [MANDATORY]})
    moment = _moment("to_date")
    return datetime.combine(moment, time.max, UTC) if moment and _is_date(given) else moment


def _moment(name: str) -> datetime | None:
    given = argument(name)
    moment = parse_moment(given)
    if given and moment is None:
        raise Invalid({name: [INVALID_DATE]})
    return moment


def _is_date(text: str | None) -> bool:
    try:
        return bool(date.fromisoformat((text or "").strip()))
    except ValueError:
        return False
