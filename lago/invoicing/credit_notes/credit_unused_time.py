"""The credit note for what a subscription has paid in advance and will not use (03 §6.3, 04 §9.7)."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from lago.core.db import db
from lago.core.errors import Invalid, NotAllowed
from lago.invoicing.credit_notes.add import add_credit_note
from lago.invoicing.credit_notes.amounts import Credited, amounts_of, credited_by_fee, priced
from lago.invoicing.credit_notes.is_period_invoiced import is_period_invoiced
from lago.invoicing.models import CreditNote, Fee, Invoice
from lago.pricing.billing_periods import period_containing
from lago.pricing.credit_notes import credit_amounts
from lago.pricing.local_time import local_date
from lago.pricing.unused_time import UnusedTime, paid_cents, unused_cents, unused_parts, used_cents
from lago.subscriptions.models import Subscription
from lago.subscriptions.terms import terms_of, zone_of
from lago.subscriptions.trial import trial_of


def credit_unused_time(
    subscription: Subscription, *, upgraded: bool = False, asked: bool = False
) -> CreditNote | None:
    """Gives back the unused days of a subscription in advance that has just ended, by its option.

    Its customer is locked; `terminated_at` is set, the last invoice is not made yet. None if there is nothing to give
    back. An upgrade gives credit, whatever the option says, unless that is `skip` (03 §13.6). Raises NotAllowed while
    the taxes of the invoice are awaited; and Invalid if a client has `asked` for the end and the invoice does not give
    back so much in that way: then nothing may end. An end that nobody is there to be told of gives credit instead.
    """
    option = subscription.on_termination_credit_note or "credit"
    if not subscription.plan.pay_in_advance or option == "skip" or not is_period_invoiced(subscription):
        return None
    fee = _last_fee(subscription)
    if fee is None or not fee.amount_cents:
        return None
    invoice = db.session.get_one(Invoice, fee.invoice_id)
    if invoice.status in ("voided", "deleted"):
        return None
    if invoice.tax_status == "pending":
        raise NotAllowed("cannot_terminate_with_pending_taxes")
    unused = _unused(subscription, fee, upgraded)
    items = [Credited(fee, unused_cents(unused, fee.amount_cents, credited_by_fee([fee.id]).get(fee.id, 0)))]
    try:
        return _credit(invoice, items, unused, "credit" if upgraded else option)
    except Invalid:
        if asked or option == "credit":
            raise
        return _credit(invoice, items, unused, "credit")


def _credit(invoice: Invoice, items: Sequence[Credited], unused: UnusedTime, option: str) -> CreditNote | None:
    """The note of one item; None if not even a cent is left."""
    amounts = amounts_of(invoice, items)
    total = amounts.requested_total_cents
    if total <= 0:
        return None
    (item,) = items
    used = credit_amounts(priced(invoice, [Credited(item.fee, used_cents(unused))])).requested_total_cents
    parts = unused_parts(option, total, _paid(invoice, item.fee), used)
    return add_credit_note(invoice, items, amounts, parts, reason="order_cancellation", automatic=True)


def _paid(invoice: Invoice, fee: Fee) -> Decimal:
    with_taxes = fee.precise_amount_cents - fee.precise_coupons_amount_cents + fee.taxes_precise_amount_cents
    return paid_cents(with_taxes, invoice.sub_total_including_taxes_amount_cents, invoice.total_paid_amount_cents)


def _unused(subscription: Subscription, fee: Fee, upgraded: bool) -> UnusedTime:
    zone, trial = zone_of(subscription), trial_of(subscription)
    assert subscription.started_at and subscription.terminated_at
    ended_on = local_date(subscription.terminated_at, zone)
    period = period_containing(terms_of(subscription), ended_on)
    plan_amount_cents = fee.amount_details.get("plan_amount_cents", subscription.plan.amount_cents)  # 02 §11: adjusted
    return UnusedTime(
        plan_amount_cents, period, max(period.first, local_date(subscription.started_at, zone)),
        ended_on, upgraded, trial.end_date if trial else None,
    )


def _last_fee(subscription: Subscription) -> Fee | None:
    query = select(Fee).where(
        Fee.subscription_id == subscription.id, Fee.fee_type == "subscription", Fee.deleted_at.is_(None)
    )
    return db.session.scalar(query.order_by(Fee.created_at.desc(), Fee.seq.desc()).limit(1))
