"""Invoices as they lie in the database, without the billing that makes them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from lago.catalog.models import BillableMetric, Charge, Coupon, Plan
from lago.core.ids import new_id
from lago.coupons.models import AppliedCoupon
from lago.customers.models import Customer
from lago.invoicing.models import Fee, FeeTax, Invoice, InvoiceCredit, InvoiceSubscription, InvoiceTax
from lago.organizations.models import BillingEntity
from lago.subscriptions.models import Subscription

_START, _END = datetime(2025, 7, 1, tzinfo=UTC), datetime(2025, 7, 31, 23, 59, 59, tzinfo=UTC)
_JULY = {
    "from_datetime": _START, "to_datetime": _END, "charges_from_datetime": _START, "charges_to_datetime": _END,
}
_ENTITY = {
    "code": "nord", "name": "Northwind", "legal_name": "Northwind GmbH", "country": "DE", "zipcode": "10119",
    "city": "Berlin", "timezone": "UTC", "document_locale": "en", "eu_tax_management": False,
    "document_number_prefix": "NOR", "document_numbering": "per_customer", "email": "billing@northwind.example",
}
_CUSTOMER = {
    "external_id": "harbour", "name": "Harbour & Sons", "sequential_id": 1, "slug": "NOR-001", "country": "GB",
    "address_line1": "22 Quay Street", "city": "Bristol", "zipcode": "BS1 4QZ", "email": "ap@harbour.example",
}
_INVOICE = {
    "invoice_type": "subscription", "status": "finalized", "number": "NOR-001-042", "net_payment_term": 30,
    "issuing_date": date(2025, 8, 1), "payment_due_date": date(2025, 8, 31), "timezone": "UTC", "currency": "EUR",
    "self_billed": False, "progressive_billing_credit_amount_cents": 0, "coupons_amount_cents": 0,
    "credit_notes_amount_cents": 0, "prepaid_credit_amount_cents": 0,
}


def an_entity(**values: Any) -> BillingEntity:
    """A German seller. Its id is that of its organization."""
    entity_id = new_id()
    return BillingEntity(**{"id": entity_id, "organization_id": entity_id, **_ENTITY, **values})


def a_customer(entity: BillingEntity, **values: Any) -> Customer:
    owned = {"organization_id": entity.organization_id, "billing_entity_id": entity.id, "billing_entity": entity}
    return Customer(id=new_id(), **{**owned, **_CUSTOMER, **values})


def a_subscription(customer: Customer | None = None, name: str = "Team plan") -> Subscription:
    """Active since July 2025 on a plan of that name; without a customer given, of a new one."""
    buyer = customer or a_customer(an_entity())
    owned = {"id": new_id(), "organization_id": buyer.organization_id}
    plan = Plan(
        **owned, name=name, code=name, interval="monthly", amount_cents=9900, amount_currency="EUR",
        pay_in_advance=False,
    )
    return Subscription(
        **owned, customer=buyer, plan=plan, external_id=name, name="", status="active", subscription_at=_START
    )


def a_subscription_fee(subscription: Subscription, cents: int = 9900, **values: Any) -> Fee:
    return _fee(subscription, "subscription", cents, Decimal(1), **values)


def a_charge_fee(
    subscription: Subscription, name: str, cents: int, units: str = "1250", *, charge: Any = None, **values: Any
) -> Fee:
    """The fee of a charge on a metric of that name."""
    return _fee(subscription, "charge", cents, Decimal(units), charge=charge or a_charge(subscription, name), **values)


def a_charge(
    subscription: Subscription, name: str, model: str = "standard", *, aggregation: str = "sum_agg",
    prorated: bool = False,
) -> Charge:
    owner = subscription.organization_id
    metric = BillableMetric(
        id=new_id(), organization_id=owner, name=name, code=f"{name}-{new_id()}", aggregation_type=aggregation
    )
    return Charge(
        id=new_id(), organization_id=owner, plan_id=subscription.plan.id, billable_metric=metric, code=metric.code,
        charge_model=model, properties={}, prorated=prorated,
    )


def an_invoice(*fees: Fee, taxes_amount_cents: int = 0, **values: Any) -> Invoice:
    """An invoice of July 2025 for the subscriptions of the fees; subtotal and total are their sum, plus taxes."""
    subscriptions = {fee.subscription.id: fee.subscription for fee in fees if fee.subscription}
    customer = next(iter(subscriptions.values())).customer
    net = sum(fee.amount_cents for fee in fees)
    sums = {"fees_amount_cents": net, "sub_total_excluding_taxes_amount_cents": net}
    totals = dict.fromkeys(("sub_total_including_taxes_amount_cents", "total_amount_cents"), net + taxes_amount_cents)
    rows = {"fees": list(fees), "invoice_subscriptions": [_covered(each) for each in subscriptions.values()]}
    parties = {"customer": customer, "billing_entity": customer.billing_entity}
    owned = {"id": new_id(), "organization_id": customer.organization_id, "taxes_amount_cents": taxes_amount_cents}
    return Invoice(**{**owned, **parties, **rows, **_INVOICE, **sums, **totals, **values})


def a_fee_tax(rate: float) -> FeeTax:
    zero = Decimal(0)
    return FeeTax(tax_name="VAT", tax_code="vat", tax_rate=rate, amount_cents=0, precise_amount_cents=zero)


def an_invoice_tax(rate: float, cents: int, base: int, *, name: str = "VAT", code: str = "vat") -> InvoiceTax:
    return InvoiceTax(tax_name=name, tax_code=code, tax_rate=rate, amount_cents=cents, fees_amount_cents=base)


def a_coupon_credit(
    cents: int, name: str, *, rate: str | None = None, amount_cents: int | None = None
) -> InvoiceCredit:
    """What a coupon of that rate in percent, or of that amount, took off an invoice."""
    coupon = Coupon(name=name, code=name.lower(), coupon_type="percentage" if rate else "fixed_amount")
    applied = AppliedCoupon(
        coupon=coupon, percentage_rate=Decimal(rate) if rate else None, amount_cents=amount_cents, amount_currency="EUR"
    )
    return InvoiceCredit(applied_coupon=applied, amount_cents=cents, before_taxes=True)


def stored(invoice: Invoice, session: Any, organization_id: Any) -> Any:
    """Puts an invoice and all that it hangs on into the database, as the organization's; gives its id."""
    session.add(invoice)
    for record in session.new:
        record.organization_id = organization_id
    session.flush()
    return invoice.id


def _covered(subscription: Subscription) -> InvoiceSubscription:
    owned = {"organization_id": subscription.organization_id, "subscription_id": subscription.id}
    return InvoiceSubscription(
        **owned, **_JULY, subscription=subscription, timestamp=datetime(2025, 8, 1, tzinfo=UTC), recurring=True,
        invoicing_reason="subscription_periodic",
    )


def _fee(subscription: Subscription, fee_type: str, cents: int, units: Decimal, **values: Any) -> Fee:
    owned = {"organization_id": subscription.organization_id, "subscription_id": subscription.id}
    empty = {"amount_details": {}, "properties": {}, "grouped_by": {}, "applied_taxes": []}
    amounts = {
        "currency": "EUR", "units": units, "amount_cents": cents, "precise_amount_cents": Decimal(cents),
        "unit_amount_cents": 0, "precise_unit_amount": Decimal(cents) / 100 / (units or 1),
    }
    return Fee(**{**owned, "subscription": subscription, "fee_type": fee_type, **empty, **amounts, **values})
