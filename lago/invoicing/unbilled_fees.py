"""What customers owe for and was not billed yet: what their wallets are to pay (05 §1.12)."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Select, Uuid, select, union_all
from sqlalchemy.orm import joinedload

from lago.catalog.models import Charge, Plan
from lago.core import clock
from lago.core.db import db
from lago.core.given_rows import given_rows
from lago.invoicing.models import PROGRESSIVE_BILLING, Fee, Invoice, InvoiceSubscription
from lago.metering.usage import TARGET_WALLET, PricedUsage, priced_usage
from lago.pricing.ongoing_balance import UnbilledFee
from lago.pricing.taxes import tax_line
from lago.pricing.values import Line
from lago.pricing.wallet_allocation import FeeKey
from lago.subscriptions.models import Subscription
from lago.subscriptions.taxes import TaxChoice, for_pricing
from lago.subscriptions.terms import current_windows

_LONGEST_WINDOW = timedelta(days=400)
"""No window of usage is longer: what began earlier needs not be looked at."""

_MOMENT = timedelta(seconds=1)

_LEFT = Fee.amount_cents + Fee.taxes_amount_cents - Fee.precise_coupons_amount_cents


def unbilled_fees(customer_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[UnbilledFee]]:
    """By customer: the current usage of active subscriptions and the fees of drafts, with tax; negative, what
    progressive invoices have billed of that usage.

    Charges in advance are left out: what is used of them was billed as it came. Two queries for all customers, and
    those that current usage takes for each subscription.
    """
    found: dict[uuid.UUID, list[UnbilledFee]] = defaultdict(list)
    choice, active = TaxChoice(), _active(customer_ids)
    for subscription in active:
        found[subscription.customer_id] += _current_usage(subscription, choice)
    for customer_id, fee in _billed({one.id: _last_unbilled_moment(one) for one in active}, customer_ids):
        found[customer_id].append(fee)
    return found


def _active(customer_ids: Collection[uuid.UUID]) -> Sequence[Subscription]:
    query = select(Subscription).where(Subscription.customer_id.in_(customer_ids), Subscription.status == "active")
    unmetered = (joinedload(Subscription.plan).lazyload(part) for part in (Plan.fixed_charges, Plan.minimum_commitment))
    return db.session.scalars(query.order_by(Subscription.seq).options(*unmetered)).all()


def _current_usage(subscription: Subscription, choice: TaxChoice) -> Iterator[UnbilledFee]:
    charges = [charge for charge in subscription.plan.charges if not charge.pay_in_advance]
    if charges:
        windows = current_windows(subscription, _last_unbilled_moment(subscription))
        for usage in priced_usage(subscription, windows, charges, current=True):
            if usage.amounts.amount_cents:
                yield _fee(subscription, usage, choice)


def _last_unbilled_moment(subscription: Subscription) -> datetime:
    """Now; but a period that is over is still the current one until its bill is made, if that is late."""
    due = subscription.billing_due_at
    return due - _MOMENT if due and due <= clock.now() else clock.now()


def _fee(subscription: Subscription, usage: PricedUsage, choice: TaxChoice) -> UnbilledFee:
    taxes = for_pricing(choice.of(subscription.customer, subscription.plan, usage.charge))
    line = tax_line(Line(usage.amounts.amount_cents, usage.amounts.precise_amount_cents, taxes))
    key = FeeKey("charge", usage.charge.billable_metric_id, usage.grouped_by.get(TARGET_WALLET))
    cents = usage.amounts.amount_cents + line.taxes_amount_cents
    return UnbilledFee(key, subscription.plan.amount_currency, Decimal(cents))


def _billed(
    moments: Mapping[uuid.UUID, datetime], customer_ids: Collection[uuid.UUID]
) -> Iterator[tuple[uuid.UUID, UnbilledFee]]:
    """The fees of drafts, and those of progressive invoices of the periods of subscriptions in which these moments lie,
    by customer."""
    drafts = _columns(_LEFT).where(
        Invoice.customer_id.in_(customer_ids), Invoice.status == "draft", Invoice.total_amount_cents != 0
    )
    query = union_all(drafts, _progressive(moments)) if moments else drafts
    for customer_id, currency, fee_type, metric_id, accepts_target, target, cents in db.session.execute(query):
        key = FeeKey(fee_type, metric_id, target if accepts_target else None)
        yield customer_id, UnbilledFee(key, currency, Decimal(cents))


def _progressive(moments: Mapping[uuid.UUID, datetime]) -> Select[Any]:
    """Of invoices in whose window of usage the moment lies, with what later ones of them have credited."""
    line = InvoiceSubscription
    asked = given_rows("asked", {"subscription_id": Uuid, "moment": DateTime(timezone=True)}, moments.items())
    return (
        _columns(-_LEFT)
        .join(line, line.invoice_id == Invoice.id)
        .join(asked, asked.c.subscription_id == line.subscription_id)
        .where(
            line.invoicing_reason == PROGRESSIVE_BILLING,
            line.charges_from_datetime > asked.c.moment - _LONGEST_WINDOW,
            line.charges_from_datetime <= asked.c.moment, line.charges_to_datetime > asked.c.moment,
            Invoice.status.in_(("finalized", "failed")),
        )
    )


def _columns(cents: ColumnElement[Any]) -> Select[Any]:
    target = Fee.grouped_by[TARGET_WALLET].astext
    return (
        select(
            Invoice.customer_id, Invoice.currency, Fee.fee_type, Charge.billable_metric_id,
            Charge.accepts_target_wallet, target, cents,
        )
        .join(Fee, Fee.invoice_id == Invoice.id)
        .outerjoin(Charge, Charge.id == Fee.charge_id)
        .where(Fee.deleted_at.is_(None))
    )
