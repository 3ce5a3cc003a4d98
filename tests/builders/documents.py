"""What an organization has given its customers: all of it as plain values, and whether its money adds up."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from lago.core.db import db
from lago.invoicing.models import CreditNote, CreditNoteItem, Fee, Invoice
from lago.subscriptions.models import Subscription
from tests.builders.organizations import Account


def rows(account: Account, model: Any, *where: Any) -> Sequence[Any]:
    """All rows of the organization, the oldest first."""
    db.session.expire_all()
    query = select(model).where(model.organization_id == account.organization.id, *where)
    return db.session.scalars(query.order_by(model.seq)).all()


def documents(account: Account) -> list[Any]:
    """All that a customer gets to see, as plain values without ids, in order of time."""
    shown: list[Any] = [
        (one.status, one.external_id, one.plan.code, one.started_at, one.terminated_at, one.canceled_at,
         one.trial_ended_at) for one in rows(account, Subscription)
    ]
    for invoice in rows(account, Invoice):
        shown.append((
            _tail(invoice.number), invoice.status, invoice.created_at, invoice.issuing_date, invoice.payment_due_date,
            *(getattr(invoice, name) for name in _AMOUNTS), [_fee_of(fee) for fee in invoice.fees],
            [(one.credit_note and _tail(one.credit_note.number), one.amount_cents) for one in invoice.credits],
        ))
    for note in rows(account, CreditNote):
        shown.append((
            _tail(note.number), note.status, note.created_at, note.issuing_date, note.total_amount_cents,
            note.credit_amount_cents, note.refund_amount_cents, note.offset_amount_cents, note.balance_amount_cents,
            [(item.fee and _fee_of(item.fee), item.precise_amount_cents) for item in note.items],
        ))
    return shown


_AMOUNTS = (
    "fees_amount_cents", "taxes_amount_cents", "credit_notes_amount_cents", "total_amount_cents",
    "total_paid_amount_cents", "offset_amount_cents",
)


def _fee_of(fee: Fee) -> tuple[Any, ...]:
    told = {name: value for name, value in fee.properties.items() if "datetime" in name or name in ("days", "rule")}
    return fee.fee_type, fee.amount_cents, fee.precise_amount_cents, fee.units, fee.events_count, told


def _tail(number: str) -> str:
    return number.split("-", 2)[-1]  # the first two parts are the organization's


def wrong_money(account: Account) -> Iterator[str]:
    """Where more is given back than was billed, more refunded than was paid, or more used than there is."""
    notes = [note for note in rows(account, CreditNote) if note.status != "deleted"]
    for invoice in rows(account, Invoice):
        own = [note for note in notes if note.invoice_id == invoice.id]
        given = sum(note.total_amount_cents for note in own)
        refunded = sum(note.refund_amount_cents for note in own)
        used = sum(credit.amount_cents for credit in invoice.credits if not credit.before_taxes)
        total = invoice.sub_total_including_taxes_amount_cents - invoice.prepaid_credit_amount_cents - used
        if given > invoice.sub_total_including_taxes_amount_cents:
            yield f"{invoice.number}: {given} given back of {invoice.sub_total_including_taxes_amount_cents}"
        if refunded > invoice.total_paid_amount_cents:
            yield f"{invoice.number}: {refunded} refunded of {invoice.total_paid_amount_cents}"
        if total != invoice.total_amount_cents or total < 0:
            yield f"{invoice.number}: total {invoice.total_amount_cents}, not {total}"
    yield from _wrong_items(account)
    yield from _wrong_balances(account, notes)


def _wrong_items(account: Account) -> Iterator[str]:
    given = Counter[Any]()
    for item in rows(account, CreditNoteItem):
        given[item.fee_id] += item.amount_cents
    for fee in rows(account, Fee):
        if given[fee.id] > fee.amount_cents:
            yield f"fee {fee.id}: {given[fee.id]} given back of {fee.amount_cents}"


def _wrong_balances(account: Account, notes: Sequence[CreditNote]) -> Iterator[str]:
    used = Counter[Any]()
    for invoice in rows(account, Invoice):
        for credit in invoice.credits:
            used[credit.credit_note_id] += credit.amount_cents
    for note in notes:
        if note.status == "finalized" and note.balance_amount_cents != note.credit_amount_cents - used[note.id]:
            told = f"{note.balance_amount_cents} of {note.credit_amount_cents}, {used[note.id]} used"
            yield f"{note.number}: balance {told}"
