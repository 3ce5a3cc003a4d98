"""The fees of fixed charges on the invoices of periods (02 §8.3, §8.4)."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lago.catalog.models import FixedCharge
from lago.invoicing.adjusted_fees import adjust
from lago.invoicing.billed_subscription import BilledSubscription
from lago.invoicing.fee_columns import amounts_of, shown_windows
from lago.invoicing.models import Fee
from lago.invoicing.paid_ahead import Ahead, paid_ahead
from lago.invoicing.paid_by_predecessor import PaidBefore, paid_by_predecessor
from lago.pricing.fees import fee_amounts
from lago.pricing.fixed_charges import (
    BilledTime,
    UnitsEntry,
    fixed_price,
    less_what_was_paid,
    period_ahead,
    quantity,
)
from lago.pricing.rounding import decimal_text
from lago.subscriptions.fixed_charge_units import EVER, UnitsWanted, started, units_histories
from lago.subscriptions.models import Subscription


@dataclass(frozen=True)
class Due:
    """A fixed charge that a line bills, and for which time."""

    billed: BilledSubscription
    fixed_charge: FixedCharge
    time: BilledTime

    @property
    def wanted(self) -> UnitsWanted:
        """Of units in advance on a draft: those it was made with; what came since is billed already (02 §8.5)."""
        draft = self.billed.draft if self.fixed_charge.pay_in_advance else None
        return UnitsWanted(
            self.billed.subscription.id, self.fixed_charge.id, self.time.starts, self.time.ends,
            (draft.created_at, draft.id) if draft else EVER,
        )

    @property
    def ahead(self) -> Ahead:
        draft = self.billed.draft
        return Ahead(self.billed.subscription, self.fixed_charge, self.time, draft.seq if draft else None)


def fixed_charge_fees(billed: Sequence[BilledSubscription]) -> Mapping[uuid.UUID, list[Fee]]:
    """The fees of fixed charges on each of the lines, by subscription, without taxes, in the order of the plan.

    What has no units and costs nothing has no fee. Two queries for all lines and one more after upgrades, or none if
    there are no fixed charges.
    """
    due = _not_paid([due for one in billed for due in _due(one)])
    histories = units_histories([one.wanted for one in due])
    before = paid_by_predecessor([(one.billed, one.fixed_charge, one.time) for one in due])
    fees: dict[uuid.UUID, list[Fee]] = defaultdict(list)
    for one, entries, paid in zip(due, histories, before, strict=True):
        fee = _fee(one, entries, paid)
        if adjust(fee, one.billed.adjustments) or fee.units or fee.amount_cents:
            fees[one.billed.subscription.id].append(fee)
    return fees


def of_fixed_charge(subscription: Subscription, fixed_charge: FixedCharge) -> dict[str, Any]:
    """What a fee says of the fixed charge that it is for."""
    return {
        "organization_id": subscription.organization_id, "subscription_id": subscription.id,
        "subscription": subscription, "fixed_charge_id": fixed_charge.id, "fixed_charge": fixed_charge,
        "add_on_id": fixed_charge.add_on_id, "add_on": fixed_charge.add_on, "fee_type": "fixed_charge",
        "currency": subscription.plan.amount_currency, "pay_in_advance": fixed_charge.pay_in_advance, "grouped_by": {},
    }


def properties_of(billed: BilledSubscription, fixed_charge: FixedCharge, time: BilledTime) -> dict[str, Any]:
    """The windows of the line, but the time of the fee itself for fixed charges, and its prices."""
    own = replace(
        billed.windows, fixed_charges_from_datetime=time.starts, fixed_charges_to_datetime=time.ends,
        fixed_charges_duration=time.duration,
    )
    prices = {"charge_model": fixed_charge.charge_model, "prices": fixed_charge.properties}
    return {**shown_windows(own), **prices}


def ahead_of(billed: BilledSubscription) -> BilledTime:
    """What is paid in advance with a line: the period that contains its moment, from the start on at the earliest."""
    subscription = billed.subscription
    return period_ahead(
        billed.terms, billed.zone, billed.windows.timestamp, started(subscription)
    )


def _due(billed: BilledSubscription) -> Iterator[Due]:
    for fixed_charge in billed.subscription.plan.fixed_charges:
        time = _ahead(billed) if fixed_charge.pay_in_advance else _behind(billed)
        if time is not None:
            yield Due(billed, fixed_charge, time)


def _behind(billed: BilledSubscription) -> BilledTime | None:
    """What arrears are billed for: the window of the line, but nothing at a start."""
    windows = billed.windows
    starts, ends, duration = (
        windows.fixed_charges_from_datetime, windows.fixed_charges_to_datetime, windows.fixed_charges_duration
    )
    if billed.reason == "subscription_starting" or starts is None or ends is None or duration is None or starts > ends:
        return None
    return BilledTime(starts, ends, duration, billed.zone)


def _ahead(billed: BilledSubscription) -> BilledTime | None:
    """At the start always; with a period's bill unless only usage is billed by it; at the end nothing."""
    is_billed = billed.reason == "subscription_starting" or (
        billed.recurring and billed.windows.fixed_charges_from_datetime is not None
    )
    return ahead_of(billed) if is_billed else None


def _not_paid(due: Sequence[Due]) -> list[Due]:
    """Without what is paid already for the same period (02 §8.4)."""
    ahead = [one.ahead for one in due if one.fixed_charge.pay_in_advance]
    paid = {
        (one.subscription.id, one.fixed_charge.id)
        for one, fees in zip(ahead, paid_ahead(ahead), strict=True) if any(fee.counts for fee in fees)
    }
    return [one for one in due if (one.billed.subscription.id, one.fixed_charge.id) not in paid]


def _fee(due: Due, entries: Sequence[UnitsEntry], paid: PaidBefore | None) -> Fee:
    fixed_charge, subscription = due.fixed_charge, due.billed.subscription
    model, currency, prorated = fixed_charge.charge_model, subscription.plan.amount_currency, fixed_charge.prorated
    units = quantity(entries, due.time, prorated=prorated)
    price = fixed_price(model, fixed_charge.properties, units, currency, prorated=prorated)
    amounts = fee_amounts(price, currency)
    if paid:
        time = (due.time.starts, due.time.ends)
        amounts = less_what_was_paid(amounts, paid.amount_cents, (paid.timestamp, paid.ends), time)
    return Fee(
        **of_fixed_charge(subscription, fixed_charge), units=price.units, total_aggregated_units=price.units,
        **amounts_of(amounts), amount_details=price.amount_details,
        properties={
            **properties_of(due.billed, fixed_charge, due.time), "priced_units": decimal_text(units.units),
        },
    )
