"""Credit notes and drafts: a note on a draft follows it, and no draft uses any (04 §9.8, §5 S6)."""

import uuid

import pytest

from lago.core.db import db, transaction
from lago.invoicing.adjust_fee import Target, adjust_fee
from lago.invoicing.models import CreditNote
from lago.invoicing.queries import visible_invoice
from tests.builders.credit_notes import march, notes
from tests.builders.stories import customer, invoices, plan, subscribe

GRACE = {"billing_configuration": {"invoice_grace_period": 20}}


def ended_as_draft(sandbox):
    """The invoice of March is a draft up to the 21st; the subscription ended on the 12th."""
    march(sandbox, **GRACE).at("2024-03-12T10:00:00Z").delete("/subscriptions/acme")
    (draft,) = [one for one in invoices(sandbox) if one["status"] == "draft" and one["issuing_date"] == "2024-03-21"]
    return draft


def stored(sandbox):
    query = db.select(CreditNote).filter_by(organization_id=sandbox.organization.id)
    (note,) = db.session.scalars(query.execution_options(populate_existing=True))
    return note


def test_a_note_on_a_draft_is_not_shown(sandbox):
    draft = ended_as_draft(sandbox)
    note = stored(sandbox)
    assert (note.status, note.number, note.credit_amount_cents) == ("draft", f"{draft['number']}-CN001", 7282)
    assert notes(sandbox) == []
    assert sandbox.call("GET", f"/credit_notes/{note.id}", expect=404)["code"] == "credit_note_not_found"


def test_a_note_follows_the_fee_of_its_draft(sandbox):
    """The plan costs twice as much, and so does what is given back: 121.35484, and tax of 24.27."""
    draft = ended_as_draft(sandbox)
    sandbox.put("/plans/pro", {"plan": {"amount_cents": 19800}})
    after = sandbox.put(f"/invoices/{draft['lago_id']}/refresh")["invoice"]
    note = stored(sandbox)
    (item,) = note.items
    assert (str(item.fee_id), str(item.precise_amount_cents)) == (after["fees"][0]["lago_id"], "12135.48386")
    assert (item.amount_cents, note.taxes_amount_cents, note.credit_amount_cents) == (12135, 2427, 14562)
    assert [tax.amount_cents for tax in note.applied_taxes] == [2427]


@pytest.mark.parametrize("price, credited", [("80", 6068), ("50", 5000)])
def test_unused_days_of_a_fee_that_was_given_a_price(sandbox, price, credited):
    """They are worth what the plan costs, 19 days of 99.00 / 31, and no more than the fee."""
    march(sandbox, 0, **GRACE)
    (draft,) = [one for one in invoices(sandbox) if one["issuing_date"] == "2024-03-21"]
    invoice = visible_invoice(sandbox.organization.id, uuid.UUID(draft["lago_id"]))
    with transaction():
        adjust_fee(invoice, Target(fee_id=invoice.fees[0].id), {"units": "1", "unit_precise_amount": price})
    sandbox.at("2024-03-12T10:00:00Z").delete("/subscriptions/acme")
    assert stored(sandbox).credit_amount_cents == credited


def test_a_note_becomes_final_with_its_draft(sandbox):
    draft = ended_as_draft(sandbox)
    final = sandbox.put(f"/invoices/{draft['lago_id']}/finalize")["invoice"]
    (note,) = notes(sandbox)
    assert (note["number"], note["credit_amount_cents"]) == (f"{final['number']}-CN001", 7282)
    assert final["credit_notes_amount_cents"] == 0  # never its own invoice


def test_a_draft_uses_no_credit_before_it_is_final(sandbox):
    march(sandbox).at("2024-03-12T10:00:00Z").delete("/subscriptions/acme")
    customer(sandbox, **GRACE)
    subscribe(sandbox, external_id="again")
    (draft,) = [one for one in invoices(sandbox) if one["status"] == "draft"]
    assert (draft["credit_notes_amount_cents"], draft["credits"]) == (0, [])
    final = sandbox.put(f"/invoices/{draft['lago_id']}/finalize")["invoice"]
    assert (final["credit_notes_amount_cents"], final["total_amount_cents"]) == (
        7282, draft["total_amount_cents"] - 7282
    )
    (credit,) = final["credits"]
    (note,) = notes(sandbox)
    assert (credit["amount_cents"], credit["before_taxes"], credit["item"]["type"]) == (7282, False, "credit_note")
    assert (credit["item"]["code"], credit["item"]["name"]) == (note["number"], note["invoice_number"])
    assert (note["credit_status"], note["balance_amount_cents"]) == ("consumed", 0)


def test_what_a_note_pays_in_full_is_paid(sandbox):
    march(sandbox).at("2024-03-12T10:00:00Z").delete("/subscriptions/acme")
    plan(sandbox, "small", amount_cents=1000, pay_in_advance=True)
    subscribe(sandbox, plan_code="small", external_id="again", billing_time="anniversary")
    last = invoices(sandbox)[-1]
    assert (last["total_amount_cents"], last["credit_notes_amount_cents"], last["payment_status"]) == (
        0, 1200, "succeeded"
    )
    assert notes(sandbox)[0]["balance_amount_cents"] == 6082


def test_a_note_of_another_currency_pays_nothing(sandbox):
    march(sandbox).at("2024-03-12T10:00:00Z").delete("/subscriptions/acme")
    with transaction():
        stored(sandbox).currency = "USD"
    subscribe(sandbox, external_id="again")
    assert invoices(sandbox)[-1]["credit_notes_amount_cents"] == 0
