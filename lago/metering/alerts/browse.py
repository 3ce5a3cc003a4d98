"""What the pages show of alerts."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import contains_eager

from lago.core.db import db
from lago.metering.models import Alert, TriggeredAlert
from lago.subscriptions.models import Subscription


@dataclass(frozen=True)
class AlertFilter:
    """None: not filtered by it. `search`: a part of code, name, or the subscription's external id."""

    search: str | None = None
    alert_type: str | None = None


def browse_alerts(organization_id: uuid.UUID, chosen: AlertFilter) -> Select[Alert]:
    """The alerts of the organization's subscriptions and wallets, newest first."""
    query = select(Alert).where(Alert.organization_id == organization_id, Alert.deleted_at.is_(None))
    if chosen.alert_type:
        query = query.where(Alert.alert_type == chosen.alert_type)
    if chosen.search:
        columns = (Alert.code, Alert.name, Alert.external_subscription_id)
        query = query.where(or_(*(column.icontains(chosen.search, autoescape=True) for column in columns)))
    return query.order_by(Alert.created_at.desc(), Alert.seq.desc())


def find_alert(subscription: Subscription, alert_id: uuid.UUID) -> Alert | None:
    """An alert of the subscription."""
    query = select(Alert).where(
        Alert.organization_id == subscription.organization_id,
        Alert.external_subscription_id == subscription.external_id,
        Alert.id == alert_id, Alert.deleted_at.is_(None),
    )
    return db.session.scalar(query)


def subscriptions_named(organization_id: uuid.UUID, external_ids: Collection[str]) -> dict[str, Subscription]:
    """Of each external id the subscription that has it now, else the one that is to have it, else the last one; with
    customer and plan."""
    rank = case((Subscription.status == "active", 0), (Subscription.status == "pending", 1), else_=2)
    query = (
        select(Subscription)
        .ext(distinct_on(Subscription.external_id))
        .join(Subscription.customer)
        .join(Subscription.plan)
        .where(Subscription.organization_id == organization_id, Subscription.external_id.in_(external_ids))
        .order_by(Subscription.external_id, rank, Subscription.seq.desc())
        .options(contains_eager(Subscription.customer).lazyload("*"), contains_eager(Subscription.plan).lazyload("*"))
    )
    return {one.external_id: one for one in db.session.scalars(query)} if external_ids else {}


def last_triggered(alerts: Sequence[Alert]) -> dict[uuid.UUID, datetime]:
    """When each of the alerts went off last, by its id, if it did."""
    query = (
        select(TriggeredAlert.alert_id, func.max(TriggeredAlert.triggered_at))
        .where(TriggeredAlert.alert_id.in_([alert.id for alert in alerts]))
        .group_by(TriggeredAlert.alert_id)
    )
    return {alert_id: at for alert_id, at in db.session.execute(query)} if alerts else {}


def triggered_alerts(subscription: Subscription) -> Select[TriggeredAlert]:
    """What alerts of the external id have told of, deleted ones too; the latest first."""
    return (
        select(TriggeredAlert)
        .join(TriggeredAlert.alert)
        .where(
            Alert.organization_id == subscription.organization_id,
            Alert.external_subscription_id == subscription.external_id,
        )
        .order_by(TriggeredAlert.triggered_at.desc(), TriggeredAlert.seq.desc())
    )
