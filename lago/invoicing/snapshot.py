"""What a finalized invoice was made of, kept with it for ever (design §6)."""

from typing import Any

from lago.catalog.models import Plan
from lago.customers.models import Customer
from lago.invoicing.models import Invoice
from lago.organizations.models import BillingEntity

ENGINE_VERSION = 1

_ADDRESS = (
    "name", "legal_name", "legal_number", "tax_identification_number", "email",
    "address_line1", "address_line2", "city", "state", "zipcode", "country",
)


def snapshot(invoice: Invoice) -> dict[str, Any]:
    """Names and addresses of both sides, the plans with their prices, and the version of the arithmetic."""
    plans = {str(line.subscription.plan_id): line.subscription.plan for line in invoice.invoice_subscriptions}
    return {
        "engine": ENGINE_VERSION,
        "billing_entity": _of_entity(invoice.billing_entity),
        "customer": _of_customer(invoice.customer),
        "plans": {key: _of_plan(plan) for key, plan in plans.items()},
    }


def _of_entity(entity: BillingEntity) -> dict[str, Any]:
    return {**{name: getattr(entity, name) for name in _ADDRESS}, "invoice_footer": entity.invoice_footer}


def _of_customer(customer: Customer) -> dict[str, Any]:
    shown = [{"key": row.key, "value": row.value} for row in customer.metadata_rows if row.display_in_invoice]
    return {
        **{name: getattr(customer, name) for name in _ADDRESS},
        "display_name": customer.display_name,
        "external_id": customer.external_id,
        "locale": customer.document_locale or customer.billing_entity.document_locale,
        "metadata": shown,
    }


def _of_plan(plan: Plan) -> dict[str, Any]:
    names = ("code", "name", "invoice_display_name", "interval", "pay_in_advance", "amount_cents", "amount_currency")
    return {name: getattr(plan, name) for name in names}
