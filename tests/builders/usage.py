"""Subscriptions with charges, as they lie in the database, and events of theirs."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from lago.catalog.models import BillableMetric, Charge, ChargeFilter, Plan
from lago.core.db import db
from lago.core.ids import new_id
from lago.customers.models import Customer
from lago.metering.models import Event
from lago.organizations.models import BillingEntity
from lago.subscriptions.models import Subscription
from tests.builders.organizations import Account


def utc(text: str) -> datetime:
    """`2024-03-05T10:00` as an instant in UTC."""
    return datetime.fromisoformat(text + "+00:00")


def a_metric(account: Account, code: str = "calls", aggregation: str = "count_agg", **fields: Any) -> BillableMetric:
    values = {"name": code, "code": code, "aggregation_type": aggregation, **fields}
    return _added(BillableMetric(organization_id=account.organization.id, **values))


def a_plan(account: Account, *metrics: BillableMetric, properties: Any = None, **fields: Any) -> Plan:
    """A monthly plan in EUR with a standard charge on each metric: at 1.00 a unit, unless `properties` are given."""
    values = {
        "name": "pro", "code": "pro", "interval": "monthly", "amount_cents": 0, "amount_currency": "EUR",
        "pay_in_advance": False, **fields,
    }
    plan = _added(Plan(organization_id=account.organization.id, **values))
    for metric in metrics:
        a_charge(plan, metric, properties=properties or {"amount": "1"})
    db.session.refresh(plan)
    return plan


def a_charge(plan: Plan, metric: BillableMetric, model: str = "standard", **fields: Any) -> Charge:
    """A charge on the metric; its code is `<metric>_charge`."""
    values = {"code": f"{metric.code}_charge", "charge_model": model, "properties": {"amount": "1"}, **fields}
    charge = _added(
        Charge(organization_id=plan.organization_id, plan_id=plan.id, billable_metric_id=metric.id, **values)
    )
    db.session.refresh(plan)
    return charge


def a_charge_filter(charge: Charge, *, amount: str = "1", **fields: Any) -> ChargeFilter:
    """A filter of the charge at a price of its own, after those that it has."""
    values = {"position": len(charge.filters), "properties": {"amount": amount}, **fields}
    added = _added(ChargeFilter(organization_id=charge.organization_id, charge_id=charge.id, **values))
    db.session.refresh(charge)
    return added


def a_customer(account: Account, external_id: str = "acme", **fields: Any) -> Customer:
    entity = db.session.scalars(
        select(BillingEntity).where(BillingEntity.organization_id == account.organization.id)
    ).one()
    values = {"sequential_id": 1, "slug": f"X-{external_id}", "currency": "EUR", **fields}
    owner = {"organization_id": entity.organization_id, "billing_entity_id": entity.id}
    return _added(Customer(external_id=external_id, **owner, **values))


def a_subscription(customer: Customer, plan: Plan, start: str = "2024-03-01T00:00", **fields: Any) -> Subscription:
    """An active subscription with the customer's external id."""
    values = {"external_id": customer.external_id, "status": "active", "started_at": utc(start), **fields}
    return _added(
        Subscription(
            organization_id=customer.organization_id, customer_id=customer.id, plan_id=plan.id,
            subscription_at=values["started_at"], **values,
        )
    )


def subscribed(account: Account, *metrics: BillableMetric, properties: Any = None, **fields: Any) -> Subscription:
    """`acme`, subscribed since 1 March 2024 to a plan with a charge on each metric."""
    return a_subscription(a_customer(account), a_plan(account, *metrics, properties=properties), **fields)


def store_events(account: Account, *events: dict[str, Any]) -> None:
    """Events of `calls` for `acme` on 5 March 2024, in this order, but for the fields given."""
    usual = {
        "organization_id": account.organization.id, "code": "calls", "external_subscription_id": "acme",
        "timestamp": utc("2024-03-05T00:00"), "properties": {},
    }
    rows = [{**usual, "transaction_id": str(new_id()), **event} for event in events]
    if rows:
        db.session.execute(insert(Event), rows)


def _added(record: Any) -> Any:
    db.session.add(record)
    db.session.flush()
    return record
