"""Customers: the list, and a page for each."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask import g

from lago.admin.access import may_open
from lago.admin.customer_tabs import contents, open_tabs
from lago.admin.dunning_targets import dunning_of
from lago.admin.pages import current_organization, found, one_of, page, paged, show, text
from lago.core.pagination import Page
from lago.customers.applicable_sections import sections_of_customer
from lago.customers.browse import CustomerFilter, browse_customers, currencies_of_customers, find_customer
from lago.customers.models import Customer
from lago.invoicing.browse import billed_amounts
from lago.subscriptions.browse import active_subscription_counts, keep_subscribed

ADDRESS_LINES = ("address_line1", "address_line2", "zipcode", "city", "state", "country")


@dataclass(frozen=True)
class Row:
    """A customer in the list, with the number of active subscriptions."""

    customer: Customer
    subscriptions: int


@page("GET", "/customers", needs="customers:view")
def customers() -> str:
    organization = current_organization()
    chosen = CustomerFilter(search=text("search"), currency=text("currency"))
    subscribed = one_of("subscribed", ("yes", "no"))
    query = browse_customers(organization.id, chosen)
    listed = paged(keep_subscribed(query, subscribed == "yes") if subscribed else query)
    return show(
        "customers/list.html",
        "customers/_list.html",
        page=listed,
        customers=rows_of(listed),
        chosen=chosen,
        subscribed=subscribed,
        filtered=chosen != CustomerFilter() or subscribed is not None,
        currencies=currencies_of_customers(organization.id),
    )


@page("GET", "/customers/<uuid:customer_id>", needs="customers:view")
def customer(customer_id: uuid.UUID) -> str:
    record = found(find_customer(current_organization().id, customer_id), "customer")
    tab = one_of("tab", open_tabs()) or "overview"
    return show(
        "customers/show.html",
        "customers/_tab.html",
        customer=record,
        tab=tab,
        billed=billed_amounts(record) if may_open(g.member, "invoices") else [],
        details=details_of(record),
        dunning=dunning_of(record),
        sections=sections_of_customer(record),
        **contents(record, tab),
    )


def rows_of(listed: Page) -> list[Row]:
    numbers = active_subscription_counts(listed.items)
    return [Row(record, numbers.get(record.id, 0)) for record in listed.items]


def details_of(record: Customer) -> list[tuple[str, Any]]:
    """What is known about the customer, by label; the unknown is left out."""
    shipping = (getattr(record, f"shipping_{name}") for name in ADDRESS_LINES)
    details = (
        ("Name", record.name),
        ("Person", " ".join(filter(None, (record.firstname, record.lastname)))),
        ("Legal name", record.legal_name),
        ("Legal number", record.legal_number),
        ("Tax number", record.tax_identification_number),
        ("E-mail", record.email),
        ("Phone", record.phone),
        ("Web", record.url),
        ("Address", one_line(*(getattr(record, name) for name in ADDRESS_LINES))),
        ("Shipped to", one_line(*shipping)),
        ("Kind", record.customer_type),
        ("Account", record.account_type if record.account_type != "customer" else None),
        ("Salesforce id", record.external_salesforce_id),
    )
    return [(label, value) for label, value in details if value]


def one_line(line1: str | None, line2: str | None, zipcode: str | None, city: str | None, *wider: str | None) -> str:
    """An address, without what of it is not known."""
    return ", ".join(filter(None, (line1, line2, " ".join(filter(None, (zipcode, city))), *wider)))
