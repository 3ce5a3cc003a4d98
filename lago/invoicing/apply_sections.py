"""The custom sections that invoices carry, copied when these are made (04 §15)."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from lago.core.db import db
from lago.customers.applicable_sections import applicable_sections, generated_sections
from lago.customers.models import Customer
from lago.invoicing.models import AppliedCustomSection, Invoice
from lago.organizations.choose_sections import SectionChoice
from lago.organizations.custom_sections import Chosen, chosen_by, sections_of_codes
from lago.organizations.models import InvoiceCustomSection
from lago.wallets.models import WalletTransaction

_NAMED = attrgetter("name", "seq")


@dataclass(frozen=True)
class Source:
    """What an invoice is made for and may have sections of its own: a subscription, a transaction or its wallet."""

    id: uuid.UUID
    skips: bool


def apply_sections(invoices: Sequence[Invoice]) -> None:
    """Puts copies on invoices of subscriptions, new ones or drafts that are made anew. One query for all of them."""
    lines = {one.subscription_id for invoice in invoices for one in invoice.invoice_subscriptions}
    chosen = _chosen([invoice.customer for invoice in invoices], subscription_id=lines)
    for invoice in invoices if chosen else ():
        subscriptions = [one.subscription for one in invoice.invoice_subscriptions]
        sources = [Source(one.id, one.skip_invoice_custom_sections) for one in subscriptions]
        _put(invoice, _of_sources(sources, invoice.customer, chosen))


def apply_sections_of_purchase(invoice: Invoice, purchase: WalletTransaction) -> None:
    """Puts copies on the invoice of credits: the source is the transaction if it says anything, else its wallet."""
    wallet = purchase.wallet
    chosen = _chosen([invoice.customer], wallet_transaction_id=[purchase.id], wallet_id=[wallet.id])
    says = purchase.skip_invoice_custom_sections or chosen.get(purchase.id)
    owner = purchase if says else wallet
    if chosen:
        _put(invoice, _of_sources([Source(owner.id, owner.skip_invoice_custom_sections)], invoice.customer, chosen))


def apply_chosen_sections(invoice: Invoice, choice: SectionChoice) -> None:
    """Puts copies on a one-off invoice: of the codes that were sent, else of what applies to the customer."""
    customer = invoice.customer
    if choice.skip or (choice.codes is None and customer.skip_invoice_custom_sections):
        return
    chosen = _chosen([customer])
    named = None if choice.codes is None else sections_of_codes(invoice.organization_id, choice.codes)
    sections = applicable_sections(customer, chosen) if named is None else named
    _put(invoice, [*sections, *generated_sections(customer, chosen)])


def _of_sources(sources: Sequence[Source], customer: Customer, chosen: Chosen) -> list[InvoiceCustomSection]:
    """Rules 1, 2 and 4: all that the sources have chosen; what applies to the customer too if one has chosen nothing;
    that alone if there is no source."""
    asking = [source for source in sources if not source.skips]
    if not asking and (sources or customer.skip_invoice_custom_sections):
        return []
    own = [chosen.get(source.id, ()) for source in asking]
    sections = [row.section for rows in own for row in rows]
    if not all(own) or not own:
        sections += applicable_sections(customer, chosen)
    return [*sections, *generated_sections(customer, chosen)]


def _chosen(customers: Iterable[Customer], **sources: Collection[uuid.UUID]) -> Chosen:
    customers = list(customers)
    with db.session.no_autoflush:  # the invoices are not ready to be stored
        return chosen_by(
            customer_id={one.id for one in customers}, billing_entity_id={one.billing_entity_id for one in customers},
            **sources,
        )


def _put(invoice: Invoice, sections: Iterable[InvoiceCustomSection]) -> None:
    """In the order of their names, each once."""
    invoice.custom_sections = [
        AppliedCustomSection(
            organization_id=invoice.organization_id, created_at=invoice.created_at, code=section.code,
            display_name=section.display_name, details=section.details,
        )
        for section in sorted(set(sections), key=_NAMED)
    ]
