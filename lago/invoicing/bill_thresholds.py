"""Progressive billing: an invoice inside of a period as soon as usage has reached a threshold (03 §7.3, §7.4)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import exists, select

from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce
from lago.invoicing.billed_subscription import BilledSubscription
from lago.invoicing.finalize import finalize
from lago.invoicing.history import History
from lago.invoicing.lifetime_usage import lifetime_figures
from lago.invoicing.lines import charge_fee
from lago.invoicing.make import compose
from lago.invoicing.models import PROGRESSIVE_BILLING, AppliedUsageThreshold, Fee, Invoice
from lago.invoicing.progressive_credit import latest_progressive_invoice, progressive_invoices
from lago.invoicing.use_coupons import coupons_of
from lago.metering.current_usage import UsageRequest, current_usage
from lago.metering.usage import priced_usage
from lago.metering.usage_totals import PeriodUsage
from lago.pricing.usage_thresholds import LifetimeFigures, Threshold, reached_thresholds
from lago.pricing.values import Windows
from lago.subscriptions.models import Subscription
from lago.subscriptions.taxes import TaxChoice
from lago.subscriptions.terms import current_windows
from lago.subscriptions.usage_thresholds import Threshold as ThresholdRow
from lago.subscriptions.usage_thresholds import applicable_thresholds, applicable_thresholds_of

USAGE_THEN = "period_usage_amount_cents"
"""In the snapshot of a progressive invoice: the usage of the period when it was made, of all charges."""


@dataclass(frozen=True)
class Reached:
    """The thresholds that are reached, fixed ones by amount and then the recurring one, and by which usage.

    `earlier`: the progressive invoice before, of the same period.
    """

    subscription: Subscription
    rows: Sequence[ThresholdRow]
    figures: LifetimeFigures
    earlier: Invoice | None

    @property
    def key(self) -> str:
        """What makes a second invoice for the same impossible (03 §7.4). A subscription that begins anew under the
        same external id has its thresholds before it again."""
        one = self.subscription
        repeated = [str(self.earlier.id)] if self.rows[-1].recurring and self.earlier else []
        highest = max(row.amount_cents for row in self.rows)
        since = one.subscription_at.isoformat()
        return json.dumps([one.external_id, str(one.customer_id), since, self.figures.invoiced, highest, *repeated])


def bill_thresholds(subscription: Subscription, usage: PeriodUsage) -> Invoice | None:
    """One invoice for all thresholds that the usage of the running period has reached since the last one, if any.

    `subscription` is active, its customer is locked; `usage`: of all its charges, as of now.
    """
    reached = _reached(subscription, usage.amount_cents)
    if reached is None or _is_billed(reached):
        return None
    invoice = _invoice(reached, current_windows(subscription, clock.now()))
    finalize([invoice])
    for applied in invoice.applied_usage_thresholds:
        announce("subscription.usage_threshold_reached", applied)
    return invoice


def bill_thresholds_of_recurring(subscriptions: Iterable[Subscription]) -> None:
    """The same of subscriptions whose period has just begun: what goes on from one to the next is used at once, and
    may reach a threshold. Not left to a later look, so that it does not hang on when that comes."""
    some = [one for one in subscriptions if any(charge.billable_metric.recurring for charge in one.plan.charges)]
    applicable = applicable_thresholds_of(some)
    for subscription in some:
        if applicable[subscription.id]:
            bill_thresholds(subscription, current_usage(subscription, UsageRequest(with_taxes=False)))


def _reached(subscription: Subscription, current: int) -> Reached | None:
    rows = {Threshold(row.amount_cents, row.recurring): row for row in applicable_thresholds(subscription)}
    if not rows:
        return None
    earlier = latest_progressive_invoice(subscription.id, clock.now())
    figures = replace(lifetime_figures(subscription, current), billed=_usage_then(earlier) if earlier else 0)
    found = reached_thresholds(figures, list(rows))
    return Reached(subscription, [rows[one] for one in found], figures, earlier) if found else None


def _usage_then(invoice: Invoice) -> int:
    """The usage up to which an invoice was made. That of charges in advance is not on it, but counts as told of."""
    return int(invoice.snapshot.get(USAGE_THEN, invoice.fees_amount_cents))


def _is_billed(reached: Reached) -> bool:
    same = (
        Invoice.organization_id == reached.subscription.organization_id, Invoice.progressive_key == reached.key
    )
    return bool(db.session.scalar(select(exists().where(*same))))


def _invoice(reached: Reached, windows: Windows) -> Invoice:
    """The invoice of all usage of the period in arrears; what was billed before is credited on it."""
    windows = replace(windows, fixed_charges_from_datetime=None, fixed_charges_to_datetime=None)
    billed = BilledSubscription(reached.subscription, windows, PROGRESSIVE_BILLING, History())
    coupons, earlier = coupons_of([reached.subscription.customer_id]), progressive_invoices([billed])
    invoice = compose([billed], _fees(billed), windows.timestamp, TaxChoice(), earlier, coupons)
    invoice.invoice_type, invoice.progressive_key = PROGRESSIVE_BILLING, reached.key
    invoice.snapshot = {**invoice.snapshot, USAGE_THEN: reached.figures.current}
    invoice.applied_usage_thresholds = [_applied(row, reached.figures.total) for row in reached.rows]
    return invoice


def _fees(billed: BilledSubscription) -> list[Fee]:
    """The usage as current usage has it, without spending minimums (02 §4-3)."""
    charges = [one for one in billed.subscription.plan.charges if one.invoiceable and not one.pay_in_advance]
    usages = priced_usage(billed.subscription, billed.windows, charges, current=True)
    return [charge_fee(billed, usage) for usage in usages if usage.is_billed]


def _applied(row: ThresholdRow, total: int) -> AppliedUsageThreshold:
    return AppliedUsageThreshold(
        organization_id=row.organization_id, usage_threshold_id=row.id, amount_cents=row.amount_cents,
        threshold_display_name=row.threshold_display_name, recurring=row.recurring,
        threshold_created_at=row.created_at, threshold_updated_at=row.updated_at, lifetime_usage_amount_cents=total,
    )
