"""Open invitations of an organization (06 §6)."""

import uuid

from sqlalchemy import Select, select

from lago.core import config
from lago.core.db import db
from lago.organizations.models import Invite


def open_invites(organization_id: uuid.UUID) -> list[Invite]:
    """Those that were neither accepted nor revoked, the newest first."""
    return list(db.session.scalars(_open(organization_id).order_by(Invite.seq.desc())))


def find_open_invite(organization_id: uuid.UUID, invite_id: uuid.UUID) -> Invite | None:
    """One of them, held until the end of the transaction: nobody accepts it meanwhile."""
    return db.session.scalar(_open(organization_id).where(Invite.id == invite_id).with_for_update())


def invite_url(invite: Invite) -> str:
    """The link that is shown to be passed on: invitations are not mailed."""
    return f"{config.settings().front_url}/invitation/{invite.token}"


def _open(organization_id: uuid.UUID) -> Select[Invite]:
    return select(Invite).where(Invite.organization_id == organization_id, Invite.status == "pending")
