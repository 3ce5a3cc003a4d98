"""Coupons on invoices (04 §5 S3, §8.3 to §8.6)."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lago.core import clock
from lago.core.ids import new_id
from lago.coupons.models import AppliedCoupon
from lago.coupons.queries import Targets, active_coupons, targets_of
from lago.invoicing.coupon_use import remaining_of
from lago.invoicing.models import Fee, Invoice, InvoiceCredit
from lago.pricing.coupons import Coupon, Discounted, Taken, left_of, take


@dataclass(frozen=True)
class Coupons:
    """What customers have of coupons while their invoices are made: by customer in the order of use, what each is
    limited to, and what is left of those that are used by amount. Each use changes it."""

    of_customers: Mapping[uuid.UUID, Sequence[AppliedCoupon]] = field(default_factory=dict)
    targets: Mapping[uuid.UUID, Targets] = field(default_factory=dict)
    remaining: dict[uuid.UUID, int] = field(default_factory=dict)

    def use_on(self, invoice: Invoice, fees: Sequence[Fee], credited_cents: int) -> list[InvoiceCredit]:
        """Takes the customer's coupons off these fees of an invoice, one after the other, until nothing is left of it.
        Returns the credits. `credited_cents`: what progressive invoices have billed of it before."""
        credits: list[InvoiceCredit] = []
        total = sum(fee.amount_cents for fee in fees)
        left = total - credited_cents if total > 0 else 0
        for applied in self.of_customers.get(invoice.customer_id, ()):
            if left <= 0:
                break
            targets = _places(self.targets.get(applied.coupon_id), fees)
            if _is_for(applied, invoice) and (targets is None or targets):
                taken = self._take(applied, left, fees, targets)
                left -= taken.amount_cents
                credits.append(_credit(invoice, applied, taken))
        return credits

    def _take(
        self, applied: AppliedCoupon, left: int, fees: Sequence[Fee], targets: Collection[int] | None
    ) -> Taken:
        """Takes one off the fees, and off itself what it is used up by that."""
        coupon = _for_pricing(applied, self.remaining.get(applied.id))
        before = [Discounted(fee.amount_cents, fee.precise_coupons_amount_cents) for fee in fees]
        taken = take(coupon, left, before, targets)
        for fee, after in zip(fees, taken.fees, strict=True):
            fee.precise_coupons_amount_cents = after.precise_coupons_amount_cents
        if applied.id in self.remaining:
            self.remaining[applied.id] -= taken.amount_cents
        _use_up(applied, coupon, taken)
        return taken


NO_COUPONS = Coupons()
"""Of invoices that take none: the table of 04 §5."""


def coupons_of(customer_ids: Collection[uuid.UUID]) -> Coupons:
    """What these customers, who are locked, have of coupons: three queries for all of them."""
    found = active_coupons(set(customer_ids))
    every = [applied for some in found.values() for applied in some]
    limited = {
        applied.coupon_id for applied in every
        if applied.coupon.limited_plans or applied.coupon.limited_billable_metrics
    }
    targets = targets_of(limited)
    return Coupons(found, {key: targets.get(key, Targets()) for key in limited}, remaining_of(every))


def _is_for(applied: AppliedCoupon, invoice: Invoice) -> bool:
    """Whether it is still there, and in the invoice's currency; percentages are in any."""
    is_same = applied.coupon.coupon_type == "percentage" or applied.amount_currency == invoice.currency
    return applied.status == "active" and is_same


def _places(targets: Targets | None, fees: Sequence[Fee]) -> set[int] | None:
    """The places of the fees that a limited coupon is for; None of one for all."""
    if targets is None:
        return None
    return {place for place, fee in enumerate(fees) if _is_target(fee, targets)}


def _is_target(fee: Fee, targets: Targets) -> bool:
    """By the metric of its charge, or by the plan of its subscription, which may override the one that is named."""
    if targets.metric_ids:
        return fee.charge is not None and fee.charge.billable_metric_id in targets.metric_ids
    plan = fee.subscription and fee.subscription.plan
    return bool(plan) and not targets.plan_ids.isdisjoint({plan.id, plan.parent_id})


def _for_pricing(applied: AppliedCoupon, remaining: int | None) -> Coupon:
    frequency: Any = applied.frequency
    is_percentage = applied.coupon.coupon_type == "percentage"
    return Coupon(
        frequency,
        0 if is_percentage else applied.amount_cents or 0 if remaining is None else remaining,
        applied.percentage_rate if is_percentage else None,
        applied.frequency_duration_remaining or 0,
    )


def _use_up(applied: AppliedCoupon, coupon: Coupon, taken: Taken) -> None:
    left = left_of(coupon, taken)
    if applied.frequency == "recurring":
        applied.frequency_duration_remaining = left.invoices_left
    if left.is_used_up:
        applied.status, applied.terminated_at = "terminated", clock.now()


def _credit(invoice: Invoice, applied: AppliedCoupon, taken: Taken) -> InvoiceCredit:
    return InvoiceCredit(
        id=new_id(), organization_id=invoice.organization_id, applied_coupon_id=applied.id, applied_coupon=applied,
        amount_cents=taken.amount_cents, before_taxes=True,
    )
