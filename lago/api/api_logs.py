"""`/api_logs`: the requests that may have changed something (06 §6)."""

from typing import Any

from lago.api.kit import argument, arguments, current_organization, found, many, one
from lago.api.log_filters import from_date, to_date
from lago.api.routes import endpoint
from lago.audit.api_logs import ApiLogFilter, browse_api_logs, find_api_log
from lago.audit.schemas import ApiLogSchema
from lago.core.errors import Invalid
from lago.core.fields import INVALID

_MOST_DIGITS = 4


@endpoint("GET", "/api_logs", permission="api_log")
def list_api_logs() -> dict[str, Any]:
    chosen = ApiLogFilter(
        since=from_date(), until=to_date(), methods=arguments("http_methods"),
        statuses=[status(text) for text in arguments("http_statuses")], api_version=argument("api_version"),
        paths=arguments("request_paths"), clients=arguments("clients"),
    )
    return many("api_logs", ApiLogSchema(), browse_api_logs(current_organization().id, chosen))


@endpoint("GET", "/api_logs/<segment:request_id>", permission="api_log")
def show_api_log(request_id: str) -> dict[str, Any]:
    return one("api_log", ApiLogSchema(), found(find_api_log(current_organization().id, request_id), "api_log"))


def status(text: str) -> int | str:
    """A number, `succeeded` or `failed`. Raises Invalid for anything else."""
    if text in ("succeeded", "failed"):
        return text
    if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS:
        return int(text)
    raise Invalid({"http_statuses": [INVALID]})
