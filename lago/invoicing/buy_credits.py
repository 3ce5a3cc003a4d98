"""The invoice for credits that are bought (05 §1.9)."""

import uuid
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from lago.core import clock
from lago.core.db import db
from lago.core.outbox import announce, enqueue
from lago.invoicing.apply_sections import apply_sections_of_purchase
from lago.invoicing.dates import setting
from lago.invoicing.models import Fee, Invoice
from lago.invoicing.numbering import assign_numbers, draft_number
from lago.invoicing.overdue import schedule_overdue
from lago.invoicing.snapshot import snapshot
from lago.pricing.local_time import local_date
from lago.pricing.rounding import STORED_PLACES, divide, round_to
from lago.wallets.balance import hold_wallet, rate_of
from lago.wallets.models import WalletTransaction


def buy_credits(transaction_id: uuid.UUID) -> Invoice | None:
    """Makes the invoice of a purchase: finalized at once, or open until it is paid, if that is asked for.

    None if it has one already, however often the job runs.
    """
    purchase = db.session.get_one(WalletTransaction, transaction_id)
    hold_wallet(purchase.wallet)
    db.session.refresh(purchase)
    if purchase.invoice_id is not None:
        return None
    invoice = _new_invoice(purchase)
    db.session.add(invoice)
    db.session.flush()
    purchase.invoice_id = invoice.id
    if not purchase.invoice_requires_successful_payment:
        _issue(invoice)
    return invoice


def issue_paid(invoice: Invoice) -> None:
    """Finalizes an open invoice on the day of its payment, which is then its date and its due date."""
    today = local_date(clock.now(), ZoneInfo(invoice.customer.applicable_timezone))
    invoice.issuing_date = invoice.payment_due_date = invoice.expected_finalization_date = today
    _issue(invoice)


def _issue(invoice: Invoice) -> None:
    invoice.status, invoice.finalized_at = "finalized", clock.now()
    assign_numbers([invoice])
    schedule_overdue(invoice)
    db.session.flush()
    announce("invoice.paid_credit_added", invoice)
    enqueue("invoicing.make_pdf", organization_id=invoice.organization_id, invoice_id=invoice.id)


def _new_invoice(purchase: WalletTransaction) -> Invoice:
    """Open, without a number, of one line; never taxed, and nothing is taken off it (04 §1.1)."""
    wallet, entity, cents = purchase.wallet, purchase.billing_entity, purchase.amount_cents
    customer = wallet.customer
    today = local_date(clock.now(), ZoneInfo(customer.applicable_timezone))
    term = setting(customer, "net_payment_term")
    invoice = Invoice(
        organization_id=wallet.organization_id, customer_id=customer.id, customer=customer,
        billing_entity_id=entity.id, billing_entity=entity, invoice_type="credit", status="open",
        number=draft_number(entity.document_number_prefix), currency=wallet.currency, created_at=clock.now(),
        purchase_order_number=purchase.purchase_order_number or wallet.purchase_order_number,
        issuing_date=today, expected_finalization_date=today, payment_due_date=today + timedelta(days=term),
        net_payment_term=term, timezone=customer.applicable_timezone, self_billed=customer.account_type == "partner",
        fees_amount_cents=cents, sub_total_excluding_taxes_amount_cents=cents,
        sub_total_including_taxes_amount_cents=cents, total_amount_cents=cents,
    )
    invoice.fees, invoice.invoice_subscriptions = [_fee(purchase)], []
    invoice.snapshot = snapshot(invoice)
    apply_sections_of_purchase(invoice, purchase)
    return invoice


def _fee(purchase: WalletTransaction) -> Fee:
    """The credits at their price, which is cut to whole cents (05 §1.9)."""
    wallet, cents = purchase.wallet, purchase.amount_cents
    subunit = rate_of(wallet).subunit
    unit_cents = int(wallet.rate_amount * subunit)
    return Fee(
        organization_id=wallet.organization_id, fee_type="credit", wallet_transaction_id=purchase.id,
        wallet_transaction=purchase, currency=wallet.currency, units=purchase.credit_amount, amount_cents=cents,
        precise_amount_cents=Decimal(cents), unit_amount_cents=unit_cents,
        precise_unit_amount=round_to(divide(Decimal(unit_cents), Decimal(subunit)), STORED_PLACES),
    )
