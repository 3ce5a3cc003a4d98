"""Writes the activity log (06 §6): a line for each announcement of something that it tells of."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Text, cast, literal
from sqlalchemy.dialects.postgresql import JSONB, insert

from lago.audit.models import ActivityLog
from lago.core.db import db


@dataclass(frozen=True)
class Occasion:
    """An announcement: by whom it was made (`actor` as of `core.actor.as_arguments`), when by the organization's clock,
    and what it changed."""

    cause_id: uuid.UUID
    announced_at: datetime
    actor: Mapping[str, str]
    changes: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class About:
    """What a line is about, and by which ids of clients it can be found."""

    organization_id: uuid.UUID
    resource_type: str
    resource_id: uuid.UUID
    external_customer_id: str | None = None
    external_subscription_id: str | None = None


def note_activity(activity_type: str, occasion: Occasion, about: About, shown: Any) -> None:
    """Writes the line, unless this cause has one. `shown`: the object as the API shows it."""
    updated = "updated" in activity_type
    values = {
        **asdict(about), "cause_id": occasion.cause_id, "activity_type": activity_type,
        "activity_source": occasion.actor.get("source", "system"), "user_email": occasion.actor.get("user_email"),
        "api_key_id": occasion.actor.get("api_key_id"), "logged_at": occasion.announced_at,
        "activity_object": cast(literal(orjson.dumps(shown).decode(), Text), JSONB),
        "activity_object_changes": dict(occasion.changes or {}) if updated else None,
    }
    db.session.execute(insert(ActivityLog).values(values).on_conflict_do_nothing(index_elements=["cause_id"]))
