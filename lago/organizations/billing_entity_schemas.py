"""Billing entities as they are read and written (06 §1.3)."""

import uuid
from typing import Any

from marshmallow import Schema, fields

from lago.core.code_fields import Country, CurrencyCode, Email, Locale, Zone
from lago.core.fields import LONGEST_CODE, LONGEST_TERM_DAYS, Choice, Filled, Flag, Moment, Text, Whole
from lago.core.schemas import InputSchema
from lago.organizations.logo import logo_url
from lago.organizations.models import BillingEntity
from lago.organizations.schemas import EMAIL_SETTINGS

ANCHORS = ("current_period_end", "next_period_start")
ADJUSTMENTS = ("keep_anchor", "align_with_finalization_date")


class BillingConfigurationInput(InputSchema):
    """The nested part that concerns invoices."""

    invoice_footer = Text(most=600, allow_none=True)
    invoice_grace_period = Whole(least=0, most=LONGEST_TERM_DAYS)
    document_locale = Locale(allow_none=True)
    subscription_invoice_issuing_date_anchor = Choice(ANCHORS)
    subscription_invoice_issuing_date_adjustment = Choice(ADJUSTMENTS)


class BillingEntityInput(InputSchema):
    """The body of `PUT /billing_entities/:code`: only names that are sent change."""

    name = Filled()
    default_currency = CurrencyCode()
    country = Country(allow_none=True)
    address_line1 = Text(allow_none=True)
    address_line2 = Text(allow_none=True)
    city = Text(allow_none=True)
    state = Text(allow_none=True)
    zipcode = Text(allow_none=True)
    phone = Text(allow_none=True)
    email = Email(allow_none=True)
    legal_name = Text(allow_none=True)
    legal_number = Text(allow_none=True)
    tax_identification_number = Text(allow_none=True)
    timezone = Zone()
    net_payment_term = Whole(least=0, most=LONGEST_TERM_DAYS)
    email_settings = fields.List(Choice(EMAIL_SETTINGS, code="unsupported_value"))
    document_numbering = Choice(("per_customer", "per_billing_entity"))
    document_number_prefix = Text(allow_none=True)
    finalize_zero_amount_invoice = Flag()
    einvoicing = Flag()
    eu_tax_management = Flag()
    logo = Text(allow_none=True)
    billing_configuration = fields.Nested(BillingConfigurationInput)

    def read(self, data: Any, *, partial: bool = False) -> dict[str, Any]:
        """The values sent, those of `billing_configuration` beside the others."""
        values = super().read(data, partial=partial)
        return {**values, **values.pop("billing_configuration", {})}


class NewBillingEntityInput(BillingEntityInput):
    """The body of `POST /billing_entities`."""

    name = Filled(required=True)
    code = Filled(required=True, most=LONGEST_CODE)


class BillingEntitySchema(Schema):
    """The billing entity object, without its taxes and custom sections. `default_id`: which is the default one."""

    lago_id = fields.UUID(attribute="id")
    code = fields.Raw()
    name = fields.Raw()
    default_currency = fields.Raw()
    created_at = Moment()
    updated_at = Moment()
    country = fields.Raw()
    address_line1 = fields.Raw()
    address_line2 = fields.Raw()
    phone = fields.Raw()
    city = fields.Raw()
    state = fields.Raw()
    zipcode = fields.Raw()
    einvoicing = fields.Raw()
    email = fields.Raw()
    legal_name = fields.Raw()
    legal_number = fields.Raw()
    timezone = fields.Raw()
    net_payment_term = fields.Raw()
    email_settings = fields.Raw()
    document_numbering = fields.Raw()
    document_number_prefix = fields.Raw()
    tax_identification_number = fields.Raw()
    finalize_zero_amount_invoice = fields.Raw()
    invoice_footer = fields.Raw()
    invoice_grace_period = fields.Raw()
    subscription_invoice_issuing_date_adjustment = fields.Raw()
    subscription_invoice_issuing_date_anchor = fields.Raw()
    document_locale = fields.Raw()
    is_default = fields.Method("_is_default")
    eu_tax_management = fields.Raw()
    logo_url = fields.Method("_logo_url")

    def __init__(self, default_id: uuid.UUID, **options: Any) -> None:
        super().__init__(**options)
        self.default_id = default_id

    def _is_default(self, entity: BillingEntity) -> bool:
        return entity.id == self.default_id

    def _logo_url(self, entity: BillingEntity) -> str | None:
        return logo_url(entity)
