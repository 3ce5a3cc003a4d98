"""Invoices as they lie in the database, without the billing that makes them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from lago.catalog.models import BillableMetric, Charge, Plan
from lago.core.ids import new_id
from lago.customers.models import Customer
from lago.invoicing.models import Fee, FeeTax, Invoice, InvoiceSubscription, InvoiceTax
from lago.organizations.models import BillingEntity
from lago.subscriptions.models import Subscription

_JULY = {
    "from_datetime": datetime(2025, 7, 1, tzinfo=UTC),
    "to_datetime": datetime(2025, 7, 31, 23, 59, 59, tzinfo=UTC),
}
_CHARGES_OF_JULY = {f"charges_{name}": moment for name, moment in _JULY.items()}


def an_entity(**values: Any) -> BillingEntity:
    """A German seller. Its id is that of its organization."""
    entity_id = new_id()
    named = {"code": "nord", "name": "Northwind", "document_number_prefix": "NOR", "document_numbering": "per_customer"}
    defaults = {
        "legal_name": "Northwind GmbH",
        "country": "DE",
        "zipcode": "10119",
        "city": "Berlin",
        "timezone": "UTC",
        "document_locale": "en",
        "eu_tax_management": False,
        "email": "billing@northwind.example",
    }
    return BillingEntity(**{"id": entity_id, "organization_id": entity_id, **named, **defaults, **values})


def a_customer(entity: BillingEntity, **values: Any) -> Customer:
    defaults = {
        "external_id": "harbour",
        "name": "Harbour & Sons",
        "sequential_id": 1,
        "slug": "NOR-001",
        "country": "GB",
        "address_line1": "22 Quay Street",
        "city": "Bristol",
        "zipcode": "BS1 4QZ",
        "email": "ap@harbour.example",
    }
    owned = {"organization_id": entity.organization_id, "billing_entity_id": entity.id, "billing_entity": entity}
    return Customer(id=new_id(), **{**owned, **defaults, **values})


def a_subscription(customer: Customer, name: str = "Team plan") -> Subscription:
    owner = customer.organization_id
    plan = Plan(
        id=new_id(),
        organization_id=owner,
        name=name,
        code=name,
        interval="monthly",
        amount_cents=9900,
        amount_currency="EUR",
        pay_in_advance=False,
    )
    return Subscription(
        id=new_id(),
        organization_id=owner,
        customer=customer,
        plan=plan,
        external_id=name,
        name="",
        status="active",
        subscription_at=_JULY["from_datetime"],
    )


def a_subscription_fee(subscription: Subscription, cents: int = 9900, **values: Any) -> Fee:
    return _fee(subscription, "subscription", cents, Decimal(1), **values)


def a_charge_fee(
    subscription: Subscription,
    name: str,
    cents: int,
    units: str = "1250",
    model: str = "standard",
    details: dict[str, Any] | None = None,
    **values: Any,
) -> Fee:
    """The fee of a charge with a metric of that name."""
    owner = subscription.organization_id
    metric = BillableMetric(
        id=new_id(),
        organization_id=owner,
        name=name,
        code=f"{name}-{new_id()}",
        aggregation_type=values.pop("aggregation_type", "sum_agg"),
    )
    charge = Charge(
        id=new_id(),
        organization_id=owner,
        plan_id=subscription.plan.id,
        billable_metric=metric,
        code=metric.code,
        charge_model=model,
        properties={},
        prorated=values.pop("prorated", False),
    )
    return _fee(subscription, "charge", cents, Decimal(units), charge=charge, amount_details=details or {}, **values)


def an_invoice(customer: Customer, *fees: Fee, **values: Any) -> Invoice:
    """An invoice of July 2025 over the fees, whose subtotal is their sum and whose total adds `taxes_amount_cents`."""
    net, tax = sum(fee.amount_cents for fee in fees), values.get("taxes_amount_cents", 0)
    amounts = {
        "fees_amount_cents": net,
        "sub_total_excluding_taxes_amount_cents": net,
        "sub_total_including_taxes_amount_cents": net + tax,
        "total_amount_cents": net + tax,
        "progressive_billing_credit_amount_cents": 0,
        "coupons_amount_cents": 0,
        "credit_notes_amount_cents": 0,
        "prepaid_credit_amount_cents": 0,
    }
    terms = {
        "invoice_type": "subscription",
        "status": "finalized",
        "number": "NOR-001-042",
        "net_payment_term": 30,
        "issuing_date": date(2025, 8, 1),
        "payment_due_date": date(2025, 8, 31),
        "timezone": "UTC",
        "currency": "EUR",
        "self_billed": False,
    }
    subscriptions = {fee.subscription.id: fee.subscription for fee in fees if fee.subscription}
    return Invoice(
        **{
            "id": new_id(),
            "organization_id": customer.organization_id,
            "customer": customer,
            "billing_entity": customer.billing_entity,
            "fees": list(fees),
            "invoice_subscriptions": [_covered(each) for each in subscriptions.values()],
            **terms,
            **amounts,
            **values,
        }
    )


def a_fee_tax(customer: Customer, rate: float) -> FeeTax:
    return FeeTax(
        organization_id=customer.organization_id,
        tax_name="VAT",
        tax_code="vat",
        tax_rate=rate,
        amount_cents=0,
        precise_amount_cents=Decimal(0),
    )


def an_invoice_tax(customer: Customer, rate: float, cents: int, base: int, **values: Any) -> InvoiceTax:
    named = {"tax_name": "VAT", "tax_code": "vat", **values}
    return InvoiceTax(
        organization_id=customer.organization_id, tax_rate=rate, amount_cents=cents, fees_amount_cents=base, **named
    )


def _covered(subscription: Subscription) -> InvoiceSubscription:
    return InvoiceSubscription(
        organization_id=subscription.organization_id,
        subscription=subscription,
        subscription_id=subscription.id,
        timestamp=datetime(2025, 8, 1, tzinfo=UTC),
        recurring=True,
        invoicing_reason="subscription_periodic",
        **_JULY,
        **_CHARGES_OF_JULY,
    )


def _fee(subscription: Subscription, fee_type: str, cents: int, units: Decimal, **values: Any) -> Fee:
    defaults = {"amount_details": {}, "properties": {}, "grouped_by": {}, "applied_taxes": []}
    return Fee(
        **{
            "organization_id": subscription.organization_id,
            "subscription": subscription,
            "subscription_id": subscription.id,
            "fee_type": fee_type,
            "currency": "EUR",
            "units": units,
            "amount_cents": cents,
            "precise_amount_cents": Decimal(cents),
            "unit_amount_cents": 0,
            "precise_unit_amount": Decimal(cents) / 100 / (units or 1),
            **defaults,
            **values,
        }
    )
