"""The lines of an invoice: events, prices, periods in, fees out (design: one function makes the lines).

Nothing is written here and "now" is not asked: the same lines serve the invoice, and later previews and
verification.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lago.catalog.models import Charge
from lago.invoicing.adjusted_fees import adjust, with_wanted
from lago.invoicing.billed_subscription import BilledSubscription
from lago.invoicing.fee_columns import amounts_of, of_charge, of_prices, shown_dates, shown_windows
from lago.invoicing.models import Fee
from lago.invoicing.subscription_fees import make_subscription_fee, subscription_fee_is_due
from lago.invoicing.true_up import with_true_ups
from lago.invoicing.unit_details import unit_details
from lago.metering.carried_levels import EndLevel
from lago.metering.usage import PricedUsage, priced_usage, usage_window
from lago.pricing.rounding import decimal_text
from lago.pricing.values import Windows
from lago.subscriptions.terms import current_windows


@dataclass(frozen=True)
class Lines:
    """The fees of one subscription that are made with an invoice, without taxes, in the order of the document.

    Renewals of charges that are not invoiced are among them; see `is_invoiced`. `end_levels`: of all its weighted sums,
    billed or not, to be kept for the next period.
    """

    fees: list[Fee]
    end_levels: list[EndLevel]


def lines_of(billed: BilledSubscription, fixed_charge_fees: Iterable[Fee] = ()) -> Lines:
    """What an invoice makes of a subscription; the fees of its fixed charges are made already, for all at once."""
    usages = _usages(billed)
    fees = _charge_fees(billed, usages)
    fees[:0] = fixed_charge_fees
    if subscription_fee_is_due(billed):
        fees.insert(0, make_subscription_fee(billed))
        adjust(fees[0], billed.adjustments)
    return Lines(fees, [usage.end_level for usage in usages if usage.end_level])


def _usages(billed: BilledSubscription) -> list[PricedUsage]:
    if not (billed.with_usage and _has_usage_window(billed.windows)):
        return []
    charges = [charge for charge in billed.subscription.plan.charges if _is_due(charge, billed)]
    return priced_usage(
        billed.subscription, billed.windows, charges, zone=billed.zone, upgraded=billed.was_upgraded
    )


def _charge_fees(billed: BilledSubscription, usages: Sequence[PricedUsage]) -> list[Fee]:
    if not usages:
        return []
    fees = [
        (fee := charge_fee(billed, usage),
         adjust(fee, billed.adjustments) or usage.is_billed or not usage.charge.invoiceable)
        for usage in with_wanted(usages, billed.adjustments)
    ]
    window = usage_window(billed.subscription, billed.windows, billed.zone, upgraded=billed.was_upgraded)
    return list(with_true_ups(fees, window))


def is_invoiced(fee: Fee) -> bool:
    """Whether the fee is a line of an invoice, or stands by itself because its charge says so (02 §4, §6.1)."""
    return fee.charge is None or fee.charge.invoiceable


def _is_due(charge: Charge, billed: BilledSubscription) -> bool:
    """Usage in arrears, but for what goes on with an upgrade; what is paid in advance only if its units go on, and are
    renewed for the next period (02 §4).

    Renewals without invoice were made with the draft and stay when it is refreshed.
    """
    if not charge.pay_in_advance:
        return not (billed.was_upgraded and _is_taken_over(charge, billed))
    if billed.draft and not charge.invoiceable:
        return False
    return charge.billable_metric.recurring and _goes_on(billed)


def _is_taken_over(charge: Charge, billed: BilledSubscription) -> bool:
    """Whether the next plan charges the units that go on, not by days, for the whole period."""
    following = billed.history.neighbours.next
    return (
        charge.billable_metric.recurring and not charge.prorated and following is not None
        and any(other.billable_metric_id == charge.billable_metric_id for other in following.plan.charges)
    )


def _goes_on(billed: BilledSubscription) -> bool:
    """Whether units in advance are renewed: not after an end, nor with an upgrade, which leaves them paid."""
    if billed.subscription.status != "terminated":
        return True
    return billed.history.neighbours.next is not None and not billed.was_upgraded


def charge_fee(billed: BilledSubscription, usage: PricedUsage) -> Fee:
    """The fee of one filter and group of a charge, without taxes."""
    charge, windows = usage.charge, billed.windows
    return Fee(
        **of_charge(billed.subscription, usage.bucket),
        units=usage.price.units, total_aggregated_units=usage.total_aggregated_units, events_count=usage.events_count,
        **amounts_of(usage.amounts),
        pay_in_advance=charge.pay_in_advance and not charge.invoiceable,
        amount_details=usage.price.amount_details, grouped_by=usage.grouped_by,
        pricing_unit_details=unit_details(charge, usage.amounts),
        presentation_breakdowns=_breakdowns(usage),
        properties={
            **shown_windows(windows), **of_prices(usage.bucket),
            **(shown_dates(current_windows(billed.subscription, windows.timestamp)) if charge.pay_in_advance else {}),
        },
    )


def _breakdowns(usage: PricedUsage) -> list[dict[str, Any]]:
    rows = usage.presentation_breakdowns
    return [{"presentation_by": row.presentation_by, "units": decimal_text(row.units)} for row in rows]


def _has_usage_window(windows: Windows) -> bool:
    start, end = windows.charges_from_datetime, windows.charges_to_datetime
    return start is not None and end is not None and start < end
