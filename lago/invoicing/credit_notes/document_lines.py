"""The lines of a credit note: its items by what they give back (04 §17)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from lago.invoicing.document.fee_lines import fee_label, fee_rank, tax_rates
from lago.invoicing.document.lines import purchase_name, subscription_name
from lago.invoicing.document.values import CREDITED_COLUMNS, Cents, Line, Section, Text
from lago.invoicing.models import CreditNote, CreditNoteItem, Fee
from lago.subscriptions.models import Subscription


def sections_of(note: CreditNote) -> tuple[Section, ...]:
    """A table for each subscription, by name, and one for what belongs to none; amounts are before tax.

    A single one needs no name above it.
    """
    found = _by_subscription(note.items)
    return tuple(
        Section(_name(subscription) if len(found) > 1 else None, tuple(_lines(items)), CREDITED_COLUMNS)
        for subscription, items in found
    )


def _name(subscription: Subscription | None) -> str | None:
    return subscription_name(subscription) if subscription else None


def _by_subscription(items: Iterable[CreditNoteItem]) -> list[tuple[Subscription | None, list[CreditNoteItem]]]:
    found: dict[Subscription | None, list[CreditNoteItem]] = defaultdict(list)
    for item in items:
        found[item.fee.subscription if item.fee else None].append(item)
    return sorted(found.items(), key=lambda pair: _name(pair[0]) or "")


def _lines(items: Iterable[CreditNoteItem]) -> Iterator[Line]:
    of_fees = [(item.fee, item) for item in items if item.fee]
    for fee, item in sorted(of_fees, key=lambda pair: fee_rank(pair[0])):
        yield Line(label=_label(fee), amount=Cents(item.amount_cents), tax_rates=tax_rates(fee))


def _label(fee: Fee) -> tuple[Text, ...]:
    """Of a purchase of credits as on its invoice."""
    return (purchase_name(fee.wallet_transaction),) if fee.wallet_transaction else fee_label(fee)
