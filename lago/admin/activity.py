"""The activity log: who did what to which object, and what it changed."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import g

from lago.admin import access
from lago.admin.changes_in_words import changes_in_words
from lago.admin.object_kinds import KINDS
from lago.admin.pages import current_organization, found, instant, one_of, page, paged, show, text
from lago.audit.activities import ActivityFilter, find_activity
from lago.audit.activity_types import ACTIVITY_TYPES, RESOURCE_TYPES, SOURCES
from lago.audit.browse import browse_activities
from lago.audit.models import ActivityLog
from lago.core.ids import as_uuid
from lago.core.owned import find_owned
from lago.organizations.keys import find_own_key

SOURCE_WORDS = {"api": "the API", "front": "a page", "system": "the system", "admin": "the operator"}

LABELS = {"Entitlement::Feature": "Feature"} | {
    kind.model.__name__: kind.label for kind in KINDS.values() if kind.model.__name__ in RESOURCE_TYPES
}
"""What people call the types of objects that the log is about."""

_KINDS = {"Entitlement::Feature": KINDS["feature"]} | {
    kind.model.__name__: kind for kind in KINDS.values() if kind.model.__name__ in RESOURCE_TYPES
}


@dataclass(frozen=True)
class Link:
    """An object as it is now: what it is called, and its page; an empty address where the member may not open it."""

    title: str
    address: str


@page("GET", "/developers/activity", needs="audit_logs:view")
def activities() -> str:
    chosen = chosen_filter()
    listed = paged(browse_activities(current_organization().id, chosen))
    return show(
        "activity/list.html", "activity/_list.html", page=listed, lines=listed.items, chosen=chosen,
        type=text("type"), filtered=chosen != ActivityFilter(), sources=SOURCES, types=sorted(ACTIVITY_TYPES),
        resource_types=LABELS, words=SOURCE_WORDS,
    )


@page("GET", "/developers/activity/<uuid:activity_id>", needs="audit_logs:view")
def activity(activity_id: uuid.UUID) -> str:
    line = found(find_activity(current_organization().id, activity_id), "activity_log")
    key = find_own_key(line.organization_id, line.api_key_id) if line.api_key_id else None
    return show(
        "activity/show.html", line=line, link=link_to(line), label=LABELS.get(line.resource_type, line.resource_type),
        words=SOURCE_WORDS, changes=changes_in_words(line.activity_object_changes), key=key,
    )


def chosen_filter() -> ActivityFilter:
    """Of the type a part is enough."""
    source, resource_type, email = one_of("source", SOURCES), one_of("about", RESOURCE_TYPES), text("user")
    resource = text("object")
    return ActivityFilter(
        since=instant("from"), until=instant("to"), activity_types=types_with(text("type")),
        activity_sources=(source,) if source else (), user_emails=(email,) if email else (),
        external_customer_id=text("customer"), external_subscription_id=text("subscription"),
        resource_ids=(as_uuid(resource),) if resource else (),
        resource_types=(resource_type,) if resource_type else (),
    )


def types_with(part: str | None) -> Sequence[str]:
    """The types whose names have that part; none is asked for without one."""
    if part is None:
        return ()
    return [name for name in sorted(ACTIVITY_TYPES) if part.lower() in name] or [part]


def link_to(line: ActivityLog) -> Link | None:
    """The object that the line is about; None where there is none of it any more."""
    kind = _KINDS.get(line.resource_type)
    record: Any = find_owned(kind.model, line.organization_id, line.resource_id) if kind else None
    if not kind or record is None:
        return None
    gone = getattr(record, "deleted_at", None) is not None
    opens = not gone and access.may_open(g.member, kind.view)
    return Link(kind.title(record), kind.address(record) if opens else "")
