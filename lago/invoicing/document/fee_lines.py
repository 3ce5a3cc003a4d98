"""How a fee is called on a document, and what is noted under it (04 §17)."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from lago.invoicing.document.parts import parts_of
from lago.invoicing.document.values import Cents, Line, Percent, Phrase, Price, Text
from lago.invoicing.fee_filter import filter_name
from lago.invoicing.fee_item import fee_name
from lago.invoicing.models import Fee
from lago.pricing.local_time import local_date
from lago.pricing.rounding import double_to_decimal

ORDER = ("subscription", "fixed_charge", "charge", "commitment", "add_on", "credit")
"""The kinds of fees as a document lists them."""


def fee_line(fee: Fee, zone: ZoneInfo) -> Line:
    """The line of a fee of a subscription; dates are those of the zone."""
    return Line(
        label=fee_label(fee),
        amount=Cents(fee.amount_cents),
        units=fee.units,
        unit_price=Price(fee.precise_unit_amount),
        tax_rates=tax_rates(fee),
        notes=(*_notes(fee), *_paid_on(fee, zone)),
        parts=parts_of(fee),
        fee_id=fee.id,
    )


def fee_rank(fee: Fee) -> tuple[int, str, bool, str]:
    """By kind and name; a true-up comes after all other fees of its charge."""
    is_true_up = fee.true_up_parent_fee_id is not None
    return ORDER.index(fee.fee_type), fee_name(fee).casefold(), is_true_up, " ".join(_details(fee)).casefold()


def fee_label(fee: Fee) -> tuple[Text, ...]:
    """The displayed name, then the values that the fee is grouped by, then the name of its filter.

    A true-up is for the whole charge, whatever it hangs on (02 §5).
    """
    if fee.true_up_parent_fee_id:
        return (Phrase("true_up", {"name": fee_name(fee)}),)
    return (fee_name(fee), *_details(fee))


def tax_rates(fee: Fee) -> tuple[Percent, ...]:
    """Of the taxes on it; 0 % where there are none."""
    rates = [double_to_decimal(tax.tax_rate) for tax in fee.applied_taxes] or [Decimal(0)]
    return tuple(Percent(rate) for rate in rates)


def _details(fee: Fee) -> tuple[str, ...]:
    groups = (str(value) for value in fee.grouped_by.values() if value)
    name = filter_name(fee)
    return (*groups, *([name] if name else []))


def _notes(fee: Fee) -> tuple[Text, ...]:
    """What explains the units of a charge, of usage or fixed; of a true-up the minimum that it fills up."""
    charge = fee.charge or fee.fixed_charge
    if not charge:
        return ()
    if fee.true_up_parent_fee_id:
        return _minimum(fee)
    metric = fee.charge.billable_metric if fee.charge else None
    notes = {
        "note_prorated": charge.prorated,
        "note_units_per_second": metric is not None and metric.aggregation_type == "weighted_sum_agg",
    }
    return (*(Phrase(key) for key, applies in notes.items() if applies), *_events(fee))


def _events(fee: Fee) -> tuple[Text, ...]:
    """How many events a rate was taken of."""
    model = fee.properties.get("charge_model") or (fee.charge.charge_model if fee.charge else None)
    if model != "percentage" or not fee.events_count:
        return ()
    if fee.events_count == 1:
        return (Phrase("note_event"),)
    return (Phrase("note_events", {"count": Decimal(fee.events_count)}),)


def _minimum(fee: Fee) -> tuple[Text, ...]:
    cents, kept = (fee.charge.min_amount_cents if fee.charge else 0), fee.pricing_unit_details
    unit = kept["short_name"] if kept else None
    return (Phrase("note_minimum", {"amount": Cents(cents, unit)}),) if cents else ()


def _paid_on(fee: Fee, zone: ZoneInfo) -> tuple[Text, ...]:
    """When it was paid, of a fee that was so before it came on the invoice (04 §17)."""
    return (Phrase("note_paid_on", {"date": local_date(fee.succeeded_at, zone)}),) if fee.succeeded_at else ()
