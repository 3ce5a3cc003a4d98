"""The lines of an invoice: its fees by subscription and billing period (04 §17)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from lago.invoicing.document.breakdowns import breakdowns_of
from lago.invoicing.document.fee_lines import fee_line, fee_rank, tax_rates
from lago.invoicing.document.values import (
    CREDIT_COLUMNS,
    SUMMARY_COLUMNS,
    Cents,
    Chapter,
    Line,
    Phrase,
    Price,
    Section,
)
from lago.invoicing.fee_item import fee_name
from lago.invoicing.models import ONE_OFF, PROGRESSIVE_BILLING, Fee, Invoice, InvoiceSubscription
from lago.pricing.local_time import local_date
from lago.subscriptions.models import Subscription
from lago.wallets.models import WalletTransaction

_WINDOW_OF_TYPE = {"charge": "charges_", "fixed_charge": "fixed_charges_"}


def summary_of(invoice: Invoice) -> Section | None:
    """Of an invoice over several subscriptions a line for each, and for each commitment; amounts before tax."""
    if len(invoice.invoice_subscriptions) < 2:
        return None
    lines = [line for covered in _by_name(invoice) for line in _summary_lines(covered, _fees_of(invoice, covered))]
    return Section(Phrase("all_subscriptions"), tuple(lines), SUMMARY_COLUMNS)


def chapters_of(invoice: Invoice) -> tuple[Chapter, ...]:
    """One chapter per subscription, by name; a single one has neither heading nor total of its own.

    Of a purchase of credits one alone, of one line; of a one-off invoice one with its lines by period.
    """
    if invoice.invoice_type == "credit":
        lines = tuple(_purchase(fee.wallet_transaction, fee) for fee in invoice.fees if fee.wallet_transaction)
        return (Chapter((Section(Phrase("total_prepaid"), lines, CREDIT_COLUMNS),)),)
    if invoice.invoice_type == ONE_OFF:
        return (Chapter(_sold_by_period(invoice)),)
    several = len(invoice.invoice_subscriptions) > 1
    chapters = [_chapter(invoice, covered, several) for covered in _by_name(invoice)]
    return tuple(chapter for chapter in chapters if chapter.sections)


def subscription_name(subscription: Subscription) -> str:
    """What a customer calls it: its own name, else how its plan is called on invoices (02 §7.1)."""
    return subscription.name or subscription.plan.invoice_display_name or subscription.plan.name


def _by_name(invoice: Invoice) -> list[InvoiceSubscription]:
    return sorted(invoice.invoice_subscriptions, key=lambda covered: subscription_name(covered.subscription))


def _fees_of(invoice: Invoice, covered: InvoiceSubscription) -> list[Fee]:
    return [fee for fee in invoice.fees if fee.subscription_id == covered.subscription_id]


def _summary_lines(covered: InvoiceSubscription, fees: Iterable[Fee]) -> list[Line]:
    name = subscription_name(covered.subscription)
    commitments = [fee for fee in fees if fee.fee_type == "commitment"]
    cents = sum(fee.amount_cents for fee in fees if fee.fee_type != "commitment")
    return [Line((name,), Cents(cents)), *(Line((name, fee_name(fee)), Cents(fee.amount_cents)) for fee in commitments)]


def _chapter(invoice: Invoice, covered: InvoiceSubscription, several: bool) -> Chapter:
    fees = _fees_of(invoice, covered)
    printed = _printed(fees)
    return Chapter(
        sections=_sections(printed, covered, ZoneInfo(invoice.timezone)),
        name=subscription_name(covered.subscription) if several else None,
        total=Cents(sum(fee.amount_cents for fee in fees)) if several else None,
        breakdowns=breakdowns_of(covered, sorted(printed, key=fee_rank)),
    )


def _printed(fees: Sequence[Fee]) -> list[Fee]:
    """Fees worth a line: those that cost or count something, or have a true-up; the subscription's own unless it is 0
    beside others."""
    parents = {fee.true_up_parent_fee_id for fee in fees if fee.true_up_parent_fee_id}
    worth = [fee for fee in fees if fee.amount_cents or fee.units > 0 or fee.id in parents]
    beside = any(fee.amount_cents for fee in fees if fee.fee_type in _WINDOW_OF_TYPE)
    return [fee for fee in worth if fee.fee_type != "subscription" or fee.amount_cents or not beside]


def _sections(fees: Iterable[Fee], covered: InvoiceSubscription, zone: ZoneInfo) -> tuple[Section, ...]:
    """The fees by billing period, earliest first, each period's in the order of their kinds and names."""
    periods: dict[tuple[date, date], list[Fee]] = defaultdict(list)
    for fee in sorted(fees, key=fee_rank):
        periods[_period(fee, covered, zone)].append(fee)
    return tuple(
        Section(Phrase("fees_of_period", {"start": start, "end": end}), tuple(fee_line(fee, zone) for fee in of_period))
        for (start, end), of_period in sorted(periods.items(), key=lambda item: item[0])
    )


def _period(fee: Fee, covered: InvoiceSubscription, zone: ZoneInfo) -> tuple[date, date]:
    """The local dates of the fee's own window, else of the window of its kind on the invoice."""
    window = _WINDOW_OF_TYPE.get(fee.fee_type, "")
    start, end = (_bound(fee, covered, f"{window}{end}_datetime") for end in ("from", "to"))
    if covered.invoicing_reason == PROGRESSIVE_BILLING:
        end = min(end, covered.timestamp)  # up to which it was used (04 §17)
    return local_date(start, zone), local_date(end, zone)


def _bound(fee: Fee, covered: InvoiceSubscription, name: str) -> datetime:
    stored = fee.properties.get(name)
    bound = datetime.fromisoformat(stored) if stored else getattr(covered, name) or covered.timestamp
    return bound if bound.tzinfo else bound.replace(tzinfo=UTC)


def purchase_name(purchase: WalletTransaction) -> str:
    """What credits that are bought are called: as their transaction, else as the wallet (04 §17)."""
    return purchase.name or purchase.wallet.name or purchase.wallet.code


def _purchase(purchase: WalletTransaction, fee: Fee) -> Line:
    """The credits that are bought, at their rate."""
    return Line(
        label=(purchase_name(purchase),), amount=Cents(fee.amount_cents),
        units=purchase.credit_amount, unit_price=Price(purchase.wallet.rate_amount),
    )


def _sold_by_period(invoice: Invoice) -> tuple[Section, ...]:
    """The lines of a one-off invoice by the local dates that they are for, the earliest first; in the order in which
    they were asked for (04 §17)."""
    zone = ZoneInfo(invoice.timezone)
    periods: dict[tuple[date, date], list[Fee]] = defaultdict(list)
    for fee in invoice.fees:
        start, end = (datetime.fromisoformat(fee.properties[f"{end}_datetime"]) for end in ("from", "to"))
        periods[local_date(start, zone), local_date(end, zone)].append(fee)
    return tuple(
        Section(Phrase("fees_of_period", {"start": start, "end": end}), tuple(_sold(fee) for fee in fees))
        for (start, end), fees in sorted(periods.items(), key=lambda item: item[0])
    )


def _sold(fee: Fee) -> Line:
    return Line(
        label=(fee_name(fee),), amount=Cents(fee.amount_cents), units=fee.units,
        unit_price=Price(fee.precise_unit_amount), tax_rates=tax_rates(fee),
        notes=(fee.description,) if fee.description else (),
    )
