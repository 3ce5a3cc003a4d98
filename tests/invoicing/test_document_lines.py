"""Which fees of an invoice are printed, where, and in what order (04 §17)."""

from datetime import UTC, datetime

import pytest

from lago.catalog.models import ChargeFilter
from lago.invoicing.document.build import document_of
from lago.invoicing.document.formats import Formats
from lago.invoicing.document.values import InvoiceDocument, Line
from tests.builders.invoices import (
    a_charge,
    a_charge_fee,
    a_customer,
    a_fee_tax,
    a_subscription,
    a_subscription_fee,
    an_entity,
    an_invoice,
)

_FORMATS = Formats("en", "EUR")


def _lines(document: InvoiceDocument) -> list[Line]:
    return [line for chapter in document.chapters for section in chapter.sections for line in section.lines]


def _sections(document: InvoiceDocument) -> list[tuple[str, list[str]]]:
    """Each section's title as printed, and the names of its lines."""
    sections = [section for chapter in document.chapters for section in chapter.sections]
    return [(_FORMATS.show(section.title), [line.label[0] for line in section.lines]) for section in sections]


def test_the_subscription_comes_first_then_usage_by_name() -> None:
    subscription = a_subscription()
    fees = [a_charge_fee(subscription, name, 100) for name in ("storage", "API calls", "Minutes")]
    document = document_of(an_invoice(*fees, a_subscription_fee(subscription)))
    assert [line.label for line in _lines(document)] == [("Team plan",), ("API calls",), ("Minutes",), ("storage",)]


def test_fees_stand_under_the_period_they_are_for() -> None:
    subscription = a_subscription()
    august = {"from_datetime": "2025-08-01T00:00:00Z", "to_datetime": "2025-08-31T23:59:59.999Z"}
    own, usage = a_subscription_fee(subscription, properties=august), a_charge_fee(subscription, "API calls", 4375)
    assert _sections(document_of(an_invoice(own, usage))) == [
        ("Fees from Jul 01, 2025 to Jul 31, 2025", ["API calls"]),
        ("Fees from Aug 01, 2025 to Aug 31, 2025", ["Team plan"]),
    ]


def test_dates_are_those_of_the_invoices_zone() -> None:
    window = {"charges_from_datetime": "2025-06-30T15:00:00Z", "charges_to_datetime": "2025-07-31T14:59:59Z"}
    invoice = an_invoice(a_charge_fee(a_subscription(), "API calls", 1, properties=window), timezone="Asia/Tokyo")
    assert _sections(document_of(invoice))[0][0] == "Fees from Jul 01, 2025 to Jul 31, 2025"


def test_lines_without_units_or_amount_are_left_out() -> None:
    subscription = a_subscription()
    fees = a_charge_fee(subscription, "Nothing", 0, "0"), a_charge_fee(subscription, "Free", 0, "5")
    assert [line.label for line in _lines(document_of(an_invoice(*fees)))] == [("Free",)]


@pytest.mark.parametrize(("usage_cents", "printed"), [(100, ["API calls"]), (0, ["Team plan", "API calls"])])
def test_a_subscription_of_zero_gives_way_to_usage(usage_cents: int, printed: list[str]) -> None:
    subscription = a_subscription()
    fees = a_subscription_fee(subscription, 0), a_charge_fee(subscription, "API calls", usage_cents)
    assert [line.label[0] for line in _lines(document_of(an_invoice(*fees)))] == printed


def test_a_line_names_the_values_that_it_is_grouped_by() -> None:
    fee = a_charge_fee(a_subscription(), "Storage", 100, grouped_by={"region": "eu", "zone": None})
    assert [line.label for line in _lines(document_of(an_invoice(fee)))] == [("Storage", "eu")]


def test_a_line_names_its_filter_after_its_groups() -> None:
    subscription, groups = a_subscription(), {"team": "red"}
    values = {"region": ["eu", "us"], "tier": ["__ALL_FILTER_VALUES__"]}
    fees = [
        a_charge_fee(subscription, "Storage", 100, charge_filter=ChargeFilter(values=values, invoice_display_name=name),
                     grouped_by=groups)
        for name in ("Europe", None, "")
    ]
    assert [line.label for line in _lines(document_of(an_invoice(*fees)))] == [
        ("Storage", "red", "eu, us, tier"), ("Storage", "red", "eu, us, tier"), ("Storage", "red", "Europe"),
    ]


def test_notes_explain_how_units_were_counted() -> None:
    subscription = a_subscription()
    charge = a_charge(subscription, "Storage", aggregation="weighted_sum_agg", prorated=True)
    (line,) = _lines(document_of(an_invoice(a_charge_fee(subscription, "Storage", 100, charge=charge))))
    assert [_FORMATS.show(note) for note in line.notes] == [
        "Prorated for the days of the period",
        "Units prorated per second of use",
    ]


def test_a_line_shows_its_tax_rates_and_untaxed_is_zero() -> None:
    subscription = a_subscription()
    taxed = a_subscription_fee(subscription, applied_taxes=[a_fee_tax(19.0), a_fee_tax(2.5)])
    lines = _lines(document_of(an_invoice(taxed, a_charge_fee(subscription, "API calls", 100))))
    assert [[_FORMATS.show(rate) for rate in line.tax_rates] for line in lines] == [["19%", "2.5%"], ["0%"]]


def test_several_subscriptions_are_summed_up_by_name() -> None:
    customer = a_customer(an_entity())
    bristol, berlin = a_subscription(customer, "Bristol"), a_subscription(customer, "Berlin")
    fees = a_subscription_fee(bristol), a_subscription_fee(berlin, 100), a_charge_fee(berlin, "API calls", 50)
    summary = document_of(an_invoice(*fees)).summary
    assert summary is not None
    assert [(line.label, line.amount.value) for line in summary.lines] == [(("Berlin",), 150), (("Bristol",), 9900)]


def test_several_subscriptions_have_a_chapter_and_a_total_each() -> None:
    customer = a_customer(an_entity())
    fees = [a_subscription_fee(a_subscription(customer, name), cents) for name, cents in (("B", 2), ("A", 1))]
    chapters = document_of(an_invoice(*fees)).chapters
    assert [(chapter.name, chapter.total and chapter.total.value) for chapter in chapters] == [("A", 1), ("B", 2)]


def test_a_single_subscription_needs_no_summary() -> None:
    document = document_of(an_invoice(a_subscription_fee(a_subscription())))
    assert document.summary is None
    assert (document.chapters[0].name, document.chapters[0].total) == (None, None)


def test_a_fee_that_was_paid_before_its_invoice_says_when() -> None:
    """The day is that of the invoice's zone (04 §17)."""
    paid = a_charge_fee(a_subscription(), "API calls", 100, succeeded_at=datetime(2025, 7, 9, 20, tzinfo=UTC))
    (line,) = _lines(document_of(an_invoice(paid, invoice_type="advance_charges", timezone="Asia/Tokyo")))
    assert [_FORMATS.show(note) for note in line.notes] == ["Paid on Jul 10, 2025"]
