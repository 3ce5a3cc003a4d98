"""Background work of the logs."""

from lago.audit.forget_old import forget_old
from lago.core.jobs import job


@job("audit.forget_old", queue="low")
def forget_old_job() -> None:
    forget_old()
