"""The log of API requests: what was sent, and what was answered (06 §6)."""

import uuid

from lago.admin.pages import current_organization, found, instant, one_of, page, paged, show, text
from lago.audit.api_logs import LAST_SUCCESS, ApiLogFilter, browse_api_logs, find_api_log_by_id
from lago.organizations.keys import find_any_key

METHODS = ("post", "put", "patch", "delete")
STATUSES = ("succeeded", "failed", "400", "403", "404", "405", "413", "422", "429", "500")


@page("GET", "/developers/api_logs", needs="audit_logs:view")
def api_logs() -> str:
    chosen = chosen_filter()
    listed = paged(browse_api_logs(current_organization().id, chosen))
    return show(
        "api_logs/list.html", "api_logs/_list.html", page=listed, logs=listed.items, filtered=chosen != ApiLogFilter(),
        chosen=chosen, methods=METHODS, statuses=STATUSES, method=one_of("method", METHODS),
        status=one_of("status", STATUSES), path=text("path"), last_success=LAST_SUCCESS,
    )


@page("GET", "/developers/api_logs/<uuid:api_log_id>", needs="audit_logs:view")
def api_log(api_log_id: uuid.UUID) -> str:
    organization = current_organization()
    record = found(find_api_log_by_id(organization.id, api_log_id), "api_log")
    key = find_any_key(organization.id, record.api_key_id)
    return show("api_logs/show.html", log=record, key=key, last_success=LAST_SUCCESS)


def chosen_filter() -> ApiLogFilter:
    method, status, path = one_of("method", METHODS), one_of("status", STATUSES), text("path")
    return ApiLogFilter(
        since=instant("from"), until=instant("to"), methods=(method,) if method else (),
        statuses=(int(status) if status.isdecimal() else status,) if status else (),
        paths=(path if "*" in path else f"*{path}*",) if path else (), client_part=text("client"),
    )
