"""Who and what an invoice in the database names on paper (04 §17)."""

from typing import Any

import pytest

from lago.core.db import db
from lago.customers.models import Customer, CustomerMetadata
from lago.invoicing.document.build import document_of
from lago.invoicing.document.values import InvoiceDocument, Title
from lago.invoicing.models import Invoice
from lago.invoicing.pdf import render_invoice
from lago.invoicing.snapshot import snapshot
from tests.builders.invoices import (
    a_charge_fee,
    a_customer,
    a_fee_tax,
    a_subscription,
    a_subscription_fee,
    an_entity,
    an_invoice,
    an_invoice_tax,
    stored,
)
from tests.builders.organizations import Account


def _document(customer: Customer, **values: Any) -> InvoiceDocument:
    return document_of(an_invoice(a_subscription_fee(a_subscription(customer)), **values))


@pytest.mark.parametrize(
    ("country", "invoice_type", "title"),
    [
        ("DE", "subscription", Title.INVOICE),
        ("AU", "subscription", Title.TAX_INVOICE),
        ("DE", "advance_charges", Title.PAID_INVOICE),
        ("SG", "advance_charges", Title.PAID_TAX_INVOICE),
        ("AU", "credit", Title.ADVANCE_INVOICE),
    ],
)
def test_the_title_depends_on_the_kind_and_the_sellers_country(country: str, invoice_type: str, title: Title) -> None:
    assert _document(a_customer(an_entity(country=country)), invoice_type=invoice_type).title is title


def test_the_seller_is_the_entity_under_its_legal_name() -> None:
    seller = _document(a_customer(an_entity(legal_number="HRB 1", tax_identification_number="DE 2"))).seller
    assert (seller.name, seller.address) == ("Northwind GmbH", ("10119 Berlin", "Germany"))
    assert (seller.legal_number, seller.tax_number) == ("HRB 1", "DE 2")


def test_the_buyer_is_the_customer_with_all_its_addresses() -> None:
    customer = a_customer(an_entity(), legal_name="Harbour Ltd", email="ap@harbour.example,cfo@harbour.example")
    buyer = _document(customer).buyer
    assert (buyer.name, buyer.emails) == ("Harbour Ltd", ("ap@harbour.example", "cfo@harbour.example"))
    assert buyer.address == ("22 Quay Street", "Bristol", "BS1 4QZ", "United Kingdom")


def test_a_self_billed_invoice_swaps_the_parties_and_has_no_logo() -> None:
    document = _document(a_customer(an_entity(logo=b"a picture")), self_billed=True)
    assert (document.seller.name, document.buyer.name) == ("Harbour & Sons", "Northwind GmbH")
    assert (document.title, document.logo) == (Title.SELF_BILLED_INVOICE, None)


@pytest.mark.parametrize(("own", "locale"), [(None, "fr"), ("de", "de")])
def test_the_locale_is_the_customers_else_its_entitys(own: str | None, locale: str) -> None:
    assert _document(a_customer(an_entity(document_locale="fr"), document_locale=own)).locale == locale


def test_what_was_paid_in_advance_is_not_due() -> None:
    assert _document(a_customer(an_entity()), invoice_type="advance_charges").due_date is None


@pytest.mark.parametrize(
    ("managed", "country", "code", "mentions"),
    [
        (True, "DE", "lago_eu_reverse_charge", ["reverse_charge"]),
        (True, "DE", "lago_eu_tax_exempt", ["tax_exempt"]),
        (True, "FR", "lago_eu_tax_exempt", ["tax_exempt_france"]),
        (True, "DE", "lago_eu_de_standard", []),
        (False, "DE", "lago_eu_reverse_charge", []),
    ],
)
def test_the_law_is_cited_where_it_frees_from_tax(managed: bool, country: str, code: str, mentions: list[str]) -> None:
    customer = a_customer(an_entity(eu_tax_management=managed, country=country))
    document = _document(customer, applied_taxes=[an_invoice_tax(0.0, 0, 9900, code=code)])
    assert [getattr(notice.text, "key", None) for notice in document.notices] == mentions


def test_the_document_names_the_parties_as_they_were_when_it_was_made() -> None:
    customer = a_customer(an_entity())
    invoice = an_invoice(a_subscription_fee(a_subscription(customer)))
    invoice.snapshot = snapshot(invoice)
    customer.name, customer.billing_entity.legal_name = "Renamed", "Renamed too"
    document = document_of(invoice)
    assert (document.seller.name, document.buyer.name) == ("Northwind GmbH", "Harbour & Sons")


def test_only_metadata_meant_for_display_is_shown() -> None:
    customer = a_customer(an_entity())
    customer.metadata_rows = [
        CustomerMetadata(key="Cost centre", value="4711", display_in_invoice=True),
        CustomerMetadata(key="Segment", value="C", display_in_invoice=False),
    ]
    assert _document(customer).metadata == (("Cost centre", "4711"),)


def test_an_invoice_that_is_not_issued_has_no_document() -> None:
    with pytest.raises(ValueError, match="not issued"):
        _document(a_customer(an_entity()), issuing_date=None)


def test_the_number_of_queries_does_not_grow_with_the_fees(
    owner: Account, outsider: Account, count_queries: Any
) -> None:
    few, many = _stored(owner, 2), _stored(outsider, 20)
    assert _queries(few, count_queries) == _queries(many, count_queries)


def _queries(invoice_id: Any, count_queries: Any) -> int:
    db.session.expunge_all()
    with count_queries() as statements:
        document = document_of(db.session.get_one(Invoice, invoice_id))
    assert render_invoice(document).startswith(b"%PDF")
    return len(statements)


def _stored(account: Account, count: int) -> Any:
    """An invoice with `count` taxed fees of as many charges."""
    subscription = a_subscription(a_customer(an_entity()))
    fees = [
        a_charge_fee(subscription, f"Metric {number}", 100, applied_taxes=[a_fee_tax(19.0)]) for number in range(count)
    ]
    invoice = an_invoice(*fees, applied_taxes=[an_invoice_tax(19.0, 19, 100)])
    return stored(invoice, db.session, account.organization.id)
