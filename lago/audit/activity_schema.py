"""Lines of the activity log as the API shows them (06 §6)."""

from marshmallow import Schema, fields

from lago.core.fields import Moment


class ActivityLogSchema(Schema):
    """The activity log object."""

    activity_id = fields.UUID(attribute="id")
    activity_type = fields.Raw()
    activity_source = fields.Raw()
    activity_object = fields.Raw()
    activity_object_changes = fields.Raw()
    user_email = fields.Raw()
    resource_id = fields.UUID()
    resource_type = fields.Raw()
    external_customer_id = fields.Raw()
    external_subscription_id = fields.Raw()
    logged_at = Moment()
    created_at = Moment()
