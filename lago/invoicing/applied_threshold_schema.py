"""Usage thresholds as they were applied by progressive invoices (04 §13)."""

from typing import Any

from marshmallow import Schema, fields, post_dump

from lago.catalog.usage_threshold_schemas import ApplicableThresholdSchema
from lago.core.fields import Moment
from lago.invoicing.models import AppliedUsageThreshold, Invoice


class _ThresholdThenSchema(ApplicableThresholdSchema):
    """The threshold as it was when it was reached."""

    lago_id = fields.UUID(attribute="usage_threshold_id")
    created_at = Moment(attribute="threshold_created_at")
    updated_at = Moment(attribute="threshold_updated_at")


class AppliedThresholdSchema(Schema):
    """A threshold that an invoice was made for, and the lifetime usage that had reached it."""

    lifetime_usage_amount_cents = fields.Raw()
    created_at = Moment()

    @post_dump(pass_original=True)
    def add_threshold(self, data: dict[str, Any], applied: AppliedUsageThreshold, **kwargs: Any) -> dict[str, Any]:
        return {**data, "usage_threshold": _ThresholdThenSchema().dump(applied)}


def applied_thresholds(invoice: Invoice) -> list[dict[str, Any]]:
    """Those of a progressive invoice."""
    return list(AppliedThresholdSchema(many=True).dump(invoice.applied_usage_thresholds))
