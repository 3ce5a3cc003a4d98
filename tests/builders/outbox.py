"""What waits in the outbox of an organization."""

from typing import Any

from sqlalchemy import select

from lago.core.db import db
from lago.core.outbox import OutboxRow
from lago.webhooks.catalog import MESSAGES
from tests.builders.organizations import Account


def waiting(account: Account, name: str) -> list[dict[str, Any]]:
    """The arguments of the jobs of that name, in order."""
    query = select(OutboxRow.args).where(
        OutboxRow.organization_id == account.organization.id, OutboxRow.name == name
    )
    return list(db.session.scalars(query.order_by(OutboxRow.id)))


def announced(account: Account) -> list[str]:
    """The types of the webhooks that are to be sent, in order; not what is for the activity log alone."""
    told = [args["webhook_type"] for args in waiting(account, "webhooks.dispatch")]
    return [name for name in told if name in MESSAGES]
