"""Rendered invoices, read back from the PDF."""

import logging
from dataclasses import replace
from datetime import date
from io import BytesIO
from time import perf_counter

import pytest
from PIL import Image
from pypdf import PdfReader

from lago.invoicing.document.values import (
    SUMMARY_COLUMNS,
    Cents,
    Chapter,
    InvoiceDocument,
    Line,
    Notice,
    Phrase,
    Section,
    Title,
    TotalRow,
)
from lago.invoicing.pdf import render_invoice
from tests.builders.invoice_documents import BUYER, a_document, a_graduated_line, a_line, a_period


def _pages(document: InvoiceDocument) -> list[str]:
    """The text of each page, rows kept together as they stand on paper."""
    reader = PdfReader(BytesIO(render_invoice(document)))
    return [" ".join(page.extract_text().replace("\u00a0", " ").split()) for page in reader.pages]


def _text(document: InvoiceDocument) -> str:
    return " ".join(_pages(document))


def test_a_plain_invoice_is_one_a4_page() -> None:
    (page,) = PdfReader(BytesIO(render_invoice(a_document(a_line())))).pages
    assert [round(float(side)) for side in page.mediabox.upper_right] == [595, 842]


@pytest.mark.parametrize(
    "shown",
    [
        "Invoice number NOR-7F3A-001-042",
        "Issue date Aug 01, 2025",
        "Payment term 30 days",
        "Northwind Metering GmbH",
        "Torstraße 140 10119 Berlin Germany",
        "Tax ID DE 812 526 315",
        "Harbour & Sons Ltd",
        "ap@harbour.example",
        "€52.06 Due Aug 31, 2025",
        "Fees from Jul 01, 2025 to Jul 31, 2025",
        "Item Units Unit price Tax rate Amount",
        "API calls 1,250 €0.035 19% €43.75",
        "Subtotal excl. tax €43.75",
        "VAT (19% on €43.75) €8.31",
        "Subtotal incl. tax €52.06",
        "Total due €52.06",
        "Page 1 of 1",
    ],
)
def test_an_invoice_says(shown: str) -> None:
    assert shown in _text(a_document(a_line()))


def test_a_graduated_fee_shows_each_tier_and_its_subtotal() -> None:
    text = _text(a_document(a_graduated_line()))
    assert (
        "Documents signed First 100 units 100 €0.20 €20.00 Units 101 to 500 400 €0.15 €60.00 "
        "Units from 501 on 1 €0.10 €0.10 Flat fee for the first 100 units 1 €5.00 €5.00 "
        "Flat fee for units from 501 on 1 €20.00 €20.00 Subtotal 19% €105.10"
    ) in text


def test_notes_stand_under_the_line() -> None:
    assert "API calls Prorated for the days of the period" in _text(
        a_document(a_line(notes=(Phrase("note_prorated"),)))
    )


def test_what_is_known_of_the_purchase_is_shown() -> None:
    text = _text(a_document(a_line(), purchase_order_number="PO-118", metadata=(("Cost centre", "4711"),)))
    assert "Purchase order PO-118" in text
    assert "Cost centre 4711" in text


def test_deductions_are_negative() -> None:
    rows = (TotalRow(Phrase("total_progressive"), Cents(-1000)), TotalRow("Launch (10.00%)", Cents(-50)))
    text = _text(a_document(a_line(), totals=rows))
    assert "Usage already billed -€10.00 Launch (10.00%) -€0.50" in text


def test_notices_and_footer_keep_their_lines() -> None:
    document = a_document(a_line(), notices=(Notice("First line\nSecond line", "Bank transfer"),), footer="Board\nBank")
    lines = PdfReader(BytesIO(render_invoice(document))).pages[0].extract_text().splitlines()
    assert lines[-5:] == ["Bank transfer", "First line", "Second line", "Board", "Bank"]


def test_a_paid_invoice_asks_for_nothing() -> None:
    text = _text(a_document(a_line(), title=Title.PAID_INVOICE, due_date=None))
    assert "Paid invoice" in text
    assert "Already paid" in text
    assert "Due" not in text


def test_an_invoice_of_zero_is_printed() -> None:
    assert "Total due €0.00" in _text(a_document(a_line(cents=0, units="0", price="0")))


def test_yen_have_no_decimals() -> None:
    assert "Total due ¥1,469,134" in _text(a_document(a_line(cents=1234567), currency="JPY"))


def test_a_locale_writes_its_own_numbers_and_dates() -> None:
    text = _text(a_document(a_line(cents=123450, units="1234.5"), locale="de"))
    assert "1.234,5" in text
    assert "€1.234,50" in text
    assert "01. Aug 2025" in text


@pytest.mark.parametrize(
    "name", ["Ελληνική Εταιρεία Μετρήσεων Α.Ε.", "ООО «Северный ветер»", "Łódź Čeština Þór İstanbul"]
)
def test_names_in_european_scripts_are_printed(name: str) -> None:
    assert name in _text(a_document(a_line(), buyer=replace(BUYER, name=name)))


def test_characters_without_any_font_do_not_stop_the_document() -> None:
    assert "Total due €52.06" in _text(a_document(a_line("\U00012000 \U0001f680")))


@pytest.mark.parametrize("length", [60, 300])
def test_long_words_are_broken_and_not_lost(length: int) -> None:
    text = _text(a_document(a_line("x" * length), buyer=replace(BUYER, name="y" * length)))
    assert (text.count("x"), text.count("y")) >= (length, length)


def test_several_subscriptions_have_a_summary_and_a_page_each() -> None:
    summary = Section(
        Phrase("all_subscriptions"), (Line(("Berlin",), Cents(4375)), Line(("Bristol",), Cents(10510))), SUMMARY_COLUMNS
    )
    chapters = (
        Chapter((a_period(a_line()),), "Berlin", Cents(4375)),
        Chapter((a_period(a_graduated_line(), start=date(2025, 7, 9)),), "Bristol", Cents(10510)),
    )
    first, berlin, bristol = _pages(a_document(a_line(), a_graduated_line(), summary=summary, chapters=chapters))
    assert "Subscriptions Item Amount Berlin €43.75 Bristol €105.10 Subtotal excl. tax €148.85" in first
    assert "Page 2 of 3 Berlin Fees from Jul 01, 2025" in berlin and "Total excl. tax €43.75" in berlin
    assert "Page 3 of 3 Bristol Fees from Jul 09, 2025" in bristol and "Total excl. tax €105.10" in bristol


def test_a_long_invoice_repeats_its_headings_and_counts_its_pages() -> None:
    pages = _pages(a_document(*(a_line(f"Metric {number}", 100) for number in range(500))))
    assert len(pages) > 10
    assert all(f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, 1))
    assert all("Fees from Jul 01, 2025 to Jul 31, 2025 Item Units" in page for page in pages if "Metric" in page)
    text = " ".join(pages)
    assert all(f"Metric {number} 1,250" in text for number in range(500))


@pytest.mark.parametrize("lines", range(14, 24))
def test_the_totals_are_never_torn_apart(lines: int) -> None:
    pages = _pages(a_document(*(a_line(f"Metric {number}", 100) for number in range(lines))))
    (page,) = (page for page in pages if "Subtotal excl. tax" in page)
    assert "Subtotal incl. tax" in page and page.count("Total due") == 1 + (page == pages[0])


def test_a_logo_is_embedded() -> None:
    stream = BytesIO()
    Image.new("RGBA", (300, 80), "teal").save(stream, "PNG")
    (page,) = PdfReader(BytesIO(render_invoice(a_document(a_line(), logo=stream.getvalue())))).pages
    assert len(page.images) == 1


def test_the_file_names_itself() -> None:
    reader = PdfReader(BytesIO(render_invoice(a_document(a_line()))))
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("Invoice NOR-7F3A-001-042", "Northwind Metering GmbH")


def test_rendering_raises_no_complaint(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        render_invoice(a_document(a_line(), a_graduated_line(), footer="Footer"))
    assert caplog.messages == []


def test_a_plain_page_is_quick() -> None:
    document = a_document(a_line())
    render_invoice(document)
    start = perf_counter()
    render_invoice(document)
    assert perf_counter() - start < 1
