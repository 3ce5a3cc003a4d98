"""The pages of credit notes."""

import pytest

from tests.admin.records import an_invoice


@pytest.fixture
def invoice(owner):
    """Fees of 99.00 and 10.00."""
    return an_invoice(owner)


def noted(owner, invoice, **fields):
    fee = invoice.fees[0]
    body = {"invoice_id": str(invoice.id), "items": [{"fee_id": str(fee.id), "amount_cents": 1000}]}
    return owner.post("/credit_notes", {"credit_note": {**body, "credit_amount_cents": 1000, **fields}})["credit_note"]


def notes(owner):
    return owner.get("/credit_notes")["credit_notes"]


def amount(invoice, place=0):
    return f"amount-{invoice.fees[place].id}"


def test_the_form_offers_all_that_is_left(ada, owner, invoice):
    noted(owner, invoice)
    page = ada.get(f"/invoices/{invoice.id}/credit_notes/new?all=1").text
    assert 'value="89.00"' in page and "89.00 left of 99.00" in page and 'value="10.00"' in page
    assert "All of it becomes credit" in page


def test_what_is_typed_is_estimated(ada, owner, invoice):
    answer = ada.client.post(
        f"/invoices/{invoice.id}/credit_notes/new",
        data={"csrf_token": ada.token(), amount(invoice): "12.34", "credit": "10"},
        headers={"HX-Request": "true", "HX-Target": "preview"},
    )
    assert "12.34" in answer.text and "2.34" in answer.text and notes(owner) == []


def test_a_note_is_made_of_what_is_typed(ada, owner, invoice):
    answer = ada.post(f"/invoices/{invoice.id}/credit_notes/new", **{
        amount(invoice): "12.34", amount(invoice, 1): "1", "reason": "order_change", "description": "Agreed",
        "metadata": "ticket: 17", "credit": "3.34", "offset": "10"})
    (made,) = notes(owner)
    assert answer.location == f"/credit_notes/{made['lago_id']}"
    assert (made["credit_amount_cents"], made["offset_amount_cents"], made["reason"]) == (334, 1000, "order_change")
    assert (made["description"], made["metadata"]) == ("Agreed", {"ticket": "17"})


def test_where_nothing_is_said_it_is_credit(ada, owner, invoice):
    ada.post(f"/invoices/{invoice.id}/credit_notes/new", **{amount(invoice): "5"})
    assert notes(owner)[0]["credit_amount_cents"] == 500


@pytest.mark.parametrize("typed, place", [
    ({"amount": "99.01"}, "amount"), ({"amount": "some"}, "amount"), ({"amount": "5", "refund": "5"}, "refund"),
    ({"amount": "5", "metadata": "no pair"}, "metadata"),
], ids=["more than is left", "no number", "nothing was paid", "no pair"])
def test_an_error_stands_beside_its_field(ada, owner, invoice, typed, place):
    fields = {amount(invoice) if name == "amount" else name: value for name, value in typed.items()}
    page = ada.post(f"/invoices/{invoice.id}/credit_notes/new", expect=422, **fields).text
    assert f'id="error-{amount(invoice) if place == "amount" else place}"' in page
    assert all(value in page for value in typed.values()) and notes(owner) == []


def test_nothing_typed_is_no_note(ada, owner, invoice):
    page = ada.post(f"/invoices/{invoice.id}/credit_notes/new", expect=422).text
    assert "Say how much of which fee is given back" in page and notes(owner) == []


def test_its_page_tells_what_it_is(ada, owner, invoice):
    note = noted(owner, invoice, reason="duplicated_charge", description="Twice")
    page = ada.get(f"/credit_notes/{note['lago_id']}").text
    for text in (note["number"], "Duplicated charge", "Twice", "10.00", "No invoice yet", f"/invoices/{invoice.id}"):
        assert text in page, text


def test_what_is_left_is_voided_after_a_question(ada, owner, invoice):
    path = f"/credit_notes/{noted(owner, invoice)['lago_id']}"
    assert "10.00" in ada.get(f"{path}/void", htmx=True).text
    assert ada.post(f"{path}/void").location == path
    assert notes(owner)[0]["credit_status"] == "voided"
    assert "Nothing of it is left" in ada.post(f"{path}/void", expect=422).text


def test_a_refund_is_reported(ada, owner, invoice):
    owner.post("/payments", {"payment": {
        "invoice_id": str(invoice.id), "amount_cents": 10900, "reference": "SEPA"}})
    note = noted(owner, invoice, credit_amount_cents=0, refund_amount_cents=1000)
    path = f"/credit_notes/{note['lago_id']}/refund"
    assert 'id="error' not in ada.get(path, htmx=True).text
    ada.post(path, expect=422, refund_status="lost")
    ada.post(path, refund_status="succeeded")
    assert notes(owner)[0]["refund_status"] == "succeeded"


def test_metadata_is_replaced(ada, owner, invoice):
    path = f"/credit_notes/{noted(owner, invoice, metadata={'a': '1'})['lago_id']}/metadata"
    assert "a: 1" in ada.get(path).text
    ada.post(path, metadata="b: 2")
    assert notes(owner)[0]["metadata"] == {"b": "2"}
    ada.post(path, expect=422, metadata="k" * 101 + ": v")
    ada.post(path, metadata="")
    assert "metadata" not in notes(owner)[0]


@pytest.mark.parametrize("query, found", [
    ("search=A-1-", {"A-1"}), ("types=offset", {"B-2"}), ("credit_status=available&reason=order_change", {"A-1"}),
    ("reason=unknown", {"A-1", "B-2"}), ("amount_from=10.01", set()), ("amount_to=10&currency=EUR", {"A-1", "B-2"}),
    ("to=2020-01-01", set()), ("from=never", {"A-1", "B-2"}),
])
def test_the_list_is_filtered_by_the_address(ada, owner, query, found):
    noted(owner, an_invoice(owner, "A-1"), reason="order_change")
    noted(owner, an_invoice(owner, "B-2"), credit_amount_cents=0, offset_amount_cents=1000)
    page = ada.get(f"/credit_notes?{query}", htmx=True).text
    assert {number for number in ("A-1", "B-2") if f">{number}-CN001</a>" in page} == found
