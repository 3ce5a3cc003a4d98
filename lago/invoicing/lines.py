"""The lines of an invoice: events, prices, periods in, fees out (design: one function makes the lines).

Nothing is written here and "now" is not asked: the same lines serve the invoice, and later previews and
verification.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from lago.catalog.models import Charge
from lago.invoicing.adjusted_fees import adjust, with_wanted
from lago.invoicing.fee_filter import of_filter
from lago.invoicing.history import History
from lago.invoicing.models import AdjustedFee, Fee, Invoice
from lago.invoicing.true_up import with_true_ups
from lago.invoicing.unit_details import unit_details
from lago.metering.buckets import Bucket
from lago.metering.carried_levels import EndLevel
from lago.metering.usage import PricedUsage, priced_usage, usage_window
from lago.pricing.billing_periods import Terms, is_first_month, period_containing
from lago.pricing.fees import major_units
from lago.pricing.local_time import local_date
from lago.pricing.rounding import decimal_text
from lago.pricing.subscription_fee import SubscriptionFeeFacts, subscription_fee
from lago.pricing.values import FeeAmounts, Windows
from lago.pricing.windows import MOST_BETWEEN_ZONES
from lago.subscriptions.models import Subscription
from lago.subscriptions.terms import current_windows, terms_of, zone_of
from lago.subscriptions.trial import is_in_trial, trial_ends_on, trial_of

_SHOWN_WINDOWS = [
    name.name for name in fields(Windows) if name.name != "periods"
]


@dataclass(frozen=True)
class BilledSubscription:
    """What an invoice is to cover of a subscription, and why. `with_usage`: not on a starting invoice.

    `draft`: the one that is made anew with this line; `adjustments`: what is wanted of its fees.
    """

    subscription: Subscription
    windows: Windows
    reason: str
    history: History
    with_usage: bool = True
    draft: Invoice | None = None
    adjustments: Sequence[AdjustedFee] = ()

    @property
    def recurring(self) -> bool:
        return self.reason == "subscription_periodic"

    @property
    def zone(self) -> ZoneInfo:
        """Where its days begin: of a draft where they did when it was made."""
        return ZoneInfo(self.draft.timezone) if self.draft else zone_of(self.subscription)

    @property
    def terms(self) -> Terms:
        """The rhythm of the plan in that zone."""
        return terms_of(self.subscription, self.zone)

    @property
    def has_ended(self) -> bool:
        """Whether the subscription had ended when the invoice was made: a draft may be made anew after the end, which
        may even be of the same moment."""
        is_of_the_end = self.draft is None or self.reason == "subscription_terminating"
        return is_of_the_end and self.subscription.status == "terminated"

    @property
    def was_upgraded(self) -> bool:
        """Whether it had ended then by a change to a plan that took its place at once."""
        return self.has_ended and self.history.neighbours.was_upgraded(self.subscription)


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
        fees.insert(0, _subscription_fee(billed))
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


def subscription_fee_is_due(billed: BilledSubscription) -> bool:
    """Whether the line carries the subscription fee (03 §5.4)."""
    subscription, windows = billed.subscription, billed.windows
    in_advance = subscription.plan.pay_in_advance
    day = local_date(windows.timestamp, billed.zone)
    if in_advance and _is_paid_today(billed, day):
        return False
    if billed.has_ended if in_advance else billed.reason == "subscription_starting":
        return False  # a plan in arrears has a starting line for fixed charges in advance only
    if is_in_trial(subscription, windows.timestamp) and not trial_ends_on(subscription, day, billed.zone):
        return False
    return not billed.terms.is_split or split_fee_is_due(billed)


def _is_paid_today(billed: BilledSubscription, day: date) -> bool:
    """Whether a fee for the same period was made on that day, taken as one in UTC.

    The reference asks for the day alone; so a start on the last day of a period would pay the next period too, if in
    UTC that is the next day already. A change of the customer's zone moves the end of a period by some hours.
    """
    made_at, paid_to, ends = billed.history.last_fee_at, billed.history.last_fee_to, billed.windows.to_datetime
    if made_at is None or paid_to is None or ends is None or made_at.astimezone(UTC).date() != day:
        return False
    return abs(paid_to - ends) < MOST_BETWEEN_ZONES


def split_fee_is_due(billed: BilledSubscription) -> bool:
    """Longer periods with monthly parts: the fee is on the invoice of the first month only (03 §5.4-2)."""
    subscription = billed.subscription
    terms = billed.terms
    day = local_date(billed.windows.timestamp, billed.zone)
    first_month = is_first_month(terms, day)
    if not terms.pay_in_advance:
        return first_month or billed.has_ended
    if is_backdated(subscription):
        return first_month and period_containing(terms, day).first > period_containing(terms, terms.anchor).first
    return first_month or billed.history.last_fee_at is None


def is_backdated(subscription: Subscription) -> bool:
    """Whether it started on an earlier UTC date than it was created."""
    started_at = subscription.started_at
    return started_at is not None and started_at.astimezone(UTC).date() < subscription.created_at.astimezone(UTC).date()


def _subscription_fee(billed: BilledSubscription) -> Fee:
    subscription, plan = billed.subscription, billed.subscription.plan
    price = subscription_fee(_facts(billed))
    return Fee(
        organization_id=subscription.organization_id, subscription_id=subscription.id, subscription=subscription,
        fee_type="subscription", currency=plan.amount_currency, units=Decimal(1),
        amount_cents=price.amount_cents, precise_amount_cents=price.precise_amount_cents,
        unit_amount_cents=price.amount_cents, precise_unit_amount=major_units(price.amount_cents, plan.amount_currency),
        pay_in_advance=plan.pay_in_advance, amount_details={"plan_amount_cents": plan.amount_cents}, grouped_by={},
        properties={**shown_windows(billed.windows), "rule": price.rule, "days": price.days, "length": price.length},
    )


def _facts(billed: BilledSubscription) -> SubscriptionFeeFacts:
    subscription, windows, neighbours = billed.subscription, billed.windows, billed.history.neighbours
    if not (windows.from_datetime and windows.to_datetime and windows.periods and subscription.started_at):
        raise ValueError(f"subscription {subscription.id} has not started")
    return SubscriptionFeeFacts(
        amount_cents=subscription.plan.amount_cents,
        terms=billed.terms,
        zone=billed.zone,
        timestamp=windows.timestamp,
        from_datetime=windows.from_datetime,
        to_datetime=windows.to_datetime,
        window_start=windows.periods.subscription.first,
        started_at=subscription.started_at,
        is_terminated=subscription.status == "terminated",
        was_upgraded=billed.was_upgraded,
        has_successor=neighbours.next is not None,
        has_predecessor=subscription.previous_subscription_id is not None,
        follows_upgrade=neighbours.follows_upgrade(subscription),
        is_first_invoice=billed.history.latest is None,
        billed_before=billed.history.last_fee_at is not None,
        backdated=is_backdated(subscription),
        trial=trial_of(subscription),
    )


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


def of_charge(subscription: Subscription, bucket: Bucket) -> dict[str, Any]:
    """What a fee says of the charge that it is for."""
    charge, charge_filter = bucket.charge, bucket.charge_filter
    return {
        "organization_id": subscription.organization_id, "subscription_id": subscription.id,
        "subscription": subscription, "charge_id": charge.id, "charge": charge,
        "charge_filter_id": charge_filter and charge_filter.id, "charge_filter": charge_filter,
        "billable_metric_id": charge.billable_metric_id, "billable_metric": charge.billable_metric,
        "fee_type": "charge", "currency": subscription.plan.amount_currency,
    }


def of_prices(bucket: Bucket) -> dict[str, Any]:
    """The prices that a fee was made by, and the filter that they are of."""
    return {
        "charge_model": bucket.charge.charge_model, "prices": bucket.properties, **of_filter(bucket.charge_filter)
    }


def amounts_of(amounts: FeeAmounts) -> dict[str, Any]:
    """The amounts as columns of a fee."""
    return {
        "amount_cents": amounts.amount_cents, "precise_amount_cents": amounts.precise_amount_cents,
        "unit_amount_cents": amounts.unit_amount_cents, "precise_unit_amount": amounts.precise_unit_amount,
    }


def shown_dates(period: Windows) -> dict[str, str]:
    """The time that a renewal, or the fee of an event without invoice, is shown to be for: the dates in UTC of the
    period that contains its moment, whatever the windows of the fee are (02 §7.2)."""
    starts, ends = period.charges_from_datetime, period.charges_to_datetime
    assert starts and ends  # the subscription has started
    return {
        "shown_from": f"{starts.astimezone(UTC).date()}T00:00:00", "shown_to": f"{ends.astimezone(UTC).date()}T23:59:59"
    }


def _has_usage_window(windows: Windows) -> bool:
    start, end = windows.charges_from_datetime, windows.charges_to_datetime
    return start is not None and end is not None and start < end


def shown_windows(windows: Windows) -> dict[str, Any]:
    """The windows as JSON: instants cut to milliseconds (03 §0), durations in days."""
    values = {name: getattr(windows, name) for name in _SHOWN_WINDOWS}
    return {name: as_text(value) if isinstance(value, datetime) else value for name, value in values.items()}


def as_text(instant: datetime) -> str:
    """An instant as fees keep it; such texts sort by time."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
