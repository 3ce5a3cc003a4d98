"""The credit note for what a subscription has paid in advance and will not use (03 §6.3, 04 §9.7)."""

from decimal import Decimal

from sqlalchemy import select

from lago.core.db import db
from lago.core.errors import NotAllowed
from lago.invoicing.credit_notes.add import add_credit_note
from lago.invoicing.credit_notes.amounts import Credited, amounts_of, credited_by_fee, priced
from lago.invoicing.credit_notes.is_period_invoiced import is_period_invoiced
from lago.invoicing.models import CreditNote, Fee, Invoice
from lago.pricing.billing_periods import period_containing
from lago.pricing.credit_notes import Parts, credit_amounts
from lago.pricing.local_time import local_date
from lago.pricing.unused_time import UnusedTime, paid_cents, unused_cents, unused_parts, used_cents
from lago.subscriptions.models import Subscription
from lago.subscriptions.terms import terms_of, zone_of
from lago.subscriptions.trial import trial_of


def credit_unused_time(subscription: Subscription, *, upgraded: bool = False) -> CreditNote | None:
    """Gives back the unused days of a subscription in advance that has just ended, by its option.

    Its customer is locked; `terminated_at` is set, the last invoice is not made yet. None if there is nothing to give
    back. An upgrade gives credit, whatever the option says, unless that is `skip` (03 §13.6). Raises NotAllowed while
    the taxes of the invoice are awaited, and Invalid if the invoice does not give back so much: then nothing may end.
    """
    option = subscription.on_termination_credit_note or "credit"
    if not subscription.plan.pay_in_advance or option == "skip" or not is_period_invoiced(subscription):
        return None
    fee = _last_fee(subscription)
    if fee is None or not fee.amount_cents:
        return None
    invoice = db.session.get_one(Invoice, fee.invoice_id)
    if invoice.status == "voided":
        return None
    if invoice.tax_status == "pending":
        raise NotAllowed("cannot_terminate_with_pending_taxes")
    return _credit(invoice, fee, _unused(subscription, fee, upgraded), "credit" if upgraded else option)


def _credit(invoice: Invoice, fee: Fee, unused: UnusedTime, option: str) -> CreditNote | None:
    """The note of one item; None if not even a cent is left."""
    cents = unused_cents(unused, fee.amount_cents, credited_by_fee([fee.id]).get(fee.id, 0))
    items = [Credited(fee, cents)]
    amounts = amounts_of(invoice, items)
    if amounts.requested_total_cents <= 0:
        return None
    parts = _parts(invoice, fee, unused, option, amounts.requested_total_cents)
    return add_credit_note(invoice, items, amounts, parts, reason="order_cancellation", automatic=True)


def _parts(invoice: Invoice, fee: Fee, unused: UnusedTime, option: str, total_cents: int) -> Parts:
    used = credit_amounts(priced(invoice, [Credited(fee, used_cents(unused))])).requested_total_cents
    return unused_parts(option, total_cents, _paid(invoice, fee), used)


def _paid(invoice: Invoice, fee: Fee) -> Decimal:
    with_taxes = fee.precise_amount_cents - fee.precise_coupons_amount_cents + fee.taxes_precise_amount_cents
    return paid_cents(with_taxes, invoice.sub_total_including_taxes_amount_cents, invoice.total_paid_amount_cents)


def _unused(subscription: Subscription, fee: Fee, upgraded: bool) -> UnusedTime:
    zone, trial = zone_of(subscription), trial_of(subscription)
    assert subscription.started_at and subscription.terminated_at
    ended_on = local_date(subscription.terminated_at, zone)
    period = period_containing(terms_of(subscription), ended_on)
    return UnusedTime(
        fee.amount_details["plan_amount_cents"], period, max(period.first, local_date(subscription.started_at, zone)),
        ended_on, upgraded, trial.end_date if trial else None,
    )


def _last_fee(subscription: Subscription) -> Fee | None:
    query = select(Fee).where(
        Fee.subscription_id == subscription.id, Fee.fee_type == "subscription", Fee.deleted_at.is_(None)
    )
    return db.session.scalar(query.order_by(Fee.created_at.desc(), Fee.seq.desc()).limit(1))
