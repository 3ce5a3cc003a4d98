"""Reads of dunning campaigns."""

import uuid
from collections.abc import Collection, Mapping

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager

from lago.core.db import db
from lago.customers.browse import customer_matches
from lago.customers.models import Customer
from lago.payments.dunning.look import dunned_customers
from lago.payments.models import CustomerDunning, DunningCampaign, PaymentRequest


def campaigns(organization_id: uuid.UUID, search: str | None = None) -> Select[DunningCampaign]:
    """The campaigns, newest first; `search`: a part of name or code."""
    query = select(DunningCampaign).where(
        DunningCampaign.organization_id == organization_id, DunningCampaign.deleted_at.is_(None)
    )
    if search:
        name, code = (one.icontains(search, autoescape=True) for one in (DunningCampaign.name, DunningCampaign.code))
        query = query.where(or_(name, code))
    return query.order_by(DunningCampaign.created_at.desc(), DunningCampaign.seq.desc())


def campaign_by_id(organization_id: uuid.UUID, campaign_id: uuid.UUID | None) -> DunningCampaign | None:
    return db.session.scalar(campaigns(organization_id).where(DunningCampaign.id == campaign_id))


def customer_counts(campaign_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    """To how many customers each of the campaigns applies, by themselves or by their billing entities."""
    query = dunned_customers(DunningCampaign.id.in_(campaign_ids)).group_by(DunningCampaign.id)
    rows = db.session.execute(query.with_only_columns(DunningCampaign.id, func.count())).all()
    return {campaign_id: count for campaign_id, count in rows}


def customers_of(campaign: DunningCampaign, search: str | None = None) -> Select[Customer]:
    """The customers that the campaign applies to, those that were asked last first."""
    applied = dunned_customers(DunningCampaign.id == campaign.id)
    query = select(Customer).where(Customer.id.in_(applied), Customer.organization_id == campaign.organization_id)
    query = query.outerjoin(CustomerDunning, CustomerDunning.customer_id == Customer.id)
    query = query.where(customer_matches(search)) if search else query
    return query.order_by(CustomerDunning.last_attempt_at.desc().nulls_last(), Customer.seq.desc())


def states_of(customer_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, CustomerDunning]:
    """Where the dunning of these customers stands."""
    query = select(CustomerDunning).where(CustomerDunning.customer_id.in_(customer_ids))
    return {row.customer_id: row for row in db.session.scalars(query)}


def requests_of(campaign: DunningCampaign) -> Select[PaymentRequest]:
    """The attempts: what the campaign has asked for, newest first."""
    query = select(PaymentRequest).join(PaymentRequest.customer).options(contains_eager(PaymentRequest.customer))
    query = query.where(PaymentRequest.dunning_campaign_id == campaign.id)
    return query.order_by(PaymentRequest.created_at.desc(), PaymentRequest.seq.desc())
