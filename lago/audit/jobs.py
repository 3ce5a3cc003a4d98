"""Background work of the logs."""

from lago.audit.forget_old import forget_old
from lago.audit.forget_old_activities import forget_old_activities
from lago.core.jobs import job

_LONGEST_S = 600


@job("audit.forget_old", queue="low")
def forget_old_job() -> None:
    forget_old()


@job("audit.forget_old_activities", queue="low", lease_s=_LONGEST_S)
def forget_old_activities_job() -> None:
    forget_old_activities()
