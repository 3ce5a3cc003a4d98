"""One credit note, and several who want it at the same time."""

import pytest

from lago.core.db import db
from tests.builders.at_once import all_at_once, at_once
from tests.builders.organizations import account
from tests.builders.stories import customer, plan, subscribe


@pytest.fixture
def owner(committing):
    return account(committing.test_client(), "Owner")


@pytest.fixture
def drafts(owner):
    """A note of 49.00 on a finalized invoice, and two drafts of 49.00; gives the note and the drafts' paths."""
    customer(owner, billing_configuration={"invoice_grace_period": 3})
    plan(owner, pay_in_advance=True)
    for number in range(3):
        subscribe(owner, external_id=f"s{number}", billing_time="anniversary")
    found = owner.get("/invoices", external_customer_id="acme", status="draft")["invoices"]
    first, *rest = [f"/invoices/{row['lago_id']}" for row in found]
    credited = owner.put(f"{first}/finalize")["invoice"]
    item = {"fee_id": credited["fees"][0]["lago_id"], "amount_cents": 4900}
    body = {"invoice_id": credited["lago_id"], "items": [item], "credit_amount_cents": 4900}
    note = owner.post("/credit_notes", {"credit_note": body})["credit_note"]
    yield note, rest
    db.session.remove()


def test_two_invoices_at_once_use_a_note_once(committing, owner, drafts):
    note, paths = drafts
    answers = all_at_once(committing, owner.api_key, [("PUT", f"{path}/finalize", {}) for path in paths])
    assert [status for status, _ in answers] == [200, 200]
    assert sorted(body["invoice"]["credit_notes_amount_cents"] for _, body in answers) == [0, 4900]
    after = owner.get(f"/credit_notes/{note['lago_id']}")["credit_note"]
    assert (after["balance_amount_cents"], after["credit_status"]) == (0, "consumed")


def test_a_note_is_used_or_voided_not_both(committing, owner, drafts):
    note, (path, _) = drafts
    void, final = all_at_once(
        committing, owner.api_key,
        [("PUT", f"/credit_notes/{note['lago_id']}/void", {}), ("PUT", f"{path}/finalize", {})],
    )
    used = final[1]["invoice"]["credit_notes_amount_cents"]
    assert (void[0], used) in ((200, 0), (405, 4900))
    after = owner.get(f"/credit_notes/{note['lago_id']}")["credit_note"]
    assert after["credit_status"] == ("voided" if void[0] == 200 else "consumed")


def test_a_fee_is_credited_once(committing, owner, drafts):
    note, (path, _) = drafts
    invoice = owner.put(f"{path}/finalize")["invoice"]
    item = {"fee_id": invoice["fees"][0]["lago_id"], "amount_cents": 4900}
    body = {"invoice_id": invoice["lago_id"], "items": [item], "credit_amount_cents": 4900}
    answers = at_once(committing, owner.api_key, "/credit_notes", [{"credit_note": body}] * 3)
    assert sorted(status for status, _ in answers) == [200, 422, 422]
