"""The custom sections that apply to a customer (04 §15)."""

from collections.abc import Sequence

from lago.customers.models import Customer
from lago.organizations.custom_sections import SYSTEM_GENERATED, Chosen, chosen_by
from lago.organizations.models import InvoiceCustomSection


def sections_of_customer(customer: Customer) -> list[InvoiceCustomSection]:
    """What the customer's invoices carry if nothing else is chosen for them, by name. One query."""
    chosen = chosen_by(customer_id=[customer.id], billing_entity_id=[customer.billing_entity_id])
    if customer.skip_invoice_custom_sections:
        return []
    return [*applicable_sections(customer, chosen), *generated_sections(customer, chosen)]


def applicable_sections(customer: Customer, chosen: Chosen) -> Sequence[InvoiceCustomSection]:
    """The customer's own manual ones, else those of its billing entity; none if the customer skips them (rule 3)."""
    if customer.skip_invoice_custom_sections:
        return []
    own = [row.section for row in chosen.get(customer.id, ()) if row.section.section_type != SYSTEM_GENERATED]
    return own or [row.section for row in chosen.get(customer.billing_entity_id, ())]


def generated_sections(customer: Customer, chosen: Chosen) -> Sequence[InvoiceCustomSection]:
    """Those that the system has made for the customer (rule 4)."""
    return [row.section for row in chosen.get(customer.id, ()) if row.section.section_type == SYSTEM_GENERATED]
