"""What a change of a subscription bills and credits at once, as values: shown before anything is stored.

The change itself is run, and undone afterwards (`tried`), so that what is shown and what is done cannot disagree.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from lago.core.crypto import digest
from lago.core.db import all_or_nothing, tried
from lago.core.errors import Invalid, NotAllowed
from lago.invoicing.browse_subscriptions import Documents
from lago.invoicing.document.formats import Formats
from lago.invoicing.document.lines import chapters_of
from lago.invoicing.document.totals import total_rows_of
from lago.invoicing.document.values import Chapter, TotalRow
from lago.invoicing.fee_item import fee_name
from lago.invoicing.models import CreditNote, Invoice

FIXED = ("subscription", "fixed_charge")
"""Kinds of fees that no event moves."""


@dataclass(frozen=True)
class ShownInvoice:
    """An invoice as the template of fees prints it. `fixed`: kind and cents of the fees that no event moves."""

    number: str
    status: str
    currency: str
    total_amount_cents: int
    credit_notes_cents: int
    issuing_date: date | None
    payment_due_date: date | None
    expected_finalization_date: date | None
    chapters: Sequence[Chapter]
    totals: Sequence[TotalRow]
    fixed: Sequence[tuple[str, int]]

    @property
    def printed(self) -> Callable[..., str]:
        """Puts a value of the document into words."""
        return Formats("en", self.currency).show


@dataclass(frozen=True)
class ShownNote:
    """A credit note; `items`: what is given back of which fee, before tax."""

    invoice_number: str
    status: str
    currency: str
    items: Sequence[tuple[str, int]]
    coupons_cents: int
    taxes_cents: int
    total_cents: int
    credit_cents: int
    refund_cents: int
    offset_cents: int


@dataclass(frozen=True)
class Outcome:
    """What a change comes to. `kind` names it for its template; `day`: when it takes effect, where it waits;
    `next_bill`: the first bill after it. Dates are those of the customer's zone."""

    kind: str
    invoices: Sequence[ShownInvoice]
    notes: Sequence[ShownNote]
    subscription_id: str = ""
    day: date | None = None
    next_bill: date | None = None
    customer: str = ""
    new_customer: bool = False

    @property
    def uses_credit(self) -> bool:
        """Whether credit notes pay for some of it; of a draft they do when it is final."""
        return any(one.credit_notes_cents for one in self.invoices)

    @property
    def promise(self) -> str:
        """A digest of what was shown and events do not move: what is done must have the same."""
        fixed = [(one.currency, tuple(one.fixed)) for one in self.invoices]
        notes = [(one.credit_cents, one.refund_cents, one.offset_cents) for one in self.notes]
        return digest(repr((self.kind, self.day, sorted(fixed), sorted(notes))))


def looked_at(change: Callable[[], Outcome]) -> Outcome:
    """What the change would come to; nothing of it stays. Raises Invalid with errors by field."""
    with _said_in_the_form():
        return tried(change)


def done(change: Callable[[], Outcome], promise: str | None) -> Outcome:
    """Makes the change. Raises Invalid and changes nothing if it comes to something else than was promised."""
    with _said_in_the_form(), all_or_nothing():
        outcome = change()
        if promise is not None and outcome.promise != promise:
            raise Invalid({"base": ["preview_outdated"]})
        return outcome


def shown(kind: str, made: Documents, **facts: Any) -> Outcome:
    """The outcome of a change that made these documents."""
    notes = [_note(one) for one in made.credit_notes]
    return Outcome(kind, [shown_invoice(one) for one in made.invoices], notes, **facts)


@contextmanager
def _said_in_the_form() -> Iterator[None]:
    """What the state of things forbids is said above the form, like any other error of it."""
    try:
        yield
    except NotAllowed as error:
        raise Invalid({"base": [error.code]}) from error


def shown_invoice(invoice: Invoice) -> ShownInvoice:
    """What is shown of an invoice, which need not last."""
    return ShownInvoice(
        number=invoice.number, status=invoice.status, currency=invoice.currency,
        total_amount_cents=invoice.total_amount_cents, credit_notes_cents=invoice.credit_notes_amount_cents,
        issuing_date=invoice.issuing_date,
        payment_due_date=invoice.payment_due_date, expected_finalization_date=invoice.expected_finalization_date,
        chapters=chapters_of(invoice), totals=total_rows_of(invoice),
        fixed=[(fee.fee_type, fee.amount_cents) for fee in invoice.fees if fee.fee_type in FIXED],
    )


def _note(note: CreditNote) -> ShownNote:
    return ShownNote(
        invoice_number=note.invoice.number, status=note.status, currency=note.currency,
        items=[(fee_name(item.fee) if item.fee else "Fee", item.amount_cents) for item in note.items],
        coupons_cents=note.coupons_adjustment_amount_cents, taxes_cents=note.taxes_amount_cents,
        total_cents=note.total_amount_cents, credit_cents=note.credit_amount_cents,
        refund_cents=note.refund_amount_cents, offset_cents=note.offset_amount_cents,
    )
