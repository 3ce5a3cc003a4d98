"""An invoice is voided (04 §14)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lago.core import clock
from lago.core.db import db
from lago.core.errors import Invalid, NotAllowed
from lago.core.fields import Flag, Whole
from lago.core.outbox import announce
from lago.core.schemas import InputSchema
from lago.customers.hold import hold
from lago.invoicing.ask_refresh_after import ask_refresh_after
from lago.invoicing.credit_notes.add import add_credit_note
from lago.invoicing.credit_notes.amounts import Credited, amounts_of, creditable_by_fee
from lago.invoicing.credit_notes.estimate import creditable_of, refundable_of
from lago.invoicing.credit_notes.purchases import PURCHASE
from lago.invoicing.credit_notes.void import void as void_note
from lago.invoicing.give_back_coupons import give_back_coupons
from lago.invoicing.models import Invoice
from lago.invoicing.overdue import schedule_overdue
from lago.invoicing.recredit import recredit
from lago.metering.watch_thresholds import watch_thresholds
from lago.organizations.models import Organization
from lago.pricing.credit_note_limits import estimated, shares_of
from lago.pricing.credit_notes import Parts


class VoidInput(InputSchema):
    """How much of it is given back, in cents; nothing unless a credit note is asked for."""

    generate_credit_note = Flag(allow_none=True, load_default=False)
    credit_amount = Whole(least=0, allow_none=True, load_default=0)
    refund_amount = Whole(least=0, allow_none=True, load_default=0)


def void(invoice: Invoice, organization: Organization, data: Mapping[str, Any]) -> None:
    """Voids a finalized invoice: nothing of it is due any more, its coupons can be used again, and wallets have back
    what they paid, unless a credit note gives back what is asked for and the rest is lost.

    Payments, disputes and credit notes that were used on it do not matter (04 §14). Raises Invalid for more than the
    invoice can give back, NotAllowed unless it is finalized.
    """
    values = VoidInput().read(data)
    hold(invoice.customer_id, organization)
    db.session.refresh(invoice)
    parts = Parts(credit=values["credit_amount"] or 0, refund=values["refund_amount"] or 0)
    noted = bool(values["generate_credit_note"])
    if noted:
        _check(invoice, parts)
    if invoice.status != "finalized":
        raise NotAllowed("not_voidable")
    _close(invoice)
    if noted:
        _give_back(invoice, parts)
    else:
        recredit(invoice)
    announce("invoice.voided", invoice)
    watch_thresholds([line.subscription for line in invoice.invoice_subscriptions])
    ask_refresh_after([invoice])  # usage that it had billed progressively is owed again


def _check(invoice: Invoice, parts: Parts) -> None:
    most = creditable_of(invoice)
    if parts.credit > most or parts.refund > refundable_of(invoice) or parts.total > most:
        raise Invalid({"credit_refund_amount": ["total_amount_exceeds_invoice_amount"]})


def _close(invoice: Invoice) -> None:
    invoice.status, invoice.voided_at, invoice.payment_overdue = "voided", clock.now(), False
    invoice.ready_for_payment_processing = False
    schedule_overdue(invoice)
    give_back_coupons(invoice)
    db.session.flush()


def _give_back(invoice: Invoice, parts: Parts) -> None:
    """A note over what is asked for, taken evenly from what is left of all fees, and a voided one over the rest, so
    that nothing can be credited again. Nothing of a purchase of credits is ever credited."""
    if invoice.invoice_type == PURCHASE:
        return
    if parts.total:
        rest = _rest(invoice)
        base = estimated(amounts_of(invoice, rest)).creditable_cents
        shares = shares_of([item.precise_amount_cents for item in rest], parts.total, base)
        items = [Credited(item.fee, share) for item, share in zip(rest, shares, strict=True)]
        add_credit_note(invoice, items, amounts_of(invoice, items), parts, automatic=False, reason="other")
    rest = _rest(invoice)
    amounts = amounts_of(invoice, rest)
    if rest and amounts.requested_total_cents > 0:
        lost = Parts(credit=amounts.requested_total_cents)
        void_note(add_credit_note(invoice, rest, amounts, lost, automatic=False, reason="other"))


def _rest(invoice: Invoice) -> list[Credited]:
    """What is left of each fee."""
    left = creditable_by_fee(invoice)
    return [Credited(fee, Decimal(left[fee.id])) for fee in invoice.fees if left[fee.id] > 0]
