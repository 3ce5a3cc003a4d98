"""What a subscription in advance gets back of its unused days, and where it goes (03 §6.3, 04 §9.7)."""

import pytest

from lago.core.db import db, transaction
from lago.invoicing.models import Invoice
from tests.builders.credit_notes import ended_in_march, march, notes
from tests.builders.payments import pay
from tests.builders.stories import customer, invoices, plan, subscribe


def test_unused_days_become_credit(sandbox):
    """C3: 19 days of 99.00 / 31 are 60.68, and tax of 12.14."""
    note = ended_in_march(sandbox)
    (_, march_invoice, *_) = invoices(sandbox)
    assert (note["credit_amount_cents"], note["balance_amount_cents"], note["taxes_amount_cents"]) == (7282, 7282, 1214)
    assert (note["reason"], note["credit_status"], note["refund_status"]) == ("order_cancellation", "available", None)
    assert (note["lago_invoice_id"], note["number"]) == (march_invoice["lago_id"], march_invoice["number"] + "-CN001")
    (item,) = note["items"]
    assert (item["precise_amount_cents"], item["amount_cents"]) == ("6067.74193", 6068)
    assert item["fee"]["lago_id"] == march_invoice["fees"][0]["lago_id"]
    assert note["issuing_date"] == "2024-03-12"


def test_the_days_are_those_of_the_customer(sandbox):
    """C4: 12 March 06:00 UTC is the 11th in Los Angeles."""
    march(sandbox, 0, timezone="America/Los_Angeles").at("2024-03-12T06:00:00Z")
    sandbox.delete("/subscriptions/acme")
    assert [note["credit_amount_cents"] for note in notes(sandbox)] == [6387]


@pytest.mark.parametrize("mode, paid, parts, due", [
    ("refund", 11880, (0, 7282, 0), 0),
    ("refund", 5000, (6881, 401, 0), 6880),
    ("refund", 0, (7282, 0, 0), 11880),
    ("offset", 0, (0, 0, 7282), 4598),
    ("offset", 5000, (0, 402, 6880), 0),
])
def test_refund_and_offset(sandbox, mode, paid, parts, due):
    """C8, C9 and C11 with tax; the cent of the rounding goes to the refund if there is one."""
    march(sandbox)
    invoice = invoices(sandbox)[1]
    if paid:
        pay(sandbox, invoice, paid)
    sandbox.at("2024-03-12T10:00:00Z").delete("/subscriptions/acme", on_termination_credit_note=mode)
    (note,) = notes(sandbox)
    assert tuple(note[f"{part}_amount_cents"] for part in ("credit", "refund", "offset")) == parts
    assert note["refund_status"] == ("pending" if parts[1] else None)
    after = sandbox.get(f"/invoices/{invoice['lago_id']}")["invoice"]
    assert (after["total_due_amount_cents"], after["total_offsetted_credit_note_amount_cents"]) == (due, parts[2])
    assert after["payment_status"] == ("pending" if due else "succeeded")


def test_used_days_are_local_ones_in_kolkata(sandbox):
    """C10 with 12 used days: 3 832 of 9 900 are kept."""
    march(sandbox, 0, timezone="Asia/Kolkata")
    pay(sandbox, invoices(sandbox)[1], 9900)
    sandbox.at("2024-03-12T10:00:00Z").delete("/subscriptions/acme", on_termination_credit_note="refund")
    (note,) = notes(sandbox)
    assert (note["refund_amount_cents"], note["credit_amount_cents"]) == (6068, 0)


def test_without_a_note_if_none_is_wanted(sandbox):
    march(sandbox).at("2024-03-12T10:00:00Z").delete("/subscriptions/acme", on_termination_credit_note="skip")
    assert notes(sandbox) == []


def test_nothing_comes_back_on_the_last_day(sandbox):
    march(sandbox).at("2024-03-31T10:00:00Z").delete("/subscriptions/acme")
    assert notes(sandbox) == []


def test_an_ending_date_gives_back_what_is_left(sandbox):
    """It ends at 00:00 of that day, which counts as used."""
    march(sandbox).put("/subscriptions/acme", {"subscription": {"ending_at": "2024-03-12T18:00:00Z"}})
    sandbox.at("2024-03-20T00:00:00Z")
    assert [note["credit_amount_cents"] for note in notes(sandbox)] == [7282]


def test_less_than_a_cent_makes_no_note(sandbox):
    """One day of 0.03 a month."""
    sandbox.at("2024-03-01T00:00:00Z")
    plan(sandbox, amount_cents=3, pay_in_advance=True)
    subscribe(sandbox)
    sandbox.at("2024-03-30T10:00:00Z").delete("/subscriptions/acme")
    assert notes(sandbox) == []


def march_paid_by_a_note(sandbox):
    """All of February was credited and pays the invoice of March: nothing of that is due."""
    sandbox.at("2024-02-01T00:00:00Z")
    plan(sandbox, amount_cents=9900, pay_in_advance=True)
    subscribe(sandbox)
    (february,) = invoices(sandbox)
    items = [{"fee_id": february["fees"][0]["lago_id"], "amount_cents": 9900}]
    body = {"invoice_id": february["lago_id"], "credit_amount_cents": 9900, "items": items}
    sandbox.post("/credit_notes", {"credit_note": body})
    sandbox.at("2024-03-02T00:00:00Z")
    assert invoices(sandbox)[-1]["total_amount_cents"] == 0


def test_an_offset_above_what_is_due_lets_nothing_end(sandbox):
    march_paid_by_a_note(sandbox)
    sandbox.at("2024-03-12T10:00:00Z")
    problems = sandbox.refused("DELETE", "/subscriptions/acme", {"on_termination_credit_note": "offset"})
    assert problems == {"offset_amount_cents": ["higher_than_remaining_invoice_amount"]}
    after = sandbox.get("/subscriptions/acme")["subscription"]
    assert (after["status"], after["on_termination_credit_note"], len(notes(sandbox))) == ("active", None, 1)


def test_an_end_by_date_gives_credit_where_no_offset_is_due(sandbox):
    """Nobody is there to be told, and what has fallen due is done."""
    march_paid_by_a_note(sandbox)
    ending = {"ending_at": "2024-03-12T00:00:00Z", "on_termination_credit_note": "offset"}
    sandbox.put("/subscriptions/acme", {"subscription": ending})
    sandbox.at("2024-03-13T00:00:00Z")
    assert [note["credit_amount_cents"] for note in notes(sandbox)] == [9900, 6068]


def test_an_upgrade_gives_back_the_day_of_the_change_and_uses_it(sandbox):
    """20 days of 99.00 / 31 are 63.87, with tax 76.64; 198.00 x 20 / 31 are 127.74, with tax 153.29."""
    march(sandbox).at("2024-03-12T10:00:00Z")
    plan(sandbox, "big", amount_cents=19800, pay_in_advance=True)
    subscribe(sandbox, plan_code="big")
    (note,) = notes(sandbox)
    assert (note["credit_amount_cents"], note["balance_amount_cents"]) == (7664, 0)
    last = invoices(sandbox)[-1]
    assert (last["fees_amount_cents"], last["taxes_amount_cents"]) == (12774, 2555)
    assert (last["credit_notes_amount_cents"], last["total_amount_cents"]) == (7664, 7665)


def test_nothing_ends_while_the_taxes_of_its_invoice_are_awaited(sandbox):
    march(sandbox)
    with transaction():
        db.session.get_one(Invoice, invoices(sandbox)[1]["lago_id"]).tax_status = "pending"
    answer = sandbox.delete("/subscriptions/acme", expect=405)
    assert answer["code"] == "cannot_terminate_with_pending_taxes"
    assert sandbox.get("/subscriptions/acme")["subscription"]["status"] == "active"


def test_nothing_comes_back_of_a_voided_invoice(sandbox):
    march(sandbox)
    with transaction():
        db.session.get_one(Invoice, invoices(sandbox)[1]["lago_id"]).status = "voided"
    sandbox.delete("/subscriptions/acme")
    assert notes(sandbox) == []


def test_an_upgrade_gives_credit_whatever_the_option_says(sandbox):
    """03 §13.6: it was to be refunded, and nothing was paid."""
    march(sandbox).put("/subscriptions/acme", {"subscription": {"on_termination_credit_note": "refund"}})
    pay(sandbox, invoices(sandbox)[1], 11880)
    plan(sandbox, "big", amount_cents=19800, pay_in_advance=True)
    sandbox.at("2024-03-12T10:00:00Z")
    subscribe(sandbox, plan_code="big")
    assert [(note["credit_amount_cents"], note["refund_amount_cents"]) for note in notes(sandbox)] == [(7664, 0)]


def test_an_upgrade_gives_nothing_back_if_that_is_not_wanted(sandbox):
    march(sandbox).put("/subscriptions/acme", {"subscription": {"on_termination_credit_note": "skip"}})
    plan(sandbox, "big", amount_cents=19800, pay_in_advance=True)
    subscribe(sandbox, plan_code="big")
    assert notes(sandbox) == []


def test_a_trial_in_the_period_gives_back_what_it_charged(sandbox):
    """The trial ends on 11 March, so 21 of 31 days were charged; those from the 14th on come back: 18 x 1.00."""
    sandbox.at("2024-03-01T00:00:00Z")
    plan(sandbox, amount_cents=3100, pay_in_advance=True, trial_period=10)
    subscribe(sandbox)
    sandbox.at("2024-03-13T10:00:00Z").delete("/subscriptions/acme")
    assert [note["credit_amount_cents"] for note in notes(sandbox)] == [1800]


def test_the_period_was_invoiced_in_another_zone(sandbox):
    march(sandbox, 0)
    customer(sandbox, timezone="America/New_York")
    sandbox.at("2024-03-12T15:00:00Z").delete("/subscriptions/acme")
    assert [note["credit_amount_cents"] for note in notes(sandbox)] == [6068]


def test_an_end_on_the_first_day_before_the_bill_has_nothing_to_give_back(sandbox):
    """At 00:00 of 1 April the end comes first: April was not invoiced, and the fee of March is used up."""
    march(sandbox).put("/subscriptions/acme", {"subscription": {"ending_at": "2024-04-01T00:00:00Z"}})
    sandbox.at("2024-04-02T00:00:00Z")
    assert notes(sandbox) == []
