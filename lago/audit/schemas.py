"""API and security logs as the API shows them (06 §6)."""

from marshmallow import Schema, fields

from lago.core.fields import Moment


class ApiLogSchema(Schema):
    """The API log object."""

    request_id = fields.Raw()
    client = fields.Raw()
    http_method = fields.Raw()
    http_status = fields.Raw()
    request_origin = fields.Raw()
    request_path = fields.Raw()
    request_body = fields.Raw()
    request_response = fields.Raw()
    api_version = fields.Raw()
    logged_at = Moment()
    created_at = Moment()


class SecurityLogSchema(Schema):
    """The security log object."""

    log_id = fields.UUID(attribute="id")
    log_type = fields.Raw()
    log_event = fields.Raw()
    user_email = fields.Raw()
    logged_at = Moment()
    created_at = Moment()
    resources = fields.Raw()
    device_info = fields.Raw()
