"""How the page of an event says in words what it did and where it was billed."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from lago.admin.access import address
from lago.admin.formats import amount, day, units
from lago.catalog.models import ChargeFilter
from lago.invoicing.event_fees import FeeOfEvent, InvoicedPeriod
from lago.invoicing.models import VISIBLE_STATUSES, Fee, Invoice
from lago.metering.aggregations import UsageWindow
from lago.metering.counted_for import OnCharge, PassedOver, Share
from lago.metering.event_effect import Effect, Kind
from lago.metering.models import Event
from lago.pricing.local_time import local_date

IGNORED = (Kind.NO_PROPERTY, Kind.NO_NUMBER)


@dataclass(frozen=True)
class Sentence:
    """A sentence, around a link to what it speaks of. `tag`: the outcome in a word, if it is one."""

    text: str
    tag: str = ""
    link: str = ""
    url: str = ""
    rest: str = ""


def effect_words(effect: Effect, event: Event, field: str | None) -> Sentence:
    """What the event did to the units."""
    number, text = units(effect.units), f"“{effect.text}”" if effect.text is not None else "a missing value"
    removes = event.properties.get("operation_type") not in (None, "add")
    words = {
        Kind.COUNTED: "It counts as 1 unit.",
        Kind.ADDED: f"It {'adds' if effect.units >= 0 else 'takes off'} {_units(abs(effect.units))}.",
        Kind.MOVED_LEVEL: f"It moves the level by {number}.",
        Kind.GREATEST: f"Its {number} is the greatest value of the period.",
        Kind.NOT_GREATEST: f"Its {number} changes nothing: the greatest value of the period is {units(effect.other)}.",
        Kind.LATEST: f"Its {number} is the latest value of the period.",
        Kind.REPLACED: f"Its {number} was replaced by a later event.",
        Kind.VALUE_ADDED: f"It adds {text} to the distinct values: 1 unit.",
        Kind.VALUE_REMOVED: f"It removes {text} from the distinct values: 1 unit less.",
        Kind.NO_CHANGE: f"It changes nothing: {text} {'was not there' if removes else 'was there already'}.",
        Kind.NO_PROPERTY: f"It has no property “{field}”.",
        Kind.NO_NUMBER: f"Its “{field}” is {text}, which is no number. 12, -12 and 12.5 are.",
    }
    return Sentence(words[effect.kind], "ignored" if effect.kind in IGNORED else "")


def bucket_words(share: Share) -> Iterator[Sentence]:
    """Which filter and which group count it; nothing where the charge has neither."""
    if share.bucket.charge_filter:
        yield Sentence(f"The filter “{filter_words(share.bucket.charge_filter)}” counts it.")
    elif share.bucket.none_of:
        yield Sentence("It matches no filter, so the charge's own price applies.")
    if share.grouped_by:
        yield Sentence(f"It is in the group “{group_words(share.grouped_by)}”.")


def passed_over_words(passed: PassedOver) -> Sentence:
    takers = " and ".join(f"“{filter_words(taker)}”" for taker in passed.taken_by)
    goes = "goes" if len(passed.taken_by) == 1 else "go"
    return Sentence(f"It matches the filter “{filter_words(passed.charge_filter)}” too, but {takers} {goes} first.")


def filter_words(charge_filter: ChargeFilter) -> str:
    """`region: eu, us · tier: any listed`, after its name if it has one."""
    parts = (
        f"{key}: {'any listed' if texts == ['__ALL_FILTER_VALUES__'] else ', '.join(texts)}"
        for key, texts in charge_filter.values.items()
    )
    values = " · ".join(parts)
    name = charge_filter.invoice_display_name
    return f"{name} ({values})" if name else values


def group_words(grouped_by: dict[str, str | None]) -> str:
    """`team: red · zone: none`."""
    return " · ".join(f"{key}: {text if text is not None else 'none'}" for key, text in grouped_by.items())


def standing_words(charge: OnCharge, event: Event, window: UsageWindow) -> Iterator[Sentence]:
    """What the charge itself makes of it: shares of days, later periods."""
    metric = charge.charge.billable_metric
    if charge.charge.prorated and metric.aggregation_type == "sum_agg" and event.timestamp >= window.floor:
        days = (local_date(window.ends, window.zone) - local_date(event.timestamp, window.zone)).days + 1
        yield Sentence(f"The charge is prorated: in this period it counts for {days} of {window.duration} days.")
    if metric.recurring and metric.aggregation_type != "weighted_sum_agg":
        yield Sentence("The metric is recurring: it counts in every later period too.")


def billing_words(
    on: OnCharge, share: Share, window: UsageWindow, period: InvoicedPeriod | None
) -> Sentence:
    """Where its filter and group were billed with the period, if they were."""
    if period is None:
        ends = local_date(window.ends, window.zone)
        return Sentence(f"The period is not invoiced yet; it ends on {day(ends)}.")
    invoice, fee = period.invoice, period.fee_of(on, share)
    if invoice.status == "draft":
        return _about("The period is on the draft", invoice, "draft", "which is made anew before it is sent.")
    if period.late:
        recurring = on.charge.billable_metric.recurring
        fate = "so it counts from the next one on." if recurring else "so it is not billed."
        return _about("It came after the period had been invoiced on", invoice, "late", fate)
    if fee is None:
        return _about("The period was invoiced on", invoice, rest="without a fee for it.")
    if invoice.status == "voided":
        return _about(f"It is a part of {_fee(fee)}, on", invoice, "voided", "which was voided.")
    return _about(f"It is a part of {_fee(fee)}, on", invoice, "billed")


def own_fee_words(on: OnCharge, share: Share, own: FeeOfEvent | None) -> Sentence:
    """Of a charge in advance: the fee that the event has for itself, at the price of one filter only."""
    charged_by = on.billed_alone_in and on.billed_alone_in.charge_filter
    if charged_by is not share.bucket.charge_filter:
        name = f"“{filter_words(charged_by)}”" if charged_by else "the charge itself"
        return Sentence(f"The event is billed at once, at the price of {name}.")
    if own is None:
        return Sentence("The charge is billed at once, event by event. This one has no fee.")
    if own.invoice is None:
        return Sentence(f"It has {_fee(own.fee)}, for itself, on no invoice.", "billed")
    return _about(f"It has {_fee(own.fee)}, for itself, on", own.invoice, "billed")


def _units(number: Decimal) -> str:
    return f"{units(number)} unit{'' if number == 1 else 's'}"


def _fee(fee: Fee) -> str:
    return f"a fee of {_units(fee.units)}, {amount(fee.amount_cents, fee.currency)} {fee.currency}"


def _about(text: str, invoice: Invoice, tag: str = "", rest: str = "") -> Sentence:
    """With a link to the invoice, unless it is one that nobody sees."""
    rest = f", {rest}" if rest else "."
    if invoice.status not in VISIBLE_STATUSES:
        return Sentence(f"{text} an invoice of nothing, which was not sent{rest}", tag)
    return Sentence(text, tag, invoice.number, address("invoice", invoice_id=invoice.id), rest)
