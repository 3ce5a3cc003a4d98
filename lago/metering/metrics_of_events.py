"""What has to be known of the metrics of events while these are taken in: one query for a whole request."""

import uuid
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import text

from lago.core.db import db


class MetricOfEvents(NamedTuple):
    """`billed_at_once`: some charge on the metric is paid in advance."""

    code: str
    expression: str | None
    field_name: str | None
    billed_at_once: bool


MetricsByCode = Mapping[str, MetricOfEvents]

METRICS = """
    SELECT code, expression, field_name, billed_at_once
    FROM billable_metrics, LATERAL (SELECT EXISTS (
        SELECT FROM charges
        WHERE billable_metric_id = billable_metrics.id AND pay_in_advance AND deleted_at IS NULL
    )) AS charged (billed_at_once)
    WHERE organization_id = :organization_id AND code = ANY(:codes) AND deleted_at IS NULL
        AND (expression IS NOT NULL OR billed_at_once)
"""
"""Columns as of MetricOfEvents; of an organization (`:organization_id`) and of codes (`:codes`)."""

_QUERY = text(METRICS)


def metrics_of_events(organization_id: uuid.UUID, codes: Iterable[str]) -> MetricsByCode:
    """By code, those metrics that have an expression or are billed at once."""
    wanted = sorted({code for code in codes if code})
    if not wanted:
        return {}
    rows = db.session.execute(_QUERY, {"organization_id": organization_id, "codes": wanted})
    return {row.code: MetricOfEvents(*row) for row in rows}
