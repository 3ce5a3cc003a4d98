"""`/security_logs`: what concerns who may do what (06 §6)."""

import uuid
from typing import Any

from lago.api.kit import arguments, current_organization, found, many, one
from lago.api.log_filters import from_date, to_date
from lago.api.routes import endpoint
from lago.audit.schemas import SecurityLogSchema
from lago.audit.security_logs import SecurityLogFilter, browse_security_logs, find_security_log
from lago.core.ids import as_uuid

_NOBODY = uuid.UUID(int=0)


@endpoint("GET", "/security_logs", permission="security_log")
def list_security_logs() -> dict[str, Any]:
    chosen = SecurityLogFilter(
        since=from_date(), until=to_date(mandatory=True), user_ids=ids("user_ids"), api_key_ids=ids("api_key_ids"),
        log_types=arguments("log_types"), log_events=arguments("log_events"),
    )
    return many("security_logs", SecurityLogSchema(), browse_security_logs(current_organization().id, chosen))


@endpoint("GET", "/security_logs/<segment:log_id>", permission="security_log")
def show_security_log(log_id: str) -> dict[str, Any]:
    record = find_security_log(current_organization().id, as_uuid(log_id))
    return one("security_log", SecurityLogSchema(), found(record, "security_log"))


def ids(name: str) -> list[uuid.UUID]:
    """The ids asked for; a malformed one is the id of nobody, and filters all the same."""
    return [as_uuid(text) or _NOBODY for text in arguments(name)]
