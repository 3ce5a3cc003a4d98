"""`/invoices` and `/customers/:external_id/invoices`."""

import uuid
from typing import Any

from flask import request

from lago.api.kit import argument, body, current_organization, found, payload
from lago.api.routes import endpoint
from lago.core.ids import as_uuid
from lago.core.outbox import enqueue
from lago.core.pagination import paginate
from lago.customers.queries import customer_by_external_id
from lago.invoicing.create_one_off import create_one_off
from lago.invoicing.delete_draft import delete_draft
from lago.invoicing.einvoicing.build import is_electronic
from lago.invoicing.finalize_draft import finalize_draft
from lago.invoicing.letters.resend_invoice import resend_invoice
from lago.invoicing.lose_dispute import lose_dispute
from lago.invoicing.models import Invoice
from lago.invoicing.preview.preview import preview_invoice
from lago.invoicing.queries import list_invoices, visible_invoice, with_pdf
from lago.invoicing.refresh import refresh
from lago.invoicing.retry import retry
from lago.invoicing.schemas import IN_FULL, IN_LIST, InvoiceSchema
from lago.invoicing.update_invoice import update_invoice
from lago.invoicing.void import void
from lago.payments.payment_url import payment_url
from lago.payments.retry_payment import retry_payment


@endpoint("GET", "/invoices", permission="invoice")
def list_all_invoices() -> dict[str, Any]:
    return _listed(argument("external_customer_id") or argument("customer_external_id"))


@endpoint("POST", "/invoices", permission="invoice")
def create_invoice() -> dict[str, Any]:
    return _in_full(create_one_off(current_organization(), body("invoice")))


@endpoint("POST", "/invoices/preview", permission="invoice")
def show_preview() -> dict[str, Any]:
    return {"invoice": preview_invoice(current_organization(), payload())}


@endpoint("GET", "/customers/<segment:external_id>/invoices", permission="invoice")
def list_customer_invoices(external_id: str) -> dict[str, Any]:
    found(customer_by_external_id(current_organization().id, external_id), "customer")
    return _listed(external_id)


@endpoint("GET", "/invoices/<segment:lago_id>", permission="invoice")
def show_invoice(lago_id: str) -> dict[str, Any]:
    return _in_full(_found(lago_id))


@endpoint("PUT PATCH", "/invoices/<segment:lago_id>", permission="invoice")
def change_invoice(lago_id: str) -> dict[str, Any]:
    invoice = _found(lago_id)
    update_invoice(invoice, current_organization(), body("invoice"))
    return _in_full(invoice)


@endpoint("DELETE", "/invoices/<segment:lago_id>", permission="invoice")
def remove_draft(lago_id: str) -> dict[str, Any]:
    invoice = _found(lago_id)
    delete_draft(invoice, current_organization())
    return _in_full(invoice)


@endpoint("PUT", "/invoices/<segment:lago_id>/refresh", permission="invoice")
def refresh_invoice(lago_id: str) -> dict[str, Any]:
    invoice = _found(lago_id)
    refresh(invoice)
    return _in_full(invoice)


@endpoint("PUT", "/invoices/<segment:lago_id>/finalize", permission="invoice")
def finalize_invoice(lago_id: str) -> dict[str, Any]:
    invoice = _found(lago_id)
    finalize_draft(invoice)
    return _in_full(invoice)


@endpoint("POST", "/invoices/<segment:lago_id>/void", permission="invoice")
def void_invoice(lago_id: str) -> dict[str, Any]:
    invoice = _found(lago_id)
    void(invoice, current_organization(), payload())
    return _in_full(invoice)


@endpoint("POST PUT", "/invoices/<segment:lago_id>/lose_dispute", permission="invoice")
def lose_dispute_of_invoice(lago_id: str) -> dict[str, Any]:
    """PUT too: the official Python client sends it (04 §20-16)."""
    invoice = _found(lago_id)
    lose_dispute(invoice, current_organization())
    return _in_full(invoice)


@endpoint("POST", "/invoices/<segment:lago_id>/retry", permission="invoice")
def retry_invoice(lago_id: str) -> dict[str, Any]:
    invoice = _found(lago_id)
    retry(invoice, current_organization())
    return _in_full(invoice)


@endpoint("POST", "/invoices/<segment:lago_id>/retry_payment", permission="invoice")
def retry_payment_of_invoice(lago_id: str) -> None:
    retry_payment(_found(lago_id), payload())


@endpoint("POST", "/invoices/<segment:lago_id>/payment_url", permission="invoice")
def show_payment_url(lago_id: str) -> dict[str, Any]:
    invoice = _found(lago_id)
    url = payment_url(invoice)
    return {"invoice_payment_details": {
        "lago_customer_id": str(invoice.customer_id), "external_customer_id": invoice.customer.external_id,
        "payment_provider": invoice.customer.payment_provider, "lago_invoice_id": str(invoice.id), "payment_url": url,
    }}


@endpoint("POST", "/invoices/<segment:lago_id>/download", permission="invoice")
def download_invoice(lago_id: str) -> dict[str, Any] | None:
    return _download(lago_id)


@endpoint("POST", "/invoices/<segment:lago_id>/download_pdf", permission="invoice")
def download_invoice_pdf(lago_id: str) -> dict[str, Any] | None:
    return _download(lago_id)


@endpoint("POST", "/invoices/<segment:lago_id>/download_xml", permission="invoice")
def download_invoice_xml(lago_id: str) -> dict[str, Any] | None:
    """The invoice with its link if its electronic form is there; else nothing yet, and it is made if there is
    to be one."""
    invoice = _finalized(lago_id)
    if invoice.has_xml:
        return {"invoice": InvoiceSchema(with_pdf=with_pdf([invoice.id])).dump(invoice)}
    if is_electronic(invoice):
        enqueue("invoicing.make_pdf", organization_id=invoice.organization_id, invoice_id=invoice.id)
    return None


@endpoint("POST", "/invoices/<segment:lago_id>/resend_email", permission="invoice")
def resend_email_of_invoice(lago_id: str) -> None:
    resend_invoice(_found(lago_id), payload())


def _download(lago_id: str) -> dict[str, Any] | None:
    """The invoice with its link if the PDF is there; else nothing yet, and it is made."""
    invoice = _finalized(lago_id)
    made = with_pdf([invoice.id])
    if made:
        return {"invoice": InvoiceSchema(with_pdf=made).dump(invoice)}
    enqueue("invoicing.make_pdf", organization_id=invoice.organization_id, invoice_id=invoice.id)
    return None


def _in_full(invoice: Invoice) -> dict[str, Any]:
    return {"invoice": InvoiceSchema(*IN_FULL, with_pdf=with_pdf([invoice.id])).dump(invoice)}


def _listed(external_customer_id: str | None) -> dict[str, Any]:
    organization_id: uuid.UUID = current_organization().id
    query = list_invoices(organization_id, external_customer_id, request.args)
    page = paginate(query, argument("page"), argument("per_page"))
    schema = InvoiceSchema(*IN_LIST, with_pdf=with_pdf([invoice.id for invoice in page.items]))
    return {"invoices": schema.dump(page.items, many=True), "meta": page.meta}


def _found(lago_id: str) -> Invoice:
    return found(visible_invoice(current_organization().id, as_uuid(lago_id)), "invoice")


def _finalized(lago_id: str) -> Invoice:
    invoice = _found(lago_id)
    return found(invoice if invoice.status == "finalized" else None, "invoice")
