"""Which subscriptions have days of usage to be kept: found in the data, by a mark that each of them has."""

import uuid

from sqlalchemy import select, text

from lago.analytics.models import UsageDayMark
from lago.core import clock
from lago.core.db import db

_BEGIN = """
    INSERT INTO usage_day_marks (subscription_id, organization_id, next_day, due_at)
    SELECT id, organization_id, day, (day + 1)::timestamp AT TIME ZONE zone
    FROM (
        SELECT subscriptions.id, subscriptions.organization_id, zone, (started_at AT TIME ZONE zone)::date AS day
        FROM subscriptions JOIN customers ON customers.id = subscriptions.customer_id
            JOIN billing_entities ON billing_entities.id = customers.billing_entity_id
            JOIN organizations ON organizations.id = subscriptions.organization_id
            CROSS JOIN LATERAL (SELECT coalesce(
                nullif(customers.timezone, ''), nullif(billing_entities.timezone, ''), 'UTC'
            )) AS zones (zone)
            LEFT JOIN usage_day_marks AS mark ON mark.subscription_id = subscriptions.id
        WHERE mark.subscription_id IS NULL AND started_at <= :now AND {scope}
    ) AS unmarked
    ON CONFLICT DO NOTHING
"""
_ONE, _UNDER_REAL_TIME = "subscriptions.organization_id = :organization_id", "organizations.clock_now IS NULL"


def begin_usage_days(organization_id: uuid.UUID | None = None) -> None:
    """Marks the subscriptions that have started since, of one organization or of all under real time. One query."""
    scope = _ONE if organization_id else _UNDER_REAL_TIME
    parameters = {"now": clock.now(), "organization_id": organization_id}
    db.session.execute(text(_BEGIN.format(scope=scope)), parameters)


def usage_days_are_due(organization_id: uuid.UUID) -> bool:
    """Whether days are over that are not kept yet, of subscriptions that are marked."""
    mine = select(UsageDayMark).where(UsageDayMark.organization_id == organization_id)
    return bool(db.session.scalar(select(mine.where(UsageDayMark.due_at <= clock.now()).exists())))
