"""Usage thresholds as they are shown (03 §1.1)."""

from marshmallow import Schema, fields

from lago.core.fields import Moment


class ApplicableThresholdSchema(Schema):
    """A usage threshold that applies, wherever it comes from (03 §1.1)."""

    threshold_display_name = fields.Raw()
    amount_cents = fields.Raw()
    recurring = fields.Raw()


class UsageThresholdSchema(ApplicableThresholdSchema):
    """A usage threshold of a plan or a subscription (03 §1.1)."""

    lago_id = fields.UUID(attribute="id")
    created_at = Moment()
    updated_at = Moment()
