"""Custom sections as they are read and shown (04 §15)."""

from marshmallow import Schema, fields

from lago.core.fields import LONGEST_CODE, Filled, Moment, Text
from lago.core.schemas import InputSchema

LONGEST_DETAILS = 10_000


class CustomSectionInput(InputSchema):
    """A section as people write it."""

    code = Filled(required=True, most=LONGEST_CODE)
    name = Filled(required=True, most=255)
    display_name = Text(strip=True, blank_is_null=True, most=255, allow_none=True)
    details = Text(blank_is_null=True, most=LONGEST_DETAILS, allow_none=True)
    description = Text(strip=True, blank_is_null=True, most=600, allow_none=True)


class CustomSectionSchema(Schema):
    """A section inside of who carries it."""

    lago_id = fields.UUID(attribute="id")
    code = fields.Raw()
    name = fields.Raw()
    description = fields.Raw()
    details = fields.Raw()
    display_name = fields.Raw()
    organization_id = fields.UUID()
    created_at = Moment()


class ChosenSectionSchema(Schema):
    """A section that a subscription, a wallet, a rule or a transaction has chosen."""

    lago_id = fields.UUID(attribute="id")
    invoice_custom_section_id = fields.UUID(attribute="section_id")
    created_at = Moment()
    invoice_custom_section = fields.Nested(CustomSectionSchema, attribute="section")
