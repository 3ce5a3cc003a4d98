"""What is printed on a receipt, decided but not yet formatted (05 §2.7)."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from lago.invoicing.document.build import parties_of
from lago.invoicing.document.values import Cents, Party
from lago.invoicing.models import Invoice
from lago.payments.models import PaymentReceipt
from lago.payments.schemas import invoices_of


@dataclass(frozen=True)
class PaidInvoice:
    """An invoice that was paid, with what it asked for and what is still due of it."""

    number: str
    issuing_date: date | None
    total: Cents
    due: Cents


@dataclass(frozen=True)
class ReceiptDocument:
    """A receipt; dates are those of the customer's time zone. `reference`: of a payment that came by hand."""

    number: str
    paid_on: date
    currency: str
    locale: str
    seller: Party
    buyer: Party
    amount: Cents
    invoices: tuple[PaidInvoice, ...]
    reference: str | None = None
    provider: str | None = None
    logo: bytes | None = None
    footer: str | None = None


def document_of(receipt: PaymentReceipt) -> ReceiptDocument:
    """What is printed, with the names and addresses that the first of the paid invoices was made with."""
    payment = receipt.payment
    invoices = invoices_of(payment)
    seller, buyer, locale = parties_of(invoices[0])
    entity = invoices[0].billing_entity
    return ReceiptDocument(
        number=receipt.number,
        paid_on=payment.created_at.astimezone(ZoneInfo(payment.customer.applicable_timezone)).date(),
        currency=payment.amount_currency,
        locale=locale,
        seller=seller,
        buyer=buyer,
        amount=Cents(payment.amount_cents),
        invoices=tuple(map(_paid, invoices)),
        reference=payment.reference,
        provider=payment.provider,
        logo=entity.logo,
        footer=entity.invoice_footer,
    )


def _paid(invoice: Invoice) -> PaidInvoice:
    total, due = Cents(invoice.total_amount_cents), Cents(invoice.total_due_amount_cents)
    return PaidInvoice(invoice.number, invoice.issuing_date, total, due)
