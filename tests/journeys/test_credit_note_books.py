"""Random notes on random invoices, used by later ones and voided: the books are right at any time."""

from decimal import Decimal
from random import Random

import pytest

from lago.core.db import db
from lago.invoicing.models import CreditNote, Invoice, InvoiceCredit
from tests.builders.catalog import a_tax
from tests.builders.payments import pay
from tests.builders.stories import plan, subscribe


@pytest.mark.parametrize("seed", [1, 2])
def test_the_books_are_right(sandbox, seed):
    random = Random(seed)
    sandbox.at("2024-01-01T00:00:00Z")
    for code, rate in (("vat", 19), ("city", 2.5)):
        a_tax(sandbox, code, rate=rate, applied_to_organization=True)
    for number in range(2):
        plan(sandbox, f"p{number}", amount_cents=random.randint(300, 9999), pay_in_advance=True)
        subscribe(sandbox, plan_code=f"p{number}", external_id=f"s{number}")
    for month in range(2, 6):
        sandbox.at(f"2024-{month:02}-01T00:00:00Z")
        for act in random.sample(ACTS, len(ACTS)):
            act(random, sandbox)
        _check_books(sandbox)
    _check_all_sorts(_all(sandbox, CreditNote))


def _all(account, model):
    query = db.select(model).filter_by(organization_id=account.organization.id).order_by(model.seq)
    return list(db.session.scalars(query).unique())


def _pay(random, account):
    """What is due of an invoice, or half of that."""
    invoice = random.choice(_all(account, Invoice))
    cents = invoice.total_due_amount_cents // random.choice([1, 2])
    if cents:
        pay(account, {"lago_id": str(invoice.id)}, cents)


def _void(random, account):
    if usable := [note for note in _all(account, CreditNote) if note.balance_amount_cents]:
        account.put(f"/credit_notes/{random.choice(usable).id}/void")


def _credit(random, account):
    """All, a third, or seven cents of each fee of an invoice, as what the estimate allows; what is refused is fine."""
    invoice = random.choice(_all(account, Invoice))
    amounts = [(fee, random.choice([fee.amount_cents, fee.amount_cents // 3, 7])) for fee in invoice.fees]
    items = [{"fee_id": str(fee.id), "amount_cents": cents} for fee, cents in amounts]
    body = {"invoice_id": str(invoice.id), "items": items}
    estimate = _sent(account, "/credit_notes/estimate", body).get("estimated_credit_note")
    if estimate:
        _sent(account, "/credit_notes", {**body, **_parts(random, estimate)})


def _parts(random, estimate):
    """As much as can be of one kind, refunds and offsets before credit; the rest is credit."""
    most = estimate["max_creditable_amount_cents"]
    kinds = {"refund": "max_refundable_amount_cents", "offset": "max_offsettable_amount_cents"}
    offered = [(part, estimate[limit]) for part, limit in kinds.items() if estimate[limit]]
    part, cents = random.choice([*offered, ("credit", 0)])
    return {f"{part}_amount_cents": cents, "credit_amount_cents": most - cents}


def _sent(account, path, note):
    headers = {"Authorization": f"Bearer {account.api_key}"}
    answer = account.client.post(f"/api/v1{path}", json={"credit_note": note}, headers=headers)
    assert answer.status_code in (200, 422), answer.text
    return answer.json


ACTS = (_credit, _credit, _credit, _credit, _pay, _pay, _void)


def _check_all_sorts(made):
    """The story had what the books are about: credits used and voided, and something beside credits."""
    assert {"consumed", "voided"} <= {note.credit_status for note in made}
    assert any(note.refund_amount_cents or note.offset_amount_cents for note in made)


def _check_books(sandbox):
    db.session.expire_all()
    uses, made = _all(sandbox, InvoiceCredit), _all(sandbox, CreditNote)
    for note in made:
        used = sum(use.amount_cents for use in uses if use.credit_note_id == note.id)
        left = 0 if note.credit_status == "voided" else note.credit_amount_cents - used
        assert (note.balance_amount_cents, used <= note.credit_amount_cents) == (left, True)
        assert note.total_amount_cents == (
            note.sub_total_excluding_taxes_amount_cents + note.taxes_amount_cents
        )
    for invoice in _all(sandbox, Invoice):
        _check_invoice(invoice, [note for note in made if note.invoice_id == invoice.id], uses)


def _check_invoice(invoice, its_notes, uses):
    credits = [use for use in uses if use.invoice_id == invoice.id]
    assert invoice.credit_notes_amount_cents == sum(use.amount_cents for use in credits)
    assert all(use.credit_note_id not in {note.id for note in its_notes} for use in credits)
    assert invoice.total_amount_cents == invoice.sub_total_including_taxes_amount_cents - (
        invoice.credit_notes_amount_cents
    )
    paid = sum(fee.precise_credit_notes_amount_cents for fee in invoice.fees)
    assert abs(paid - invoice.credit_notes_amount_cents) <= 1 + Decimal("0.001")
    given = sum(note.total_amount_cents for note in its_notes)
    assert given <= invoice.sub_total_including_taxes_amount_cents + 1
    assert sum(note.refund_amount_cents for note in its_notes) <= invoice.total_paid_amount_cents
    assert invoice.offset_amount_cents == sum(note.offset_amount_cents for note in its_notes)
    assert invoice.total_due_amount_cents >= 0
    _check_tax(invoice, its_notes)


def _check_tax(invoice, its_notes):
    """Notes that have given back everything have given back exactly the tax."""
    credited = sum(item.amount_cents for note in its_notes for item in note.items)
    if its_notes and credited == invoice.fees_amount_cents:
        assert sum(note.taxes_amount_cents for note in its_notes) == invoice.taxes_amount_cents
