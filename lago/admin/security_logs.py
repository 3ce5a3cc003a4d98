"""The security log: who changed what decides who may do what (06 §6)."""

import uuid

from lago.admin.changes_in_words import changes_in_words
from lago.admin.pages import current_organization, found, instant, one_of, page, paged, show, text
from lago.audit.note_security import EVENTS
from lago.audit.security_logs import SecurityLogFilter, browse_security_logs, find_security_log
from lago.organizations.keys import find_any_key


@page("GET", "/developers/security_logs", needs="security_logs:view")
def security_logs() -> str:
    event = one_of("event", EVENTS)
    chosen = SecurityLogFilter(
        since=instant("from"), until=instant("to"), log_events=(event,) if event else (), email_part=text("email")
    )
    listed = paged(browse_security_logs(current_organization().id, chosen))
    return show(
        "security_logs/list.html", "security_logs/_list.html", page=listed, logs=listed.items, chosen=chosen,
        filtered=chosen != SecurityLogFilter(), events=EVENTS, event=event,
    )


@page("GET", "/developers/security_logs/<uuid:security_log_id>", needs="security_logs:view")
def security_log(security_log_id: uuid.UUID) -> str:
    organization = current_organization()
    record = found(find_security_log(organization.id, security_log_id), "security_log")
    key = find_any_key(organization.id, record.api_key_id) if record.api_key_id else None
    changes = changes_in_words(record.resources.get("changes"))
    return show("security_logs/show.html", log=record, key=key, changes=changes)
