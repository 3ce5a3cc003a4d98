"""Reads of alerts. Deleted ones are not found."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, select

from lago.catalog.models import BillableMetric
from lago.core.db import db
from lago.core.errors import NotFound
from lago.metering.models import Alert


def alerts_of(organization_id: uuid.UUID, external_subscription_id: str) -> Select[Alert]:
    """The alerts of a subscription, newest first."""
    return (
        select(Alert)
        .where(
            Alert.organization_id == organization_id,
            Alert.external_subscription_id == external_subscription_id,
            Alert.deleted_at.is_(None),
        )
        .order_by(Alert.created_at.desc(), Alert.seq.desc())
    )


def alert_by_code(organization_id: uuid.UUID, external_subscription_id: str, code: str) -> Alert | None:
    return db.session.scalar(alerts_of(organization_id, external_subscription_id).where(Alert.code == code))


def named_metric(data: Mapping[str, Any]) -> str | None:
    """The code of the metric that a client names; blank is none."""
    sent = data.get("billable_metric_code")
    return None if sent is None or sent == "" else str(sent)


def named_metrics(organization_id: uuid.UUID, codes: Collection[str | None]) -> dict[str, BillableMetric]:
    """Those of the metrics that there are, by their codes; one query if any is named."""
    wanted = {code for code in codes if code is not None}
    query = select(BillableMetric).where(
        BillableMetric.organization_id == organization_id, BillableMetric.code.in_(wanted),
        BillableMetric.deleted_at.is_(None),
    )
    return {metric.code: metric for metric in db.session.scalars(query)} if wanted else {}


def metric_of(metrics: Mapping[str, BillableMetric], code: str | None) -> BillableMetric | None:
    """The metric of that code, none for no code. Raises NotFound for an unknown one."""
    if code is not None and code not in metrics:
        raise NotFound("billable_metric")
    return metrics[code] if code is not None else None
