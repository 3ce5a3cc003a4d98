"""An event that is only asked about (01 §1.11, §1.12)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lago.core import clock
from lago.core.errors import Invalid
from lago.core.ids import new_id
from lago.metering.new_event import NewEvent, read_event

_MAY_BE_MISSING = ("code", "transaction_id")


def hypothetical_event(sent: Mapping[str, Any]) -> NewEvent:
    """The event, happening now; without a transaction id it gets a random one.

    Its code need not be known, or there. Raises Invalid for other texts that no event can have.
    """
    event, errors = read_event({**sent, "timestamp": None}, clock.now())
    if refused := {name: codes for name, codes in errors.items() if name not in _MAY_BE_MISSING}:
        raise Invalid(refused)
    return event if event.transaction_id else replace(event, transaction_id=str(new_id()))


def does_not_match() -> Invalid:
    """What is said where no charge would bill the event at once."""
    return Invalid({"code": ["does_not_match_an_instant_charge"]})
