"""Organizations as they are read and written (06 §1.2, §1.4)."""

from typing import Any

from marshmallow import Schema, fields, post_dump

from lago.core.code_fields import Country, CurrencyCode, Email, Locale, Zone
from lago.core.fields import LONGEST_TERM_DAYS, Choice, Flag, Moment, Text, Whole
from lago.core.schemas import InputSchema

EMAIL_SETTINGS = ("invoice.finalized", "credit_note.created", "payment_receipt.created")


class BillingConfigurationInput(InputSchema):
    """The nested part of an organization that concerns its invoices."""

    invoice_footer = Text(most=600, allow_none=True)
    invoice_grace_period = Whole(least=0, most=LONGEST_TERM_DAYS)
    document_locale = Locale(allow_none=True)


class OrganizationInput(InputSchema):
    """The body of `PUT /organizations`: only names that are sent change."""

    country = Country(allow_none=True)
    default_currency = CurrencyCode()
    address_line1 = Text(allow_none=True)
    address_line2 = Text(allow_none=True)
    state = Text(allow_none=True)
    zipcode = Text(allow_none=True)
    city = Text(allow_none=True)
    email = Email(allow_none=True)
    legal_name = Text(allow_none=True)
    legal_number = Text(allow_none=True)
    tax_identification_number = Text(allow_none=True)
    timezone = Zone()
    net_payment_term = Whole(least=0, most=LONGEST_TERM_DAYS)
    document_numbering = Text()
    document_number_prefix = Text()
    finalize_zero_amount_invoice = Flag()
    slug = Text()
    email_settings = fields.List(Choice(EMAIL_SETTINGS, code="unsupported_value"))
    webhook_url = Text(allow_none=True)
    billing_configuration = fields.Nested(BillingConfigurationInput)


class OrganizationSchema(Schema):
    """The organization object, without what the webhooks slice knows (`webhook_url`, `webhook_urls`)."""

    lago_id = fields.UUID(attribute="id")
    name = fields.Raw()
    slug = fields.Raw()
    default_currency = fields.Raw()
    created_at = Moment()
    country = fields.Raw()
    address_line1 = fields.Raw()
    address_line2 = fields.Raw()
    state = fields.Raw()
    zipcode = fields.Raw()
    email = fields.Raw()
    city = fields.Raw()
    legal_name = fields.Raw()
    legal_number = fields.Raw()
    timezone = fields.Raw()
    net_payment_term = fields.Raw()
    email_settings = fields.Raw()
    document_numbering = fields.Raw()
    document_number_prefix = fields.Raw()
    tax_identification_number = fields.Raw()
    finalize_zero_amount_invoice = fields.Raw()
    events_store = fields.Constant("postgres")
    invoice_footer = fields.Raw()
    invoice_grace_period = fields.Raw()
    document_locale = fields.Raw()

    @post_dump
    def nest_billing_configuration(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        names = ("invoice_footer", "invoice_grace_period", "document_locale")
        configuration = {name: data.pop(name) for name in names}
        return {**data, "billing_configuration": configuration}


class AdminOrganizationInput(InputSchema):
    """The body of `POST /admin/organizations`, which has no root key."""

    name = Text(required=True, strip=True)
    email = Email(required=True)
    sandbox = Flag(load_default=False)
    premium_integrations = fields.List(Text(), load_default=list)


class AdminOrganizationSchema(Schema):
    """An organization as the operator sees it."""

    id = fields.UUID()
    lago_id = fields.Function(lambda organization: str(organization.id))
    name = fields.Raw()
    slug = fields.Raw()
    sandbox = fields.Raw()
    document_numbering = fields.Raw()
    premium_integrations = fields.Raw()
    created_at = Moment()
    updated_at = Moment()
