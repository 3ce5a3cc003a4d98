"""Receipts of payments: the list, and one mailed once more (05 §2.7)."""

import uuid
from typing import Any

from flask import url_for

from lago.admin.pages import current_organization, found, page, paged, show, text
from lago.admin.payments import own_payment
from lago.admin.resend_letters import mailed
from lago.payments.browse import browse_receipts, invoices_met, receipts_by_payment
from lago.payments.receipts.file import receipts_with_pdf
from lago.payments.receipts.resend import resend_receipt


@page("GET", "/payments/receipts", needs="payments:view")
def payment_receipts() -> str:
    search = text("search")
    listed = paged(browse_receipts(current_organization().id, search))
    return show(
        "payment_receipts/list.html", "payment_receipts/_list.html", page=listed, receipts=listed.items,
        with_pdf=receipts_with_pdf([one.id for one in listed.items]),
        met=invoices_met([one.payment for one in listed.items]), search=search,
    )


@page("GET POST", "/payments/<uuid:payment_id>/receipt/resend_email", needs="payments:create")
def mail_receipt(payment_id: uuid.UUID) -> Any:
    payment = own_payment(payment_id)
    receipt = found(receipts_by_payment([payment]).get(payment.id), "payment_receipt")
    back = url_for("admin.payment", payment_id=payment_id)
    return mailed(receipt.number, payment.customer, back, lambda body: resend_receipt(receipt, body))
