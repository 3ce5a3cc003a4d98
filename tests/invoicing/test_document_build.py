"""What an invoice in the database becomes on paper (04 §17)."""

from typing import Any

import pytest

from lago.core.db import db
from lago.customers.models import CustomerMetadata
from lago.invoicing.document.build import document_of
from lago.invoicing.document.formats import Formats
from lago.invoicing.document.values import InvoiceDocument, Line, Title
from lago.invoicing.models import Fee, Invoice
from lago.invoicing.pdf import render_invoice
from tests.builders.invoices import (
    a_charge_fee,
    a_customer,
    a_fee_tax,
    a_subscription,
    a_subscription_fee,
    an_entity,
    an_invoice,
    an_invoice_tax,
)
from tests.builders.organizations import Account

_FORMATS = Formats("en", "EUR")

GRADUATED = {
    "graduated_ranges": [
        {
            "from_value": 0,
            "to_value": 100,
            "flat_unit_amount": "5.0",
            "per_unit_amount": "0.2",
            "units": "100.0",
            "per_unit_total_amount": "20.0",
            "total_with_flat_amount": "25.0",
        },
        {
            "from_value": 101,
            "to_value": 500,
            "flat_unit_amount": "0.0",
            "per_unit_amount": "0.15",
            "units": "400.0",
            "per_unit_total_amount": "60.0",
            "total_with_flat_amount": "60.0",
        },
        {
            "from_value": 501,
            "to_value": None,
            "flat_unit_amount": "20.0",
            "per_unit_amount": "0.1",
            "units": "1.0",
            "per_unit_total_amount": "0.1",
            "total_with_flat_amount": "20.1",
        },
    ]
}
PACKAGE = {"free_units": "100.0", "paid_units": "251.0", "per_package_size": 250, "per_package_unit_amount": "7.5"}
VOLUME = {"flat_unit_amount": "5.0", "per_unit_amount": "1.5", "per_unit_total_amount": "75.3"}


def _lines(document: InvoiceDocument) -> list[Line]:
    return [line for chapter in document.chapters for section in chapter.sections for line in section.lines]


def _parts(fee: Fee, customer: Any) -> list[tuple[str, ...]]:
    """Label, units, price and amount of each sub-line of an invoice's only fee, as printed."""
    (line,) = _lines(document_of(an_invoice(customer, fee)))
    return [
        tuple(_FORMATS.show(value) for value in (part.label, part.units, part.unit_price, part.amount))
        for part in line.parts
    ]


def _totals(invoice: Invoice) -> list[tuple[str, str]]:
    return [(_FORMATS.show(row.label), _FORMATS.show(row.amount)) for row in document_of(invoice).totals]


def _sections(document: InvoiceDocument) -> list[tuple[str, list[str]]]:
    return [
        (_FORMATS.show(section.title), [line.label[0] for line in section.lines])
        for chapter in document.chapters
        for section in chapter.sections
    ]


@pytest.fixture
def customer() -> Any:
    return a_customer(an_entity())


@pytest.fixture
def subscription(customer: Any) -> Any:
    return a_subscription(customer)


def test_graduated_tiers_come_before_their_flat_fees(customer: Any, subscription: Any) -> None:
    fee = a_charge_fee(subscription, "Documents", 10510, "501", "graduated", GRADUATED)
    assert _parts(fee, customer) == [
        ("First 100 units", "100", "€0.20", "€20.00"),
        ("Units 101 to 500", "400", "€0.15", "€60.00"),
        ("Units from 501 on", "1", "€0.10", "€0.10"),
        ("Flat fee for the first 100 units", "1", "€5.00", "€5.00"),
        ("Flat fee for units from 501 on", "1", "€20.00", "€20.00"),
        ("Subtotal", "", "", "€105.10"),
    ]


def test_packages_are_counted_after_the_free_units(customer: Any, subscription: Any) -> None:
    fee = a_charge_fee(subscription, "Storage", 1500, "351", "package", PACKAGE)
    assert _parts(fee, customer) == [
        ("Free units", "100", "€0.00", "€0.00"),
        ("Packages of 250", "2", "€7.50", "€15.00"),
        ("Subtotal", "", "", "€15.00"),
    ]


def test_volume_has_one_price_and_one_flat_fee(customer: Any, subscription: Any) -> None:
    fee = a_charge_fee(subscription, "Seats", 8030, "50.2", "volume", VOLUME)
    assert _parts(fee, customer) == [
        ("Fee per unit", "50.2", "€1.50", "€75.30"),
        ("Flat fee", "1", "€5.00", "€5.00"),
        ("Subtotal", "", "", "€80.30"),
    ]


def test_a_single_price_needs_no_sub_lines(customer: Any, subscription: Any) -> None:
    assert _parts(a_charge_fee(subscription, "API calls", 4375), customer) == []


def test_the_subscription_comes_first_then_usage_by_name(customer: Any, subscription: Any) -> None:
    fees = [a_charge_fee(subscription, name, 100) for name in ("storage", "API calls", "Minutes")]
    document = document_of(an_invoice(customer, *fees, a_subscription_fee(subscription)))
    assert [line.label for line in _lines(document)] == [("Team plan",), ("API calls",), ("Minutes",), ("storage",)]


def test_fees_stand_under_the_period_they_are_for(customer: Any, subscription: Any) -> None:
    august = {"from_datetime": "2025-08-01T00:00:00Z", "to_datetime": "2025-08-31T23:59:59.999Z"}
    fees = a_subscription_fee(subscription, properties=august), a_charge_fee(subscription, "API calls", 4375)
    assert _sections(document_of(an_invoice(customer, *fees))) == [
        ("Fees from Jul 01, 2025 to Jul 31, 2025", ["API calls"]),
        ("Fees from Aug 01, 2025 to Aug 31, 2025", ["Team plan"]),
    ]


def test_dates_are_those_of_the_invoices_zone(customer: Any, subscription: Any) -> None:
    window = {"charges_from_datetime": "2025-06-30T15:00:00Z", "charges_to_datetime": "2025-07-31T14:59:59Z"}
    invoice = an_invoice(customer, a_charge_fee(subscription, "API calls", 1, properties=window), timezone="Asia/Tokyo")
    assert _sections(document_of(invoice))[0][0] == "Fees from Jul 01, 2025 to Jul 31, 2025"


def test_lines_without_units_or_amount_are_left_out(customer: Any, subscription: Any) -> None:
    fees = a_charge_fee(subscription, "Nothing", 0, "0"), a_charge_fee(subscription, "Free", 0, "5")
    assert [line.label for line in _lines(document_of(an_invoice(customer, *fees)))] == [("Free",)]


@pytest.mark.parametrize(("usage_cents", "printed"), [(100, ["API calls"]), (0, ["Team plan", "API calls"])])
def test_a_subscription_of_zero_gives_way_to_usage(
    customer: Any, subscription: Any, usage_cents: int, printed: list[str]
) -> None:
    fees = a_subscription_fee(subscription, 0), a_charge_fee(subscription, "API calls", usage_cents)
    assert [line.label[0] for line in _lines(document_of(an_invoice(customer, *fees)))] == printed


def test_a_line_names_its_groups_and_explains_its_units(customer: Any, subscription: Any) -> None:
    fee = a_charge_fee(
        subscription,
        "Storage",
        100,
        prorated=True,
        aggregation_type="weighted_sum_agg",
        grouped_by={"region": "eu", "zone": None},
    )
    (line,) = _lines(document_of(an_invoice(customer, fee)))
    assert line.label == ("Storage", "eu")
    assert [_FORMATS.show(note) for note in line.notes] == [
        "Prorated for the days of the period",
        "Units prorated per second of use",
    ]


def test_a_line_shows_its_tax_rates_and_untaxed_is_zero(customer: Any, subscription: Any) -> None:
    taxed = a_subscription_fee(subscription, applied_taxes=[a_fee_tax(customer, 19.0), a_fee_tax(customer, 2.5)])
    lines = _lines(document_of(an_invoice(customer, taxed, a_charge_fee(subscription, "API calls", 100))))
    assert [[_FORMATS.show(rate) for rate in line.tax_rates] for line in lines] == [["19%", "2.5%"], ["0%"]]


def test_the_totals_lead_from_the_fees_to_the_total(customer: Any, subscription: Any) -> None:
    taxes = [
        an_invoice_tax(customer, 2.5, 66, 2635, tax_name="City tax", tax_code="city"),
        an_invoice_tax(customer, 19.0, 2100, 11050),
    ]
    invoice = an_invoice(
        customer,
        a_subscription_fee(subscription, 15500),
        applied_taxes=taxes,
        coupons_amount_cents=4450,
        sub_total_excluding_taxes_amount_cents=11050,
        sub_total_including_taxes_amount_cents=13215,
        credit_notes_amount_cents=3000,
        prepaid_credit_amount_cents=5000,
        total_amount_cents=5215,
    )
    assert _totals(invoice) == [
        ("Coupons", "-€44.50"),
        ("Subtotal excl. tax", "€110.50"),
        ("VAT (19% on €110.50)", "€21.00"),
        ("City tax (2.5% on €26.35)", "€0.66"),
        ("Subtotal incl. tax", "€132.15"),
        ("Credit notes", "-€30.00"),
        ("Prepaid credits", "-€50.00"),
    ]


def test_without_any_tax_a_row_says_so(customer: Any, subscription: Any) -> None:
    assert ("Tax (0%)", "€0.00") in _totals(an_invoice(customer, a_subscription_fee(subscription)))


def test_free_and_purchased_credits_are_told_apart_where_known(customer: Any, subscription: Any) -> None:
    invoice = an_invoice(
        customer,
        a_subscription_fee(subscription),
        prepaid_credit_amount_cents=300,
        prepaid_granted_credit_amount_cents=100,
        prepaid_purchased_credit_amount_cents=200,
    )
    assert _totals(invoice)[-2:] == [("Free credits", "-€1.00"), ("Purchased credits", "-€2.00")]


def test_several_subscriptions_are_summed_up_by_name(customer: Any) -> None:
    bristol, berlin = a_subscription(customer, "Bristol"), a_subscription(customer, "Berlin")
    invoice = an_invoice(
        customer, a_subscription_fee(bristol), a_subscription_fee(berlin, 100), a_charge_fee(berlin, "API calls", 50)
    )
    document = document_of(invoice)
    assert document.summary is not None
    assert [(line.label, line.amount.value) for line in document.summary.lines] == [
        (("Berlin",), 150),
        (("Bristol",), 9900),
    ]
    assert [(chapter.name, chapter.total and chapter.total.value) for chapter in document.chapters] == [
        ("Berlin", 150),
        ("Bristol", 9900),
    ]


def test_a_single_subscription_needs_no_summary(customer: Any, subscription: Any) -> None:
    document = document_of(an_invoice(customer, a_subscription_fee(subscription)))
    assert document.summary is None
    assert (document.chapters[0].name, document.chapters[0].total) == (None, None)


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
    customer = a_customer(an_entity(country=country))
    invoice = an_invoice(customer, a_subscription_fee(a_subscription(customer)), invoice_type=invoice_type)
    assert document_of(invoice).title is title


def test_seller_and_buyer_are_named_with_what_is_known(customer: Any, subscription: Any) -> None:
    customer.legal_name, customer.email = "Harbour & Sons Ltd", "ap@harbour.example,cfo@harbour.example"
    document = document_of(an_invoice(customer, a_subscription_fee(subscription)))
    assert (document.seller.name, document.seller.address) == ("Northwind GmbH", ("10119 Berlin", "Germany"))
    assert document.buyer.name == "Harbour & Sons Ltd"
    assert document.buyer.address == ("22 Quay Street", "Bristol", "BS1 4QZ", "United Kingdom")
    assert document.buyer.emails == ("ap@harbour.example", "cfo@harbour.example")


def test_a_self_billed_invoice_swaps_the_parties_and_has_no_logo() -> None:
    customer = a_customer(an_entity(logo=b"a picture"))
    document = document_of(an_invoice(customer, a_subscription_fee(a_subscription(customer)), self_billed=True))
    assert (document.seller.name, document.buyer.name) == ("Harbour & Sons", "Northwind GmbH")
    assert (document.title, document.logo) == (Title.SELF_BILLED_INVOICE, None)


@pytest.mark.parametrize(("own", "locale"), [(None, "fr"), ("de", "de")])
def test_the_locale_is_the_customers_else_its_entitys(own: str | None, locale: str) -> None:
    customer = a_customer(an_entity(document_locale="fr"), document_locale=own)
    assert document_of(an_invoice(customer, a_subscription_fee(a_subscription(customer)))).locale == locale


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
    tax = an_invoice_tax(customer, 0.0, 0, 9900, tax_code=code)
    invoice = an_invoice(customer, a_subscription_fee(a_subscription(customer)), applied_taxes=[tax])
    assert [getattr(notice.text, "key", None) for notice in document_of(invoice).notices] == mentions


def test_only_metadata_meant_for_display_is_shown(customer: Any, subscription: Any) -> None:
    customer.metadata_rows = [
        CustomerMetadata(key="Cost centre", value="4711", display_in_invoice=True),
        CustomerMetadata(key="Segment", value="C", display_in_invoice=False),
    ]
    assert document_of(an_invoice(customer, a_subscription_fee(subscription))).metadata == (("Cost centre", "4711"),)


def test_an_invoice_that_is_not_issued_has_no_document(customer: Any, subscription: Any) -> None:
    with pytest.raises(ValueError, match="not issued"):
        document_of(an_invoice(customer, a_subscription_fee(subscription), issuing_date=None))


@pytest.mark.parametrize("fees", [2, 20])
def test_the_number_of_queries_does_not_grow_with_the_fees(owner: Account, count_queries: Any, fees: int) -> None:
    invoice_id = _stored(owner, fees)
    db.session.expunge_all()
    with count_queries() as statements:
        document = document_of(db.session.get_one(Invoice, invoice_id))
    assert len(_lines(document)) == fees
    assert len(statements) <= 16, statements
    assert b"%PDF" in render_invoice(document)


def _stored(owner: Account, fees: int) -> Any:
    organization_id = owner.organization.id
    entity = an_entity(organization_id=organization_id)
    customer = a_customer(entity)
    subscription = a_subscription(customer)
    db.session.add_all([entity, customer, subscription])
    db.session.flush()
    charges = [a_charge_fee(subscription, f"Metric {number}", 100) for number in range(fees - 1)]
    for fee in (*charges, own := a_subscription_fee(subscription)):
        fee.applied_taxes = [a_fee_tax(customer, 19.0)]
    invoice = an_invoice(customer, own, *charges, applied_taxes=[an_invoice_tax(customer, 19.0, 19, 100)])
    db.session.add(invoice)
    db.session.flush()
    return invoice.id
