"""Customers as they are shown (06 §3.3)."""

from typing import Any

from marshmallow import Schema, fields, post_dump

from lago.catalog.schemas import TaxSchema
from lago.core.fields import Moment
from lago.customers.models import Customer

_ADDRESS = ("address_line1", "address_line2", "city", "zipcode", "state", "country")


class CustomerMetadataSchema(Schema):
    """A note on the customer."""

    lago_id = fields.UUID(attribute="id")
    key = fields.Raw()
    value = fields.Raw()
    display_in_invoice = fields.Raw()
    created_at = Moment()


class CustomerSchema(Schema):
    """The customer object; `parts` adds what a place shows: "taxes", "integration_customers", "sections", "errors"."""

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
    skip_invoice_custom_sections = fields.Raw()
    billing_configuration = fields.Method("dump_billing_configuration")
    shipping_address = fields.Method("dump_shipping_address")
    metadata = fields.Nested(CustomerMetadataSchema, many=True, attribute="metadata_rows")

    PARTS = {
        "taxes": lambda row: {"taxes": TaxSchema(many=True).dump(row.taxes)},
        "integration_customers": lambda row: {"integration_customers": []},
        "sections": lambda row: {"applicable_invoice_custom_sections": []},
        "errors": lambda row: {"error_details": []},
    }

    def __init__(self, *parts: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.parts = parts

    @post_dump(pass_original=True)
    def add_parts(self, data: dict[str, Any], customer: Customer, **kwargs: Any) -> dict[str, Any]:
        for part in self.parts:
            data.update(self.PARTS[part](customer))
        return data

    def dump_billing_configuration(self, customer: Customer) -> dict[str, Any]:
        names = (
            "invoice_grace_period", "payment_provider", "payment_provider_code", "document_locale",
            "subscription_invoice_issuing_date_anchor", "subscription_invoice_issuing_date_adjustment",
        )
        return {name: getattr(customer, name) for name in names}

    def dump_shipping_address(self, customer: Customer) -> dict[str, Any]:
        return {name: getattr(customer, f"shipping_{name}") for name in _ADDRESS}
