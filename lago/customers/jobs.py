"""Background work of customers."""

import uuid

from lago.core.jobs import job
from lago.customers.check_vies import check_vies
from lago.customers.vies import PATIENCE_S

_SPARE_S = 30


@job("customers.check_vies", queue="low", lease_s=3 * PATIENCE_S + _SPARE_S)
def check_vies_job(check_id: str) -> None:
    check_vies(uuid.UUID(check_id))
