"""What is done with an invoice on its page: voided, noted on, asked for, given up; and its files."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from lago.core.db import db, transaction
from lago.invoicing.models import Invoice
from tests.admin.records import PDF, an_invoice
from tests.admin.visitor import a_visitor
from tests.builders.stories import invoices


def state(owner, invoice):
    return owner.get(f"/invoices/{invoice.id}")["invoice"]


@pytest.fixture
def invoice(owner):
    """Of 109.00 EUR."""
    return an_invoice(owner)


def test_the_question_says_what_can_be_given_back(ada, invoice):
    page = ada.get(f"/invoices/{invoice.id}/void", htmx=True).text
    assert "Void NOR-001-042" in page and "109.00" in page and "This cannot be undone" in page


def test_it_is_voided_without_a_note(ada, owner, invoice):
    assert ada.post(f"/invoices/{invoice.id}/void", how="plain").location == f"/invoices/{invoice.id}"
    assert state(owner, invoice)["status"] == "voided"
    page = ada.get(f"/invoices/{invoice.id}").text
    assert "This invoice was voided on" in page and "Make it again" in page
    assert ada.get(f"/invoices/{invoice.id}/void", expect=302).location == f"/invoices/{invoice.id}"


def test_it_is_voided_with_a_note_over_a_part(ada, owner, invoice):
    ada.post(f"/invoices/{invoice.id}/void", how="note", credit_amount="50.00")
    notes = owner.get("/credit_notes")["credit_notes"]
    assert sorted((note["credit_status"], note["credit_amount_cents"]) for note in notes) == [
        ("available", 5000), ("voided", 5900)
    ]


@pytest.mark.parametrize("typed, words", [
    ({"credit_amount": "109.01"}, "more than the invoice can give back"),
    ({"refund_amount": "1"}, "more than the invoice can give back"),
    ({"credit_amount": "many"}, 'id="error-credit_amount"'),
], ids=["too much", "nothing was paid", "no number"])
def test_too_much_is_refused_and_what_was_typed_stays(ada, owner, invoice, typed, words):
    answer = ada.post(f"/invoices/{invoice.id}/void", expect=422, how="note", **typed)
    assert words in answer.text and f'value="{next(iter(typed.values()))}"' in answer.text
    assert state(owner, invoice)["status"] == "finalized"


def test_notes_are_kept_on_it(ada, owner, invoice):
    ada.post(f"/invoices/{invoice.id}/metadata", metadata="team: blue\norder: 17")
    ada.post(f"/invoices/{invoice.id}/metadata", metadata="team: red")
    (note,) = state(owner, invoice)["metadata"]
    assert (note["key"], note["value"]) == ("team", "red")
    assert "team: red" in ada.get(f"/invoices/{invoice.id}/metadata").text


@pytest.mark.parametrize("typed", ["no pair", "\n".join(f"k{number}: v" for number in range(6)), "k" * 21 + ": v"],
                         ids=["no pair", "too many", "too long"])
def test_notes_that_do_not_fit_are_refused(ada, owner, invoice, typed):
    page = ada.post(f"/invoices/{invoice.id}/metadata", expect=422, metadata=typed).text
    assert 'id="error-metadata"' in page and typed.partition("\n")[0] in page
    assert state(owner, invoice)["metadata"] == []


def test_a_dispute_is_lost_after_a_question(ada, owner, invoice):
    assert "cannot be undone" in ada.get(f"/invoices/{invoice.id}/lose_dispute", htmx=True).text
    ada.post(f"/invoices/{invoice.id}/lose_dispute")
    assert state(owner, invoice)["payment_dispute_lost_at"]
    assert "Payment dispute lost" in ada.get(f"/invoices/{invoice.id}").text


def test_a_payment_is_asked_for_again_unless_it_is_paid(ada, owner, invoice):
    ada.post(f"/invoices/{invoice.id}/retry_payment")
    owner.put(f"/invoices/{invoice.id}", {"invoice": {"payment_status": "succeeded"}})
    page = ada.post(f"/invoices/{invoice.id}/retry_payment", expect=422).text
    assert "nobody can be asked for it" in page


def test_one_that_failed_is_tried_again(ada, owner, invoice):
    with transaction():
        db.session.get_one(Invoice, invoice.id).status = "failed"
    assert "Try again" in ada.get(f"/invoices/{invoice.id}").text
    ada.post(f"/invoices/{invoice.id}/retry")
    assert state(owner, invoice)["status"] == "pending"


def test_the_chosen_pdfs_come_in_an_archive(ada, stranger, owner, invoice):
    other, without = an_invoice(owner, "NOR/2"), an_invoice(owner, "NOR-3", pdf=False)
    address = "/invoices/pdfs.zip?" + "&".join(f"invoice={one.id}" for one in (invoice, other, without))
    answer = ada.get(f"{address}&invoice=x")
    assert answer.mimetype == "application/zip"
    with ZipFile(BytesIO(answer.data)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {"NOR-001-042.pdf": PDF, "NOR-2.pdf": PDF}
    for nothing in (stranger.get(address), ada.get(f"/invoices/pdfs.zip?invoice={without.id}")):
        assert "Nothing to download" in nothing.text and "NOR" not in nothing.text


def test_totals_are_those_of_all_that_is_listed(ada, owner):
    """Voided ones come to nothing."""
    an_invoice(owner, "A-1", total_amount_cents=10000, total_paid_amount_cents=2500)
    an_invoice(owner, "A-2", total_amount_cents=500, status="voided")
    an_invoice(owner, "B-1", total_amount_cents=700, currency="JPY")
    page = ada.get("/invoices?search=A-", htmx=True).text
    assert "2 invoices in EUR" in page and "75.00 EUR to be paid" in page and "JPY" not in page
    assert "1 invoice in JPY" in ada.get("/invoices?currency=JPY", htmx=True).text


@pytest.mark.parametrize("query, found", [
    ("type=one_off", {"A-2"}), ("currency=USD", {"A-3"}), ("amount_from=50.01", {"A-1"}), ("amount_to=0.99", {"A-2"}),
    ("amount_from=nothing", {"A-1", "A-2", "A-3"}), ("overdue=yes", {"A-3"}), ("partially_paid=yes", {"A-1"}),
])
def test_the_list_is_filtered_by_the_address(ada, owner, query, found):
    an_invoice(owner, "A-1", total_amount_cents=10000, total_paid_amount_cents=1)
    an_invoice(owner, "A-2", total_amount_cents=99, invoice_type="one_off")
    an_invoice(owner, "A-3", total_amount_cents=5000, currency="USD", payment_overdue=True)
    page = ada.get(f"/invoices?{query}", htmx=True).text
    assert {number for number in ("A-1", "A-2", "A-3") if f">{number}</a>" in page} == found


def test_who_may_only_read_only_looks(app, owner, invoice):
    viewer = a_visitor(app, owner.organization, "viewer@example.com", role="read_only")
    assert "Void" not in viewer.get(f"/invoices/{invoice.id}").text
    for path in ("void", "regenerate", "credit_notes/new", "metadata", "lose_dispute", "retry_payment"):
        viewer.get(f"/invoices/{invoice.id}/{path}", expect=403)
    assert invoices(owner, invoice.customer.external_id)[0]["status"] == "finalized"


def test_it_is_mailed_once_more_if_the_billing_entity_does_so(ada, owner, invoice):
    path = f"/invoices/{invoice.id}/resend_email"
    code = state(owner, invoice)["billing_entity_code"]
    assert "Send" in ada.get(path, htmx=True).text
    assert "does not mail such documents" in ada.post(path, expect=422, to="a@example.com").text
    entity = {"email": "bills@example.com", "email_settings": ["invoice.finalized"]}
    owner.put(f"/billing_entities/{code}", {"billing_entity": entity})
    page = ada.post(path, expect=422, to="nobody at all").text
    assert 'id="error-to"' in page and 'value="nobody at all"' in page
    assert ada.post(path, to="a@example.com, b@example.com", cc="c@example.com").location == f"/invoices/{invoice.id}"
