"""The invoices' pages."""

import pytest

from lago.core.db import db, transaction
from lago.invoicing.models import Invoice
from tests.admin.records import PDF, an_invoice
from tests.builders.invoices import an_invoice_tax


def test_an_invoice_shows_fees_taxes_and_totals(ada, owner):
    invoice = an_invoice(owner, taxes_amount_cents=2071)
    with transaction():
        tax = an_invoice_tax(19.0, 2071, 10900)
        tax.organization_id = owner.organization.id
        db.session.get_one(Invoice, invoice.id).applied_taxes.append(tax)
    page = ada.get(f"/invoices/{invoice.id}").text
    for text in ("Fees from Jul 01, 2025 to Jul 31, 2025", "API calls", "10.00", "VAT (19% on €109.00)", "129.71"):
        assert text in page, text


def test_tiers_can_be_unfolded(ada, owner):
    invoice = an_invoice(owner)
    with transaction():
        fee = db.session.get_one(Invoice, invoice.id).fees[1]
        fee.charge.charge_model = "volume"
        fee.amount_details = {"flat_unit_amount": "1.0", "per_unit_amount": "0.0072", "per_unit_total_amount": "9.0"}
    page = ada.get(f"/invoices/{invoice.id}").text
    assert "How this amount came to be" in page and "€0.0072" in page


def test_the_pdf_is_offered_when_it_is_there(ada, owner):
    with_pdf, without = an_invoice(owner, "WITH"), an_invoice(owner, "WITHOUT", pdf=False)
    assert f"/invoices/{with_pdf.id}.pdf" in ada.get(f"/invoices/{with_pdf.id}").text
    assert ".pdf" not in ada.get(f"/invoices/{without.id}").text
    ada.get(f"/invoices/{without.id}.pdf", expect=404)


def test_the_pdf_may_be_framed_by_our_own_pages_only(ada, stranger, owner):
    invoice = an_invoice(owner)
    answer = ada.get(f"/invoices/{invoice.id}.pdf")
    assert (answer.data, answer.mimetype) == (PDF, "application/pdf")
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    stranger.get(f"/invoices/{invoice.id}.pdf", expect=404)


def test_what_happened_is_told_in_order(ada, owner):
    page = ada.get(f"/invoices/{an_invoice(owner).id}").text
    assert page.index("PDF made") < page.index(">Created")


@pytest.mark.parametrize("query, found", [
    ("search=nor-1", {"NOR-1"}),
    ("search=harbour-NOR-2", {"NOR-2"}),
    ("status=voided", {"NOR-2"}),
    ("payment_status=succeeded", {"NOR-1"}),
    ("from=2025-08-02", {"NOR-2"}),
    ("to=2025-08-01", {"NOR-1"}),
    ("from=2025-08-01&to=2025-08-31&status=finalized", {"NOR-1"}),
    ("status=generating", {"NOR-1", "NOR-2"}),
])
def test_invoices_are_filtered_by_the_address(ada, owner, query, found):
    an_invoice(owner, "NOR-1", payment_status="succeeded")
    an_invoice(owner, "NOR-2", status="voided", issuing_date="2025-08-20")
    an_invoice(owner, "NOR-3", status="generating")
    page = ada.get(f"/invoices?{query}", htmx=True).text
    assert {number for number in ("NOR-1", "NOR-2", "NOR-3") if f">{number}</a>" in page} == found


def test_the_web_url_of_the_api_leads_to_the_page(ada, owner):
    invoice = an_invoice(owner)
    answer = ada.get(f"/owner/customer/{invoice.customer_id}/invoice/{invoice.id}/overview", expect=302)
    assert answer.location == f"/invoices/{invoice.id}"


def test_an_invoice_of_paid_fees_is_due_no_more(ada, owner):
    invoice = an_invoice(owner)
    with transaction():
        db.session.get_one(Invoice, invoice.id).invoice_type = "advance_charges"
    page = ada.get(f"/invoices/{invoice.id}").text
    assert "Nothing: it was paid before it was made" in page and "Advance charges" in page
