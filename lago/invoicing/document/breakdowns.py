"""Tables that tell how the units of usage came about: by day of what goes on, and by keys for display (04 §17)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from lago.catalog.models import Charge
from lago.invoicing.document.fee_lines import fee_label
from lago.invoicing.document.values import Breakdown, Column, Phrase
from lago.invoicing.fee_item import fee_name
from lago.invoicing.models import Fee, InvoiceSubscription
from lago.invoicing.presentation import shown_breakdowns
from lago.metering.daily_usage import DailyUsage, daily_usage
from lago.pricing.values import Windows

_GOES_ON = ("sum_agg", "unique_count_agg")


def breakdowns_of(covered: InvoiceSubscription, fees: Sequence[Fee]) -> tuple[Breakdown, ...]:
    """Of the fees of a subscription on an invoice, in their order. One query where units go on between periods."""
    return (*_by_day(covered, fees), *(table for fee in fees for table in _by_keys(fee)))


def _by_day(covered: InvoiceSubscription, fees: Sequence[Fee]) -> Iterator[Breakdown]:
    """The days on which the units of recurring metrics, billed in arrears, have changed."""
    charges = {fee.charge.id: fee.charge for fee in fees if fee.charge and _goes_on(fee.charge)}
    if not charges or covered.charges_from_datetime is None:
        return
    windows = Windows(
        covered.timestamp, charges_from_datetime=covered.charges_from_datetime,
        charges_to_datetime=covered.charges_to_datetime, charges_duration=1,  # nothing is weighed here
    )
    for usage in daily_usage(covered.subscription, windows, list(charges.values())):
        own = [fee for fee in fees if fee.charge_id == usage.charge.id and not fee.true_up_parent_fee_id]
        rows = [*_before(usage, own), *((day.day, day.value) for day in usage.days if day.value)]
        if rows:
            note = "breakdown_prorated" if usage.charge.prorated else "breakdown_not_prorated"
            name = Phrase("breakdown", {"name": fee_name(own[0])})
            yield Breakdown(name, (Phrase(Column.DATE), Phrase(Column.UNITS)), tuple(rows), Phrase(note))


def _before(usage: DailyUsage, fees: Sequence[Fee]) -> Iterator[tuple[Phrase, Decimal]]:
    """What was there when the period began: what is there at its end, less its changes."""
    at_the_end = sum((fee.total_aggregated_units or Decimal(0) for fee in fees), Decimal(0))
    units = at_the_end - sum((day.value for day in usage.days), Decimal(0))
    if units > 0:
        yield Phrase("breakdown_from", {"date": usage.days[0].day}), units


def _goes_on(charge: Charge) -> bool:
    metric = charge.billable_metric
    return metric.recurring and metric.aggregation_type in _GOES_ON and not charge.pay_in_advance


def _by_keys(fee: Fee) -> Iterator[Breakdown]:
    """The units of a fee by those of its keys that may be shown."""
    shown = shown_breakdowns(fee)
    if not shown:
        return
    keys = list(dict.fromkeys(key for row in shown for key in row["presentation_by"]))
    rows = [(*(row["presentation_by"].get(key) or "–" for key in keys), Decimal(row["units"])) for row in shown]
    name = " • ".join(text for text in fee_label(fee) if isinstance(text, str))
    yield Breakdown(Phrase("presentation", {"name": name}), (*keys, Phrase(Column.UNITS)), tuple(rows))
