"""Customers: the list, and a page for each."""

import uuid
from dataclasses import dataclass
from typing import Any

from lago.admin.dunning_targets import dunning_of
from lago.admin.pages import current_organization, found, one_of, page, paged, show, text
from lago.core.pagination import Page
from lago.customers.browse import CustomerFilter, browse_customers, currencies_of_customers, find_customer
from lago.customers.models import Customer
from lago.invoicing.browse import InvoiceFilter, billed_amounts, browse_invoices
from lago.subscriptions.browse import active_subscription_counts, keep_subscribed, subscriptions_of
from lago.wallets.browse import WalletFilter, browse_wallets


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
    tab = one_of("tab", ("subscriptions", "wallets", "invoices")) or "overview"
    subscriptions = subscriptions_of(record)
    listed = paged(browse_invoices(record.organization_id, InvoiceFilter(customer_id=record.id)))
    wallets = paged(browse_wallets(record.organization_id, WalletFilter(customer_id=record.id)))
    return show(
        "customers/show.html",
        "customers/_tab.html",
        customer=record,
        tab=tab,
        counts={"subscriptions": len(subscriptions), "wallets": wallets.total_count,
                "invoices": listed.total_count},
        subscriptions=subscriptions,
        page=wallets if tab == "wallets" else listed,
        wallets=wallets.items,
        invoices=listed.items,
        billed=billed_amounts(record),
        details=details_of(record),
        dunning=dunning_of(record),
    )


def rows_of(listed: Page) -> list[Row]:
    numbers = active_subscription_counts(listed.items)
    return [Row(record, numbers.get(record.id, 0)) for record in listed.items]


def details_of(record: Customer) -> list[tuple[str, Any]]:
    """What is known about the customer, by label; the unknown is left out."""
    street = filter(None, (record.address_line1, record.address_line2))
    place = " ".join(filter(None, (record.zipcode, record.city)))
    details = (
        ("Name", record.name),
        ("Person", " ".join(filter(None, (record.firstname, record.lastname)))),
        ("Legal name", record.legal_name),
        ("Legal number", record.legal_number),
        ("Tax number", record.tax_identification_number),
        ("E-mail", record.email),
        ("Phone", record.phone),
        ("Web", record.url),
        ("Address", ", ".join(filter(None, (*street, place, record.state, record.country)))),
        ("External id", record.external_id),
    )
    return [(label, value) for label, value in details if value]
