"""Coupons on previews: simpler than on invoices (04 §11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lago.catalog.models import Coupon
from lago.core import clock
from lago.core.db import db
from lago.core.errors import Invalid
from lago.core.fields import INVALID, exact
from lago.core.ids import new_id
from lago.coupons.models import AppliedCoupon
from lago.coupons.queries import Targets, active_coupons, targets_of
from lago.customers.models import Customer
from lago.invoicing.coupon_use import remaining_of
from lago.invoicing.models import Fee, Invoice, InvoiceCredit
from lago.invoicing.use_coupons import Coupons
from lago.pricing import coupons as pricing
from lago.pricing.coupons import Discounted, take_previewed

_LARGEST = Decimal(10) ** 15


@dataclass(frozen=True)
class PreviewedCoupons(Coupons):
    """Those that are limited to metrics are left out; one for plans takes its share of all fees, if the first
    subscription's plan is among them."""

    def use_on(self, invoice: Invoice, fees: Sequence[Fee], credited_cents: int) -> list[InvoiceCredit]:
        credits: list[InvoiceCredit] = []
        total = left = sum(fee.amount_cents for fee in fees)
        for applied in self.of_customers.get(invoice.customer_id, ()):
            if left <= 0:
                break
            if _counts(applied, invoice, self.targets.get(applied.coupon_id), fees):
                base = total if applied.coupon.limited_plans else left
                cents = self._previewed(applied, base, left, fees)
                left -= cents
                credits.append(_credit(invoice, applied, cents))
        return credits

    def _previewed(self, applied: AppliedCoupon, base: int, left: int, fees: Sequence[Fee]) -> int:
        before = [Discounted(fee.amount_cents, fee.precise_coupons_amount_cents) for fee in fees]
        taken = take_previewed(_for_pricing(applied, self.remaining.get(applied.id)), base, left, before)
        for fee, after in zip(fees, taken.fees, strict=True):
            fee.precise_coupons_amount_cents = after.precise_coupons_amount_cents
        return taken.amount_cents


def coupons_for(customer: Customer, sent: Sequence[Mapping[str, Any]], currency: str) -> PreviewedCoupons:
    """The customer's active coupons if there are any, otherwise those of the request: looked up by their codes, else
    made of what is said of them. Raises Invalid for what makes no coupon."""
    theirs = active_coupons({customer.id}).get(customer.id, [])
    applied = list(theirs) or [_asked(customer, one, currency) for one in sent]
    db.session.flush()
    limited = {one.coupon_id for one in applied if one.coupon.limited_plans or one.coupon.limited_billable_metrics}
    return PreviewedCoupons({customer.id: applied}, targets_of(limited), remaining_of(applied))


def _counts(applied: AppliedCoupon, invoice: Invoice, targets: Targets | None, fees: Sequence[Fee]) -> bool:
    coupon = applied.coupon
    if coupon.limited_billable_metrics:
        return False
    if coupon.coupon_type != "percentage" and applied.amount_currency != invoice.currency:
        return False
    if coupon.limited_plans:
        first = invoice.invoice_subscriptions[0].subscription.plan
        return targets is not None and first.id in targets.plan_ids
    return bool(fees)


def _asked(customer: Customer, sent: Mapping[str, Any], currency: str) -> AppliedCoupon:
    code = str(sent.get("code") or "")
    query = select(Coupon).where(
        Coupon.organization_id == customer.organization_id, Coupon.code == code, Coupon.deleted_at.is_(None),
        Coupon.status == "active",
    )
    coupon = (db.session.scalar(query) if code else None) or _made_of(customer, sent, currency)
    applied = AppliedCoupon(
        id=new_id(), organization_id=customer.organization_id, customer_id=customer.id, customer=customer,
        coupon_id=coupon.id, coupon=coupon, status="active", created_at=clock.now(),
        amount_cents=coupon.amount_cents, amount_currency=coupon.amount_currency,
        percentage_rate=coupon.percentage_rate, frequency=coupon.frequency,
        frequency_duration=coupon.frequency_duration, frequency_duration_remaining=coupon.frequency_duration,
    )
    db.session.add(applied)
    return applied


def _made_of(customer: Customer, sent: Mapping[str, Any], currency: str) -> Coupon:
    kind = sent.get("coupon_type")
    if kind not in ("fixed_amount", "percentage"):
        raise Invalid({"coupon_type": [INVALID]})
    worth = exact(sent.get("amount_cents" if kind == "fixed_amount" else "percentage_rate"))
    if worth is None or not 0 <= worth <= _LARGEST:
        raise Invalid({"amount_cents" if kind == "fixed_amount" else "percentage_rate": [INVALID]})
    coupon = Coupon(
        id=new_id(), organization_id=customer.organization_id, name=str(sent.get("name") or ""),
        code=f"preview-{new_id()}", coupon_type=kind, frequency="forever", expiration="no_expiration",
        amount_cents=int(worth) if kind == "fixed_amount" else None,
        amount_currency=str(sent.get("amount_currency") or currency) if kind == "fixed_amount" else None,
        percentage_rate=worth if kind == "percentage" else None, limited_plans=False, limited_billable_metrics=False,
    )
    db.session.add(coupon)
    return coupon


def _for_pricing(applied: AppliedCoupon, remaining: int | None) -> pricing.Coupon:
    if applied.coupon.coupon_type == "percentage":
        return pricing.Coupon("forever", percentage_rate=applied.percentage_rate)
    return pricing.Coupon("forever", applied.amount_cents or 0 if remaining is None else remaining)


def _credit(invoice: Invoice, applied: AppliedCoupon, cents: int) -> InvoiceCredit:
    return InvoiceCredit(
        id=new_id(), organization_id=invoice.organization_id, applied_coupon_id=applied.id, applied_coupon=applied,
        amount_cents=cents, before_taxes=True,
    )
