"""Writes the security log (06 §6): who changed what decides who may do what."""

import uuid
from collections.abc import Mapping
from typing import Any

from lago.audit.device import device_info
from lago.audit.models import SecurityLog
from lago.core import actor, clock
from lago.core.db import db

EVENTS = tuple(
    """api_key.created api_key.updated api_key.rotated api_key.deleted billing_entity.created billing_entity.updated
    export.created integration.created integration.updated integration.deleted role.created role.updated role.deleted
    user.signed_up user.invited user.role_edited user.deleted user.password_edited user.password_reset_requested
    user.new_device_logged_in webhook_endpoint.created webhook_endpoint.updated webhook_endpoint.deleted""".split()
)
TYPES = tuple(dict.fromkeys(event.split(".")[0] for event in EVENTS))


def note_security(
    log_event: str,
    organization_id: uuid.UUID,
    *,
    resources: Mapping[str, Any],
    user_id: uuid.UUID | None = None,
    user_email: str | None = None,
) -> None:
    """Notes in the transaction at hand that `log_event`, one of EVENTS, happened: it is in the log exactly if it was
    done. Who acts is taken from `core.actor`; `user_id` and `user_email` name somebody else, such as the one who is
    just signing in.

    `resources` are plain JSON values that say what it happened to, such as `{"email": …, "roles": […]}`; what changed
    is `[before, after]` under `changes`. No secret may be in it: a key is named by its last four characters.
    """
    if log_event not in EVENTS:
        raise ValueError(f"no event of the security log: {log_event}")
    doer, now = actor.current(), clock.real_now()
    record = SecurityLog(
        organization_id=organization_id, log_type=log_event.split(".")[0], log_event=log_event,
        user_id=user_id or doer.user_id, user_email=user_email or doer.user_email, api_key_id=doer.api_key_id,
        resources=dict(resources), device_info=device_info(doer.user_agent, doer.address),
        logged_at=clock.now(), created_at=now, updated_at=now,
    )
    db.session.add(record)
