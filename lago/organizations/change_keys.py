"""API keys made, changed, rotated and ended by people; the security log and all admins are told (06 §1.1)."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from lago.audit.note_security import note_security
from lago.audit.note_update import named, note_update
from lago.core import actor, clock, mail
from lago.core.db import db, lock
from lago.core.errors import Invalid, NotFound
from lago.core.ids import new_id
from lago.core.outbox import enqueue
from lago.organizations.keys import create_key
from lago.organizations.models import ApiKey, Organization
from lago.organizations.permissions import checked_permissions

_NAMED_BY = ("name", "last_four")


def add_key(
    organization: Organization, *, name: str | None, permissions: dict[str, list[str]] | None
) -> tuple[ApiKey, str]:
    """A new key and its value. Raises Invalid for a permission that does not exist."""
    key, value = create_key(organization, name=name, permissions=checked_permissions(permissions))
    resources = {**named(key, *_NAMED_BY), "permissions": key.permissions}
    note_security("api_key.created", organization.id, resources=resources)
    _tell("created", key)
    return key, value


def update_key(key: ApiKey, *, name: str | None, permissions: dict[str, list[str]] | None) -> None:
    """Changes name and permissions, from the next request on. Raises Invalid for a permission that does not exist."""
    allowed = checked_permissions(permissions)
    with note_update("api_key.updated", key, *_NAMED_BY):
        key.name, key.permissions = name, allowed


def rotate_key(key: ApiKey, *, name: str | None, expires_at: datetime | None) -> tuple[ApiKey, str]:
    """A new key with every permission in place of `key`, which ends at `expires_at`, or now.

    Raises NotFound if it has ended meanwhile.
    """
    _hold(key)
    key.expires_at = expires_at or clock.real_now()
    new, value = create_key(db.session.get_one(Organization, key.organization_id), name=name)
    old = {**named(key, *_NAMED_BY, "expires_at")}
    note_security("api_key.rotated", key.organization_id, resources={**named(new, *_NAMED_BY), "replaces": old})
    _tell("rotated", new, old_key_id=key.id)
    return new, value


def delete_key(key: ApiKey) -> None:
    """Ends the key now. Raises Invalid if no other key without an end would remain, NotFound if it has ended."""
    _hold(key)
    others = select(ApiKey.id).where(
        ApiKey.organization_id == key.organization_id, ApiKey.id != key.id, ApiKey.expires_at.is_(None)
    )
    if db.session.scalar(others.limit(1)) is None:
        raise Invalid({"base": ["last_non_expiring_api_key"]})
    key.expires_at = clock.real_now()
    note_security("api_key.deleted", key.organization_id, resources=named(key, *_NAMED_BY))
    _tell("deleted", key)


def _hold(key: ApiKey) -> None:
    """Of two requests at once the second sees what the first has done: neither can both end the last keys, nor one key
    be rotated twice."""
    lock(f"api keys {key.organization_id}")
    db.session.refresh(key)
    if key.expires_at is not None and key.expires_at <= clock.real_now():
        raise NotFound("api_key")


def _tell(deed: str, key: ApiKey, **more: Any) -> None:
    if mail.is_configured():
        enqueue(
            "organizations.email_about_key", organization_id=key.organization_id, key_id=key.id, deed=deed,
            by=actor.current().user_email, cause_id=new_id(), **more,
        )
