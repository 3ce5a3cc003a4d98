"""What every object page has beneath: how the API names it, the webhooks sent about it, what happened to it."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask import g, url_for

from lago.admin import access
from lago.admin.blueprint import blueprint
from lago.admin.object_kinds import EVENT, KINDS, Kind
from lago.admin.pages import current_organization, found, page, paged, show
from lago.audit.browse import activities_of
from lago.core.owned import find_owned
from lago.core.pagination import Page
from lago.webhooks.browse import deliveries_to_list

LOGS = (("Webhooks sent", "object_webhooks"), ("Activity", "object_activity"))


@dataclass(frozen=True)
class About:
    """`ids`: label and value of all that names it; `path`: how the API is asked for it, None if it knows none of its
    kind; `logs`: label and address of what else is told of it, for those who may see that."""

    title: str
    key: str
    ids: list[tuple[str, str]]
    path: str | None
    logs: list[tuple[str, str]]


@blueprint.app_template_global()
def about(name: str, record: Any, path: str | None = None) -> About:
    """What the component shows of a record of that kind; `path`: where its kind alone cannot tell it."""
    kind = EVENT if name == "event" else KINDS[name]
    ids = [(label, getattr(record, field)) for label, field in kind.names]
    return About(
        title=f"About this {kind.label[0].lower()}{kind.label[1:]}", key=f"{name}-{record.id}",
        ids=[("Id", str(record.id)), *(pair for pair in ids if pair[1])],
        path=path or (kind.path and kind.path(record)), logs=logs_of(name, kind, record),
    )


def logs_of(name: str, kind: Kind, record: Any) -> list[tuple[str, str]]:
    """What the member may see of them."""
    return [
        (label, url_for(f"admin.{view}", kind=name, object_id=record.id))
        for label, view in LOGS if kind.logs and access.may_open(g.member, view)
    ]


@page("GET", "/objects/<kind>/<uuid:object_id>/webhooks", needs="developers:view")
def object_webhooks(kind: str, object_id: uuid.UUID) -> str:
    """The messages about one object, the newest first."""
    its_kind, record = own_object(kind, object_id)
    return show_log("webhooks", its_kind, record, paged(deliveries_to_list(record.organization_id, record.id)))


@page("GET", "/objects/<kind>/<uuid:object_id>/activity", needs="audit_logs:view")
def object_activity(kind: str, object_id: uuid.UUID) -> str:
    """What happened to one object, the newest first."""
    its_kind, record = own_object(kind, object_id)
    log_id = its_kind.log_id(record) if its_kind.log_id else None
    listed = paged(activities_of(record.organization_id, log_id)) if log_id else None
    return show_log("activity", its_kind, record, listed)


def show_log(log: str, kind: Kind, record: Any, listed: Page | None) -> str:
    """The whole page, or its list alone. `listed` None: there are never lines about such."""
    return show(
        f"objects/{log}.html", f"objects/_{log}.html", page=listed, kind=kind, record=record, name=kind.title(record),
        back=kind.address(record), box=f"{log}-{record.id}",
    )


def own_object(name: str, object_id: uuid.UUID) -> tuple[Kind, Any]:
    """The kind and the organization's object of it, if the member may see such. Raises NotFound, NotPermitted."""
    kind = found(KINDS.get(name), "object")
    record = found(find_owned(kind.model, current_organization().id, object_id), name)
    access.check(g.member, kind.view)
    return kind, record
