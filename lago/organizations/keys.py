"""API keys: found by digest, shown once (06 §1.1)."""

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select, update

from lago.core import clock
from lago.core.crypto import digest
from lago.core.db import db
from lago.organizations.models import ApiKey, Organization

_TOUCH_EVERY = timedelta(hours=1)


_VALID_KEY = (
    select(ApiKey, Organization)
    .join(Organization, Organization.id == ApiKey.organization_id)
    .where(
        ApiKey.digest == bindparam("digest"), or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > bindparam("now"))
    )
)
"""Made once, because every request asks it."""


def find_key(value: str) -> tuple[ApiKey, Organization] | None:
    """The valid key with this value, and its organization. Keys live by real time, also in a sandbox."""
    row = db.session.execute(_VALID_KEY, {"digest": digest(value), "now": clock.real_now()}).first()
    return (row[0], row[1]) if row else None


def touch(key: ApiKey) -> None:
    """Notes that the key was used, at most once an hour."""
    now = clock.real_now()
    if key.last_used_at is None or key.last_used_at < now - _TOUCH_EVERY:
        db.session.execute(update(ApiKey).where(ApiKey.id == key.id).values(last_used_at=now))


def create_key(
    organization: Organization,
    *,
    value: str | None = None,
    name: str | None = None,
    permissions: dict[str, Any] | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its value, which nobody can read again. `value`: a given one instead of a random UUID."""
    value = value or str(uuid.uuid4())
    key = ApiKey(
        organization_id=organization.id, name=name, digest=digest(value), last_four=value[-4:], permissions=permissions
    )
    db.session.add(key)
    db.session.flush()
    return key, value


def keys_of(organization_id: uuid.UUID) -> list[ApiKey]:
    """The organization's keys, valid ones first, then the newest."""
    ended = ApiKey.expires_at.is_not(None) & (ApiKey.expires_at <= clock.real_now())
    query = select(ApiKey).where(ApiKey.organization_id == organization_id).order_by(ended, ApiKey.seq.desc())
    return list(db.session.scalars(query))


def find_own_key(organization_id: uuid.UUID, key_id: uuid.UUID) -> ApiKey | None:
    """A key of the organization that has not ended."""
    query = select(ApiKey).where(ApiKey.organization_id == organization_id, ApiKey.id == key_id)
    return db.session.scalar(query.where(or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > clock.real_now())))


def find_any_key(organization_id: uuid.UUID, key_id: uuid.UUID) -> ApiKey | None:
    """A key of the organization, also one that has ended: to name it."""
    return db.session.scalar(select(ApiKey).where(ApiKey.organization_id == organization_id, ApiKey.id == key_id))
