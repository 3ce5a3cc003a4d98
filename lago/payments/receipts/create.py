"""A receipt for money that has arrived (05 §2.7)."""


from sqlalchemy import func, select

from lago.core.db import db, lock
from lago.core.outbox import announce, enqueue
from lago.customers.models import Customer
from lago.payments.models import Payment, PaymentReceipt


def create_receipt(payment: Payment) -> PaymentReceipt | None:
    """The receipt of a payment that has succeeded, with the next number of its customer; its PDF follows.

    The one there is, if it has one already; None for a partner account, whose invoices are its own, and for a payment
    that has not succeeded.
    """
    if payment.payment_status != "succeeded" or payment.customer.account_type == "partner":
        return None
    db.session.flush()
    lock(f"receipt numbers {payment.customer_id}")
    if (there := receipt_of(payment)) is not None:
        return there
    receipt = _numbered(payment)
    db.session.add(receipt)
    db.session.flush()
    announce("payment_receipt.created", receipt)
    enqueue("payments.make_receipt_pdf", organization_id=receipt.organization_id, receipt_id=receipt.id)
    return receipt


def receipt_of(payment: Payment) -> PaymentReceipt | None:
    return db.session.scalar(select(PaymentReceipt).where(PaymentReceipt.payment_id == payment.id))


def _numbered(payment: Payment) -> PaymentReceipt:
    """Without gap: the lock is held to the commit, so a number that was rolled back is given again."""
    highest = select(func.max(PaymentReceipt.sequential_id)).where(PaymentReceipt.customer_id == payment.customer_id)
    rank = (db.session.scalar(highest) or 0) + 1
    return PaymentReceipt(
        organization_id=payment.organization_id, customer_id=payment.customer_id, payment=payment,
        sequential_id=rank, number=_number(payment.customer, rank),
    )


def _number(customer: Customer, rank: int) -> str:
    """`ACM-9F0C-001-RCPT-000001`."""
    return f"{customer.slug}-RCPT-{rank:06}"
