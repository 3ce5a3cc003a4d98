"""An organization always has an admin (06 §6)."""

from sqlalchemy import select

from lago.core.db import db
from lago.core.errors import NotAllowed
from lago.organizations.models import Membership


def keep_an_admin(leaving: Membership) -> None:
    """Raises NotAllowed `last_admin` if `leaving` is the only admin. Others cannot leave meanwhile: whoever asks holds
    the staff of the organization."""
    if "admin" not in leaving.roles:
        return
    others = select(Membership.id).where(
        Membership.organization_id == leaving.organization_id, Membership.id != leaving.id,
        Membership.revoked_at.is_(None), Membership.roles.contains(["admin"]),
    )
    if db.session.scalar(others.limit(1)) is None:
        raise NotAllowed("last_admin")
