"""What the page of an invoice says of credit notes: those that pay it, and those on it."""

import pytest

from tests.admin.visitor import a_visitor
from tests.builders.credit_notes import ended_in_march, march, notes
from tests.builders.payments import pay
from tests.builders.stories import invoices, subscribe


@pytest.fixture
def desk(app, sandbox):
    return a_visitor(app, sandbox.organization, "notes@example.com")


def test_an_invoice_names_its_notes_and_what_is_left_of_them(desk, sandbox):
    note = ended_in_march(sandbox)
    page = desk.get(f"/invoices/{note['lago_invoice_id']}").text
    for words in ("Credit notes", note["number"], "order cancellation", "72.82", "72.82 as credit, 72.82 left"):
        assert words in page, words
    assert "Paid by credit notes" not in page


def test_an_invoice_names_the_notes_that_pay_it(desk, sandbox):
    note = ended_in_march(sandbox)
    subscribe(sandbox, external_id="again")
    last = invoices(sandbox)[-1]
    page = desk.get(f"/invoices/{last['lago_id']}").text
    for words in ("Paid by credit notes", note["number"], "−72.82", f"/credit_notes/{note['lago_id']}"):
        assert words in page, words


def test_what_was_offset_is_not_due(desk, sandbox):
    note = ended_in_march(sandbox, on_termination_credit_note="offset")
    page = desk.get(f"/invoices/{note['lago_invoice_id']}").text
    assert "72.82 less to pay of this invoice" in page
    assert "45.98" in page  # 118.80 - 72.82 are due


def test_a_voided_note_says_so(desk, sandbox):
    note = ended_in_march(sandbox)
    sandbox.put(f"/credit_notes/{note['lago_id']}/void")
    page = desk.get(f"/invoices/{note['lago_invoice_id']}").text
    assert "0.00 left" in page and "Voided" in page
    assert notes(sandbox)[0]["credit_status"] == "voided"


def test_a_refund_says_how_it_stands(desk, sandbox):
    march(sandbox)
    invoice = invoices(sandbox)[1]
    pay(sandbox, invoice, 11880)
    sandbox.at("2024-03-12T10:00:00Z").delete("/subscriptions/acme", on_termination_credit_note="refund")
    page = desk.get(f"/invoices/{invoice['lago_id']}").text
    assert "72.82 to be paid back" in page and "Pending" in page
