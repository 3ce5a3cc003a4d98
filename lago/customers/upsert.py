"""Creating or changing a customer by its external id (06 §3.1)."""

from collections.abc import Mapping
from typing import Any

from lago.catalog.queries import taxes_of_codes
from lago.core.db import db
from lago.core.errors import Invalid, NotFound
from lago.core.outbox import announce, enqueue
from lago.customers import not_yet
from lago.customers.create import create_customer
from lago.customers.eu_taxes import Before, detect_eu_taxes
from lago.customers.inputs import CustomerInput
from lago.customers.metadata import replace_metadata
from lago.customers.models import Customer
from lago.customers.queries import customer_by_external_id, has_been_billed
from lago.organizations.choose_sections import SectionChoice, decide
from lago.organizations.models import BillingEntity, Organization
from lago.organizations.queries import billing_entity_by_code, default_billing_entity

_NOT_COLUMNS = frozenset(
    ("external_id", "account_type", "billing_entity_code", "tax_codes", "metadata", "integration_customers",
     "invoice_custom_section_codes", "payment_provider", "payment_provider_code")
)
_OF_DATES = (
    "invoice_grace_period", "subscription_invoice_issuing_date_anchor", "subscription_invoice_issuing_date_adjustment",
)
_NOT_NULL = {"finalize_zero_amount_invoice": "inherit", "skip_invoice_custom_sections": False}


def upsert_customer(organization: Organization, data: Mapping[str, Any]) -> Customer:
    """The customer of the external id in the client's object, made or changed.

    Raises Invalid; NotFound for an unknown billing entity or tax.
    """
    values = CustomerInput().read(data)
    _check(values)
    entity = _billing_entity(organization, values)
    customer = customer_by_external_id(organization.id, values["external_id"], lock=True)
    if customer is None:
        customer = create_customer(organization, values["external_id"], entity)
        _assign(customer, values, entity)
        detect_eu_taxes(customer, None, values.get("tax_codes"))
        announce("customer.created", customer)
        return customer
    zone, dates, taxes = customer.applicable_timezone, _settings_of_dates(customer), _taxed_by(customer)
    before, billed_by = Before.of(customer), customer.billing_entity_id
    _assign(customer, values, entity)
    detect_eu_taxes(customer, before, values.get("tax_codes"))
    if customer.applicable_timezone != zone:
        enqueue("subscriptions.reschedule", organization_id=organization.id, customer_id=customer.id)
    if _settings_of_dates(customer) != dates:
        enqueue("invoicing.redate_drafts", organization_id=organization.id, customer_id=customer.id)
    if _taxed_by(customer) != taxes:
        enqueue("invoicing.flag_drafts", organization_id=organization.id, customer_id=customer.id)
    if customer.billing_entity_id != billed_by:  # another entity, another dunning campaign
        enqueue("payments.look_at_dunning", organization_id=organization.id, customer_id=customer.id)
    announce("customer.updated", customer)
    return customer


def _check(values: Mapping[str, Any]) -> None:
    if values.get("skip_invoice_custom_sections") and values.get("invoice_custom_section_codes"):
        raise Invalid({"invoice_custom_sections": ["skip_sections_and_selected_ids_sent_together"]})
    not_yet.refuse(values)


def _billing_entity(organization: Organization, values: Mapping[str, Any]) -> BillingEntity | None:
    """The billing entity that is asked for: a null asks for the default one, None is returned where nothing is."""
    if "billing_entity_code" not in values:
        return None
    if values["billing_entity_code"] is None:
        return default_billing_entity(organization.id)
    entity = billing_entity_by_code(organization.id, values["billing_entity_code"])
    if entity is None:
        raise NotFound("billing_entity")
    return entity


def _settings_of_dates(customer: Customer) -> list[Any]:
    """What the dates of drafts follow (04 §2.5)."""
    return [customer.billing_entity_id, *(getattr(customer, name) for name in _OF_DATES)]


def _taxed_by(customer: Customer) -> list[Any]:
    """What the taxes of drafts follow (04 §2.3)."""
    return [customer.billing_entity_id, *sorted(tax.code for tax in customer.taxes)]


def _assign(customer: Customer, values: Mapping[str, Any], entity: BillingEntity | None) -> None:
    if "tax_codes" in values:
        customer.taxes = taxes_of_codes(customer.organization_id, values["tax_codes"])
    if "metadata" in values:
        replace_metadata(customer, values["metadata"])
    if "account_type" in values and not has_been_billed(customer):
        customer.account_type = values["account_type"] or "customer"
    if entity is not None:
        customer.billing_entity = entity
    for name in values.keys() - _NOT_COLUMNS:
        setattr(customer, name, _NOT_NULL.get(name) if values[name] is None else values[name])
    db.session.flush()
    codes = values.get("invoice_custom_section_codes")
    decide(customer, SectionChoice(values.get("skip_invoice_custom_sections"), None if codes is None else tuple(codes)))
