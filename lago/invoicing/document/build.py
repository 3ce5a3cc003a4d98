"""From a stored invoice to its document."""

from datetime import date

from lago.customers.models import Customer
from lago.invoicing.document.addresses import address_lines
from lago.invoicing.document.lines import chapters_of, summary_of
from lago.invoicing.document.totals import total_rows_of
from lago.invoicing.document.values import Cents, InvoiceDocument, Notice, Party, Phrase, Title
from lago.invoicing.models import Invoice
from lago.organizations.models import BillingEntity

_TAX_INVOICE_COUNTRIES = {"AU", "AE", "NZ", "ID", "SG"}
_TITLES = {
    "credit": (Title.ADVANCE_INVOICE, Title.ADVANCE_INVOICE),
    "advance_charges": (Title.PAID_INVOICE, Title.PAID_TAX_INVOICE),
}


def document_of(invoice: Invoice) -> InvoiceDocument:
    """What is printed of an issued invoice, read in a number of queries that does not grow with its fees."""
    locale = invoice.customer.document_locale or invoice.customer.billing_entity.document_locale
    seller, buyer = _parties(invoice, locale)
    return InvoiceDocument(
        title=_title(invoice),
        number=invoice.number,
        issuing_date=_issued_on(invoice),
        currency=invoice.currency,
        locale=locale,
        seller=seller,
        buyer=buyer,
        total=Cents(invoice.total_amount_cents),
        chapters=chapters_of(invoice),
        totals=total_rows_of(invoice),
        summary=summary_of(invoice),
        due_date=None if invoice.invoice_type == "advance_charges" else invoice.payment_due_date,
        payment_term_days=invoice.net_payment_term,
        purchase_order_number=invoice.purchase_order_number,
        metadata=_displayed_metadata(invoice.customer),
        logo=None if invoice.self_billed else invoice.billing_entity.logo,
        notices=_eu_mentions(invoice),
        footer=None if invoice.self_billed else invoice.billing_entity.invoice_footer,
    )


def _issued_on(invoice: Invoice) -> date:
    if invoice.issuing_date is None:
        raise ValueError(f"invoice {invoice.id} is not issued")
    return invoice.issuing_date


def _parties(invoice: Invoice, locale: str) -> tuple[Party, Party]:
    """Seller and buyer; the customer is the seller of a self-billed invoice."""
    entity, customer = _entity_party(invoice.billing_entity, locale), _customer_party(invoice.customer, locale)
    return (customer, entity) if invoice.self_billed else (entity, customer)


def _displayed_metadata(customer: Customer) -> tuple[tuple[str, str], ...]:
    return tuple((row.key, row.value) for row in customer.metadata_rows if row.display_in_invoice)


def _title(invoice: Invoice) -> Title:
    if invoice.self_billed:
        return Title.SELF_BILLED_INVOICE
    plain, with_tax = _TITLES.get(invoice.invoice_type, (Title.INVOICE, Title.TAX_INVOICE))
    return with_tax if invoice.billing_entity.country in _TAX_INVOICE_COUNTRIES else plain


def _entity_party(entity: BillingEntity, locale: str) -> Party:
    return Party(
        name=entity.legal_name or entity.name,
        legal_number=entity.legal_number,
        address=address_lines(entity, locale),
        emails=_emails(entity.email),
        tax_number=entity.tax_identification_number,
    )


def _customer_party(customer: Customer, locale: str) -> Party:
    return Party(
        name=customer.legal_name or customer.display_name,
        legal_number=customer.legal_number,
        address=address_lines(customer, locale),
        emails=_emails(customer.email),
        tax_number=customer.tax_identification_number,
    )


def _emails(addresses: str | None) -> tuple[str, ...]:
    """Addresses that are stored with commas between them."""
    return tuple(address.strip() for address in (addresses or "").split(",") if address.strip())


def _eu_mentions(invoice: Invoice) -> tuple[Notice, ...]:
    """What the law asks for where a tax of the EU's automatic detection makes the invoice free of tax (04 §17)."""
    if not invoice.billing_entity.eu_tax_management:
        return ()
    exempt = "tax_exempt_france" if invoice.billing_entity.country == "FR" else "tax_exempt"
    mentions = {"lago_eu_reverse_charge": "reverse_charge", "lago_eu_tax_exempt": exempt}
    codes = {tax.tax_code for tax in invoice.applied_taxes}
    return tuple(Notice(Phrase(key)) for code, key in mentions.items() if code in codes)
