"""How far a new organization is on its way to the first invoice (00 §1: the first day)."""

import uuid
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, exists, select

from lago.catalog.models import BillableMetric, Plan
from lago.core.db import db
from lago.customers.models import Customer
from lago.invoicing.models import VISIBLE_STATUSES, Invoice
from lago.metering.models import Event
from lago.subscriptions.models import Subscription


@dataclass(frozen=True)
class FirstSteps:
    """Which steps were made; the oldest metric and subscription are what a first event can name."""

    metric: bool
    plan: bool
    customer: bool
    subscription: bool
    event: bool
    invoice: bool
    metric_code: str | None
    field_name: str | None
    external_subscription_id: str | None

    @property
    def done(self) -> dict[str, bool]:
        names = ("metric", "plan", "customer", "subscription", "event", "invoice")
        return {name: getattr(self, name) for name in names}

    @property
    def all_done(self) -> bool:
        return all(self.done.values())


def first_steps(organization_id: uuid.UUID) -> FirstSteps:
    """One statement that reads at most a row of each table."""

    def any_of(model: type, *wanted: bool) -> ScalarSelect[bool]:
        return select(exists().where(model.organization_id == organization_id, *wanted)).scalar_subquery()

    metric = (BillableMetric.organization_id == organization_id, BillableMetric.deleted_at.is_(None))
    subscription = (Subscription.organization_id == organization_id, Subscription.status == "active")

    def oldest(column: object, model: type, conditions: tuple[bool, ...]) -> ScalarSelect[str]:
        return select(column).where(*conditions).order_by(model.seq).limit(1).scalar_subquery()

    row = db.session.execute(
        select(
            any_of(BillableMetric, BillableMetric.deleted_at.is_(None)), any_of(Plan, Plan.deleted_at.is_(None)),
            any_of(Customer, Customer.deleted_at.is_(None)), any_of(Subscription), any_of(Event),
            any_of(Invoice, Invoice.status.in_(VISIBLE_STATUSES)), oldest(BillableMetric.code, BillableMetric, metric),
            oldest(BillableMetric.field_name, BillableMetric, metric),
            oldest(Subscription.external_id, Subscription, subscription),
        )
    ).one()
    return FirstSteps(*row)
