"""`/credit_notes`: lists and filters, what a client may change, notes made by hand (04 §9.2, §9.5, §9.6)."""

import pytest

from tests.builders.catalog import a_tax
from tests.builders.credit_notes import ended_in_march, march, notes
from tests.builders.payments import pay
from tests.builders.stories import customer, invoices, plan, subscribe


@pytest.fixture
def note(sandbox):
    """Of 72.82, on the invoice of March."""
    return ended_in_march(sandbox)


def test_a_note_says_what_it_is_made_of(note, sandbox):
    shown = sandbox.get(f"/credit_notes/{note['lago_id']}")["credit_note"]
    assert shown == note
    amounts = ("total", "sub_total_excluding_taxes", "taxes", "coupons_adjustment")
    assert [shown[f"{name}_amount_cents"] for name in amounts] == [7282, 6068, 1214, 0]
    assert (shown["precise_total_amount_cents"], shown["precise_taxes_amount_cents"]) == ("7281.29032", "1213.54839")
    assert (shown["taxes_rate"], shown["currency"], shown["customer"]["external_id"]) == (20.0, "EUR", "acme")
    (tax,) = shown["applied_taxes"]
    assert (tax["tax_code"], tax["base_amount_cents"], tax["amount_cents"]) == ("vat", 6068, 1214)
    assert (shown["file_url"], shown["error_details"], "metadata" in shown) == (None, [], False)


def _found_by(account, filters):
    return [each for each in filters if notes(account, **each)]


def test_filters_that_find_it(note, sandbox):
    filters = [
        {"external_customer_id": "acme"}, {"credit_status": "available"}, {"reason": "order_cancellation"},
        {"types": "credit"}, {"types[]": ["credit", "refund"]}, {"currency": "EUR"},
        {"issuing_date_from": "2024-03-12"}, {"issuing_date_to": "2024-03-12"}, {"amount_from": 7282},
        {"amount_to": 7282}, {"self_billed": "false"}, {"search_term": "CN001"}, {"search_term": "ACM"},
        {"credit_status": "lost"}, {"reason": "whim"}, {"refund_status": "lost"}, {"types": "gift"},
        {"billing_entity_codes[]": note["billing_entity_code"]},
    ]
    assert _found_by(sandbox, filters) == filters


def test_filters_that_do_not(note, sandbox):
    filters = [
        {"external_customer_id": "other"}, {"credit_status": "consumed"}, {"reason": "other"}, {"types": "refund"},
        {"types[]": ["refund", "offset"]}, {"currency": "USD"}, {"issuing_date_from": "2024-03-13"},
        {"issuing_date_to": "2024-03-11"}, {"amount_from": 7283}, {"amount_to": 7281}, {"self_billed": "true"},
        {"search_term": "CN002"}, {"refund_status": "pending"}, {"invoice_number": "X"},
        {"purchase_order_number": "X"},
    ]
    assert _found_by(sandbox, filters) == []


def test_the_number_and_the_id_find_it(note, sandbox):
    for filters in ({"invoice_number": note["invoice_number"]}, {"search_term": note["lago_id"]}):
        assert len(notes(sandbox, **filters)) == 1


def test_an_unknown_billing_entity_is_not_found(sandbox):
    answer = sandbox.call("GET", "/credit_notes", expect=404, **{"billing_entity_codes[]": "nobody"})
    assert answer["code"] == "billing_entity_not_found"


def test_the_notes_of_a_customer(note, sandbox):
    customer(sandbox, "other")
    assert [one["lago_id"] for one in sandbox.get("/customers/acme/credit_notes")["credit_notes"]] == [note["lago_id"]]
    assert sandbox.get("/customers/other/credit_notes")["credit_notes"] == []
    assert sandbox.call("GET", "/customers/nobody/credit_notes", expect=404)["code"] == "customer_not_found"


def test_an_unknown_note_is_not_found(sandbox):
    for path in ("nothing", "0199a1b2-0000-7000-8000-000000000000"):
        assert sandbox.call("GET", f"/credit_notes/{path}", expect=404)["code"] == "credit_note_not_found"


def test_more_notes_ask_no_more(sandbox, count_queries):
    march(sandbox, timezone="UTC")
    subscribe(sandbox, "other", external_id="other")
    sandbox.at("2024-03-03T00:00:00Z").delete("/subscriptions/acme")
    with count_queries() as of_one:
        assert len(sandbox.get("/credit_notes")["credit_notes"]) == 1
    sandbox.delete("/subscriptions/other")
    with count_queries() as of_two:
        assert len(sandbox.get("/credit_notes")["credit_notes"]) == 2
    assert len(of_two) == len(of_one)


def test_the_refund_is_reported(note, sandbox):
    path = f"/credit_notes/{note['lago_id']}"
    for status in ("failed", "succeeded"):
        changed = sandbox.put(path, {"credit_note": {"refund_status": status}})["credit_note"]
        assert changed["refund_status"] == status
    assert sandbox.refused("PUT", path, {"credit_note": {"refund_status": "lost"}}) == {
        "refund_status": ["value_is_invalid"]
    }


def test_what_is_left_is_voided_once(note, sandbox):
    path = f"/credit_notes/{note['lago_id']}/void"
    voided = sandbox.put(path)["credit_note"]
    assert (voided["credit_status"], voided["balance_amount_cents"]) == ("voided", 0)
    assert voided["credit_amount_cents"] == 7282
    assert sandbox.put(path, expect=405)["code"] == "no_voidable_amount"


def test_metadata_is_replaced_merged_and_dropped(note, sandbox):
    path = f"/credit_notes/{note['lago_id']}"
    assert sandbox.delete(f"{path}/metadata/a", expect=404)["code"] == "metadata_not_found"
    sandbox.put(path, {"credit_note": {"metadata": {"a": "1"}}})
    merged = sandbox.call("PATCH", f"{path}/metadata", {"metadata": {"b": None}})
    assert merged == {"metadata": {"a": "1", "b": None}}
    assert sandbox.get(path)["credit_note"]["metadata"] == merged["metadata"]
    assert sandbox.delete(f"{path}/metadata/b") == {"metadata": {"a": "1"}}
    assert sandbox.post(f"{path}/metadata", {"metadata": {"c": "2"}}) == {"metadata": {"c": "2"}}
    assert sandbox.delete(f"{path}/metadata") == {"metadata": None}
    assert "metadata" not in sandbox.get(path)["credit_note"]


def test_metadata_has_bounds(note, sandbox):
    path = f"/credit_notes/{note['lago_id']}/metadata"
    many = {str(number): "" for number in range(51)}
    for metadata in ({"x" * 101: "1"}, {"x": "y" * 256}, {"x": 1}, many, ["x"]):
        assert list(sandbox.refused("POST", path, {"metadata": metadata})) == ["value"]
    assert sandbox.call("PATCH", path, {"metadata": {"a": "1"}}) == {"metadata": {"a": "1"}}


@pytest.fixture
def invoice(sandbox):
    """Two fees of 68.33 with 20 % of tax: 27.33, so 163.99 in all."""
    sandbox.at("2024-03-01T00:00:00Z")
    a_tax(sandbox, "vat", rate=20, applied_to_organization=True)
    plan(sandbox, amount_cents=6833, pay_in_advance=True)
    customer(sandbox)
    for name in ("one", "two"):
        subscribe(sandbox, external_id=name, subscription_at="2024-02-01T00:00:00Z", billing_time="calendar")
    sandbox.at("2024-04-01T00:00:00Z")
    found = invoices(sandbox)[-1]
    assert (found["taxes_amount_cents"], found["total_amount_cents"]) == (2733, 16399)
    return found


def _estimate(account, invoice, *pairs):
    return account.post("/credit_notes/estimate", {"credit_note": _body(invoice, *pairs)})["estimated_credit_note"]


def _credit(account, invoice, *pairs, **parts):
    return account.post("/credit_notes", {"credit_note": _body(invoice, *pairs, **parts)})["credit_note"]


def _body(invoice, *pairs, **parts):
    items = [{"fee_id": fee["lago_id"], "amount_cents": cents} for fee, cents in pairs]
    return {"invoice_id": invoice["lago_id"], "items": items, **parts}


def test_two_notes_give_back_exactly_the_tax(invoice, sandbox):
    one, two = invoice["fees"]
    pay(sandbox, invoice, 500)
    found = _estimate(sandbox, invoice, (one, 6833))
    assert (found["taxes_amount_cents"], found["precise_taxes_amount_cents"]) == (1367, "1366.6")
    assert (found["max_creditable_amount_cents"], found["max_refundable_amount_cents"]) == (8200, 500)
    assert found["max_offsettable_amount_cents"] == 8200
    pay(sandbox, invoice, 8200 - 500)
    first = _credit(sandbox, invoice, (one, 6833), refund_amount_cents=8200)
    assert (first["total_amount_cents"], first["precise_total_amount_cents"]) == (8200, "8199.6")
    pay(sandbox, invoice, 16200 - 8200)
    found = _estimate(sandbox, invoice, (two, 6833))
    assert (found["taxes_amount_cents"], found["precise_taxes_amount_cents"]) == (1366, "1366.2")
    assert (found["max_creditable_amount_cents"], found["max_refundable_amount_cents"]) == (8199, 8000)
    pay(sandbox, invoice, 16399 - 16200)
    second = _credit(sandbox, invoice, (two, 6833), refund_amount_cents=8199)
    assert (second["taxes_amount_cents"], second["refund_status"]) == (1366, "pending")
    assert first["total_amount_cents"] + second["total_amount_cents"] == invoice["total_amount_cents"]
    assert (first["number"][-6:], second["number"][-6:]) == ("-CN001", "-CN002")


REFUSED = [
    (100, {"credit_amount_cents": 60}, {"base": ["does_not_match_item_amounts"]}),
    (6834, {"credit_amount_cents": 8201}, {"amount_cents": ["higher_than_remaining_fee_amount"]}),
    (-1, {"credit_amount_cents": 1}, {"amount_cents": ["invalid_value"]}),
    ("a", {"credit_amount_cents": 1}, {"amount_cents": ["invalid_value"]}),
    (100, {"refund_amount_cents": 120}, {"refund_amount_cents": [
        "cannot_refund_unpaid_invoice", "higher_than_remaining_invoice_amount"
    ]}),
    (0, {}, {"base": ["total_amount_must_be_positive"]}),
    (100, {"credit_amount_cents": -120}, {"credit_amount_cents": ["value_is_out_of_range"]}),
    (100, {"credit_amount_cents": 120, "reason": "whim"}, {"reason": ["value_is_invalid"]}),
]


def test_what_is_refused(invoice, sandbox):
    bodies = [_body(invoice, (invoice["fees"][0], cents), **parts) for cents, parts, _ in REFUSED]
    found = [sandbox.refused("POST", "/credit_notes", {"credit_note": body}) for body in bodies]
    assert found == [problems for *_, problems in REFUSED]
    assert notes(sandbox) == []


def test_an_item_names_a_fee_of_the_invoice(invoice, sandbox):
    body = {**_body(invoice), "items": [{"fee_id": "0199a1b2-0000-7000-8000-000000000000", "amount_cents": 1}]}
    assert sandbox.post("/credit_notes", {"credit_note": body}, expect=404)["code"] == "fee_not_found"
    body = {**_body(invoice), "items": "all"}
    assert sandbox.refused("POST", "/credit_notes/estimate", {"credit_note": body}) == {"items": ["must_be_an_array"]}
    body = {**_body(invoice), "invoice_id": "nothing"}
    assert sandbox.post("/credit_notes", {"credit_note": body}, expect=404)["code"] == "invoice_not_found"


def test_one_fee_twice_is_not_credited_twice(invoice, sandbox):
    (fee, _) = invoice["fees"]
    body = _body(invoice, (fee, 6833), (fee, 1), credit_amount_cents=8201)
    assert sandbox.refused("POST", "/credit_notes", {"credit_note": body}) == {
        "amount_cents": ["higher_than_remaining_fee_amount"]
    }


def test_an_offset_pays_what_is_left(invoice, sandbox):
    one, two = invoice["fees"]
    _credit(sandbox, invoice, (one, 6833), offset_amount_cents=8200)
    half = sandbox.get(f"/invoices/{invoice['lago_id']}")["invoice"]
    assert (half["total_due_amount_cents"], half["payment_status"]) == (8199, "pending")
    assert sandbox.get("/invoices", settlements="credit_note")["meta"]["total_count"] == 1
    assert sandbox.get("/invoices", settlements="payment")["meta"]["total_count"] == 0
    _credit(sandbox, invoice, (two, 6833), offset_amount_cents=8199)
    paid = sandbox.get(f"/invoices/{invoice['lago_id']}")["invoice"]
    assert (paid["total_due_amount_cents"], paid["payment_status"], paid["total_paid_amount_cents"]) == (
        0, "succeeded", 0
    )
    assert {fee["payment_status"] for fee in paid["fees"]} == {"succeeded"}
    assert paid["total_offsetted_credit_note_amount_cents"] == 16399
