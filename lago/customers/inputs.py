"""Customers as clients write them, and the filters of their list (06 §2.3, §3.1)."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from lago.core.code_fields import COUNTRIES, Country, CurrencyCode, Email, Locale, Zone
from lago.core.fields import LONGEST_CODE, LONGEST_TERM_DAYS, Choice, Filled, Flag, Text, Whole
from lago.core.schemas import InputSchema
from lago.pricing.currencies import CURRENCIES

ACCOUNT_TYPES = ("customer", "partner")
CUSTOMER_TYPES = ("company", "individual")
ADDRESS = ("country", "address_line1", "address_line2", "city", "state", "zipcode")

_CONFIGURATION = (
    "invoice_grace_period", "subscription_invoice_issuing_date_anchor", "subscription_invoice_issuing_date_adjustment",
    "document_locale", "payment_provider", "payment_provider_code",
)


def one_of(choices: Any) -> str:
    """The sentence with which a list refuses a filter."""
    return f"must be one of: {', '.join(choices)}"


class CustomerInput(InputSchema):
    """The body of `POST /customers`: only names that are sent change, a null clears.

    What is nested in `shipping_address` and `billing_configuration` is read as if it were not; a null in the place
    of either changes nothing.
    """

    external_id = Filled(required=True, most=LONGEST_CODE)
    account_type = Choice(ACCOUNT_TYPES, allow_none=True)
    customer_type = Choice(CUSTOMER_TYPES, allow_none=True)
    name = Text(most=255, allow_none=True)
    firstname = Text(allow_none=True)
    lastname = Text(allow_none=True)
    legal_name = Text(allow_none=True)
    legal_number = Text(allow_none=True)
    tax_identification_number = Text(allow_none=True)
    email = Email(several=True, allow_none=True)
    phone = Text(allow_none=True)
    url = Text(allow_none=True)
    logo_url = Text(allow_none=True)
    country = Country(allow_none=True)
    address_line1 = Text(blank_is_null=True, allow_none=True)
    address_line2 = Text(blank_is_null=True, allow_none=True)
    city = Text(blank_is_null=True, allow_none=True)
    state = Text(blank_is_null=True, allow_none=True)
    zipcode = Text(blank_is_null=True, allow_none=True)
    shipping_country = Country(allow_none=True)
    shipping_address_line1 = Text(blank_is_null=True, allow_none=True)
    shipping_address_line2 = Text(blank_is_null=True, allow_none=True)
    shipping_city = Text(blank_is_null=True, allow_none=True)
    shipping_state = Text(blank_is_null=True, allow_none=True)
    shipping_zipcode = Text(blank_is_null=True, allow_none=True)
    currency = CurrencyCode(allow_none=True)
    timezone = Zone(allow_none=True)
    net_payment_term = Whole(least=0, most=LONGEST_TERM_DAYS, allow_none=True)
    finalize_zero_amount_invoice = Choice(("inherit", "skip", "finalize"), code="invalid_value", allow_none=True)
    external_salesforce_id = Text(allow_none=True)
    billing_entity_code = Text(allow_none=True)
    skip_invoice_custom_sections = Flag(allow_none=True)
    invoice_custom_section_codes = fields.List(Text())
    tax_codes = fields.List(Text())
    metadata = fields.List(fields.Raw(allow_none=True))
    integration_customers = fields.Raw(allow_none=True)
    invoice_grace_period = Whole(least=0, most=LONGEST_TERM_DAYS, allow_none=True)
    subscription_invoice_issuing_date_anchor = Choice(("current_period_end", "next_period_start"), allow_none=True)
    subscription_invoice_issuing_date_adjustment = Choice(
        ("keep_anchor", "align_with_finalization_date"), allow_none=True
    )
    document_locale = Locale(allow_none=True)
    payment_provider = Text(allow_none=True)
    payment_provider_code = Text(allow_none=True)

    def read(self, data: Mapping[str, Any], *, partial: bool = False) -> dict[str, Any]:
        return super().read(_flat(data), partial=partial)


class CustomerMetadataInput(InputSchema):
    """One element of `metadata`."""

    key = Filled(required=True, most=20)
    value = Filled(required=True, most=100)
    display_in_invoice = Flag(allow_none=True)


class CustomerFilters(InputSchema):
    """The parameters of `GET /customers`; each is null or empty where the list is not narrowed by it."""

    search_term = Text()
    external_id = Text()
    account_type = fields.List(Choice(ACCOUNT_TYPES, code=one_of(ACCOUNT_TYPES)))
    customer_type = Choice(CUSTOMER_TYPES, code=one_of(CUSTOMER_TYPES))
    has_customer_type = Flag(code="must be boolean")
    has_tax_identification_number = Flag(code="must be boolean")
    currencies = fields.List(Choice(CURRENCIES, code=one_of(CURRENCIES)))
    countries = fields.List(Choice(COUNTRIES, code=one_of(COUNTRIES)))
    states = fields.List(Text())
    zipcodes = fields.List(Text())
    billing_entity_codes = fields.List(Text())
    metadata = fields.Dict()


def _flat(data: Mapping[str, Any]) -> dict[str, Any]:
    nested = {f"shipping_{name}": value for name, value in _object(data, "shipping_address").items() if name in ADDRESS}
    for name, value in _object(data, "billing_configuration").items():
        if name in _CONFIGURATION:
            nested[name] = value
    own = {name: value for name, value in data.items() if name not in _CONFIGURATION and name not in _SHIPPING}
    return own | nested


def _object(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name)
    return value if isinstance(value, Mapping) else {}


_SHIPPING = tuple(f"shipping_{name}" for name in ADDRESS)
