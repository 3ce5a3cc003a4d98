"""Background work of metering."""

from datetime import timedelta

from lago.core import clock
from lago.core.jobs import job
from lago.metering.event_errors import report_event_errors

_SETTLING = timedelta(minutes=5)
"""After the end of an hour: by then every request of that hour has stored its events (06 §7)."""


@job("metering.report_event_errors", queue="low")
def report_event_errors_job() -> None:
    with clock.at(clock.now() - _SETTLING):
        report_event_errors()
