"""What more units of fixed charges in advance cost within a period, on an invoice at once (02 §8.5)."""

import uuid
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from lago.core.db import db
from lago.invoicing.billed_subscription import BilledSubscription
from lago.invoicing.fee_columns import amounts_of
from lago.invoicing.finalize import finalize
from lago.invoicing.fixed_charges import ahead_of, of_fixed_charge, properties_of
from lago.invoicing.history import History
from lago.invoicing.make import compose
from lago.invoicing.models import IN_ADVANCE_CHARGE, Fee
from lago.invoicing.paid_ahead import Ahead, paid_ahead
from lago.invoicing.use_coupons import coupons_of
from lago.pricing.fixed_charges import added_amounts, share_from
from lago.pricing.values import FeeAmounts, Windows
from lago.pricing.windows import Situation, windows
from lago.subscriptions.models import FixedChargeUnits, Subscription
from lago.subscriptions.taxes import TaxChoice
from lago.subscriptions.terms import terms_of, zone_of

ZERO = Decimal(0)
NOTHING = FeeAmounts(0, ZERO, 0, ZERO)


def bill_units(
    subscription: Subscription, since: datetime, fixed_charge_ids: Collection[uuid.UUID] | None = None
) -> None:
    """Makes one invoice for the units in advance that the subscription has from exactly that time on, less those paid.

    Its customer is locked. `fixed_charge_ids`: of these fixed charges, or of those that were copied from them
    meanwhile, or of all of the plan. Fewer units than were paid cost nothing and give nothing back, but the invoice is
    made; none if there is no entry of that time.
    """
    billed = BilledSubscription(subscription, _windows(subscription, since), IN_ADVANCE_CHARGE, History())
    time, units = ahead_of(billed), _units_from(subscription, since)
    ahead = [
        Ahead(subscription, fixed_charge, time) for fixed_charge in subscription.plan.fixed_charges
        if fixed_charge.pay_in_advance and fixed_charge.id in units
        and (fixed_charge_ids is None or not {fixed_charge.id, fixed_charge.parent_id}.isdisjoint(fixed_charge_ids))
    ]
    added = [
        units[one.fixed_charge.id] - sum((fee.units for fee in paid), ZERO)
        for one, paid in zip(ahead, paid_ahead(ahead), strict=True)
    ]
    fees = [_fee(billed, one, max(units_more, ZERO)) for one, units_more in zip(ahead, added, strict=True)]
    if fees:
        coupons = coupons_of([subscription.customer_id])
        finalize([compose([billed], fees, since, TaxChoice(), coupons=coupons)])


def _windows(subscription: Subscription, since: datetime) -> Windows:
    return windows(
        terms_of(subscription), zone_of(subscription), Situation.ACTIVE, since, subscription.started_at
    )


def _units_from(subscription: Subscription, since: datetime) -> dict[uuid.UUID, Decimal]:
    """The units by fixed charge, as they were last written down for exactly that time."""
    entry = FixedChargeUnits
    query = select(entry.fixed_charge_id, entry.units).where(
        entry.subscription_id == subscription.id, entry.timestamp == since
    )
    return {row[0]: row[1] for row in db.session.execute(query.order_by(entry.seq))}


def _fee(billed: BilledSubscription, ahead: Ahead, units: Decimal) -> Fee:
    fixed_charge, time = ahead.fixed_charge, ahead.time
    amounts = _amounts(billed, ahead, units) if units else NOTHING
    return Fee(
        **of_fixed_charge(billed.subscription, fixed_charge), units=units, total_aggregated_units=units,
        **amounts_of(amounts), amount_details={}, properties=properties_of(billed, fixed_charge, time),
    )


def _amounts(billed: BilledSubscription, ahead: Ahead, units: Decimal) -> FeeAmounts:
    fixed_charge = ahead.fixed_charge
    share = share_from(billed.windows.timestamp, ahead.time) if fixed_charge.prorated else None
    return added_amounts(
        fixed_charge.charge_model, fixed_charge.properties, units, billed.subscription.plan.amount_currency, share
    )
