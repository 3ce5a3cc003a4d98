"""When a customer is to be looked at for dunning: as soon as the rules allow an attempt (05 §2.6, 06 §7)."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Integer, Interval, Select, cast, exists, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from lago.core import clock
from lago.core.db import db
from lago.customers.models import Customer
from lago.invoicing.models import Invoice
from lago.organizations.models import BillingEntity
from lago.payments.models import CustomerDunning, DunningCampaign

LEAST = timedelta(microseconds=1)
"""The next attempt comes later than the days between attempts, not when they are over: by as little as is stored."""

PARTNER = "partner"

applied_campaign_id = func.coalesce(Customer.applied_dunning_campaign_id, BillingEntity.applied_dunning_campaign_id)
"""The campaign of a customer: its own, else that of its billing entity. Of a query that joins both."""


def applied_campaign_of(customer: Customer) -> uuid.UUID | None:
    """The id of the same, of a record."""
    return customer.applied_dunning_campaign_id or customer.billing_entity.applied_dunning_campaign_id


def look_again(customer_ids: Sequence[uuid.UUID]) -> None:
    """To be called when there may be more to ask these customers for than before: an invoice has become overdue,
    attempts were reset, or another billing entity bills them."""
    look_where(Customer.id.in_(customer_ids))


def look_where(*which: ColumnElement[bool]) -> None:
    """The same for all customers that the conditions name, in one statement.

    Those without a campaign or without anything overdue are left alone, and so are those who are not dunned. They are
    looked at now, or at the first moment after the days between attempts. Asking twice is asking once.
    """
    columns = ["id", "organization_id", "customer_id", "attempts", "due_at", "created_at", "updated_at"]
    added = insert(CustomerDunning).from_select(columns, _late_customers(*which), include_defaults=False)
    moments = {"due_at": added.excluded.due_at, "updated_at": added.excluded.updated_at}
    db.session.execute(added.on_conflict_do_update(index_elements=["customer_id"], set_=moments))


def dunned_customers(*which: ColumnElement[bool]) -> Select[uuid.UUID]:
    """The ids of the customers that a campaign applies to; a condition may name the campaign and the entity."""
    query = select(Customer.id).join(BillingEntity, Customer.billing_entity_id == BillingEntity.id)
    query = query.join(DunningCampaign, DunningCampaign.id == applied_campaign_id)
    return query.where(
        Customer.deleted_at.is_(None), Customer.exclude_from_dunning_campaign.is_(False),
        Customer.account_type != PARTNER, DunningCampaign.deleted_at.is_(None), *which,
    )


def is_late() -> ColumnElement[bool]:
    """Whether the customer of a query has an overdue invoice that counts."""
    return exists().where(
        Invoice.customer_id == Customer.id, Invoice.payment_overdue, Invoice.self_billed.is_(False)
    )


def _late_customers(*which: ColumnElement[bool]) -> Select[uuid.UUID]:
    """Rows of the table, in one order, so that no two transactions wait for each other."""
    now = literal(clock.now())
    hours = cast(DunningCampaign.days_between_attempts * 24, Integer)  # days of 24 hours, whatever clocks do
    waited = CustomerDunning.last_attempt_at + func.make_interval(0, 0, 0, 0, hours) + literal(LEAST, Interval)
    query = dunned_customers(is_late(), *which)
    query = query.outerjoin(CustomerDunning, CustomerDunning.customer_id == Customer.id)
    return query.with_only_columns(
        func.gen_random_uuid(), Customer.organization_id, Customer.id, literal({}, CustomerDunning.attempts.type),
        func.greatest(now, waited), now, now,
    ).order_by(Customer.id)
