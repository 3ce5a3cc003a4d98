"""A customer as shown by the API, in webhooks, inside of other objects (06 §3.3)."""

from typing import Any

from marshmallow import Schema, fields

from lago.catalog.schemas import TaxSchema
from lago.core.fields import Moment
from lago.customers.applicable_sections import sections_of_customer
from lago.organizations.custom_section_schemas import CustomSectionSchema


class CustomerMetadataSchema(Schema):
    """A note on a customer."""

    lago_id = fields.UUID(attribute="id")
    key = fields.Raw()
    value = fields.Raw()
    display_in_invoice = fields.Raw()
    created_at = Moment()


class AddressSchema(Schema):
    """Where a customer has things shipped; all of it may be null."""

    address_line1 = fields.Raw(attribute="shipping_address_line1")
    address_line2 = fields.Raw(attribute="shipping_address_line2")
    city = fields.Raw(attribute="shipping_city")
    zipcode = fields.Raw(attribute="shipping_zipcode")
    state = fields.Raw(attribute="shipping_state")
    country = fields.Raw(attribute="shipping_country")


class BillingConfigurationSchema(Schema):
    """How a customer's invoices are made; null is inherited from the billing entity."""

    invoice_grace_period = fields.Raw()
    payment_provider = fields.Raw()
    payment_provider_code = fields.Raw()
    document_locale = fields.Raw()
    subscription_invoice_issuing_date_anchor = fields.Raw()
    subscription_invoice_issuing_date_adjustment = fields.Raw()


ADDRESS = AddressSchema()
CONFIGURATION = BillingConfigurationSchema()


class CustomerSchema(Schema):
    """A customer; named `parts` are added: "taxes", "integration_customers", "applicable_invoice_custom_sections",
    "error_details"."""

    lago_id = fields.UUID(attribute="id")
    billing_entity_code = fields.Raw(attribute="billing_entity.code")
    external_id = fields.Raw()
    account_type = fields.Raw()
    name = fields.Raw()
    firstname = fields.Raw()
    lastname = fields.Raw()
    customer_type = fields.Raw()
    sequential_id = fields.Raw()
    slug = fields.Raw()
    created_at = Moment()
    updated_at = Moment()
    country = fields.Raw()
    address_line1 = fields.Raw()
    address_line2 = fields.Raw()
    state = fields.Raw()
    zipcode = fields.Raw()
    email = fields.Raw()
    city = fields.Raw()
    url = fields.Raw()
    phone = fields.Raw()
    logo_url = fields.Raw()
    legal_name = fields.Raw()
    legal_number = fields.Raw()
    currency = fields.Raw()
    tax_identification_number = fields.Raw()
    timezone = fields.Raw()
    applicable_timezone = fields.Raw()
    net_payment_term = fields.Raw()
    external_salesforce_id = fields.Raw()
    finalize_zero_amount_invoice = fields.Raw()
    billing_configuration = fields.Function(lambda customer: CONFIGURATION.dump(customer))
    shipping_address = fields.Function(lambda customer: ADDRESS.dump(customer))
    skip_invoice_custom_sections = fields.Raw()
    metadata = fields.Nested(CustomerMetadataSchema, many=True, attribute="metadata_rows")
    taxes = fields.Nested(TaxSchema, many=True)
    integration_customers = fields.Function(lambda customer: [])
    applicable_invoice_custom_sections = fields.Function(
        lambda customer: CustomSectionSchema(many=True).dump(sections_of_customer(customer))
    )
    error_details = fields.Function(lambda customer: [])

    PARTS = frozenset(("taxes", "integration_customers", "applicable_invoice_custom_sections", "error_details"))

    def __init__(self, *parts: str, **kwargs: Any) -> None:
        super().__init__(exclude=tuple(self.PARTS.difference(parts)), **kwargs)
