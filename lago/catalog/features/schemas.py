"""Features as they are shown (03 §1.7)."""

from marshmallow import Schema, fields

from lago.core.fields import Moment


class PrivilegeSchema(Schema):
    """A privilege of a feature."""

    code = fields.Raw()
    name = fields.Raw()
    value_type = fields.Raw()
    config = fields.Raw()


class FeatureSchema(Schema):
    """A feature with its privileges."""

    code = fields.Raw()
    name = fields.Raw()
    description = fields.Raw()
    privileges = fields.Nested(PrivilegeSchema, many=True)
    created_at = Moment()
