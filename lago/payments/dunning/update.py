"""Changing a dunning campaign (05 §2.6)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from lago.core.db import db, lock, unique
from lago.customers.models import Customer
from lago.invoicing.models import Invoice
from lago.payments.dunning.clear import clear
from lago.payments.dunning.create import CODE
from lago.payments.dunning.inputs import DunningCampaignInput
from lago.payments.dunning.look import dunned_customers, look_where
from lago.payments.models import DunningCampaign, DunningThreshold


def update_campaign(campaign: DunningCampaign, data: Mapping[str, Any]) -> None:
    """Changes what is named. With other thresholds, customers who reach none of them begin anew; all are looked at
    again, for there may be something to ask for now. Raises Invalid."""
    values = DunningCampaignInput().read(data, partial=True)
    lock(f"dunning campaign {campaign.id}")
    db.session.refresh(campaign)
    thresholds = values.pop("thresholds", None)
    with unique(CODE, "code"):
        for name, value in values.items():
            setattr(campaign, name, value)
        if thresholds is not None:
            _replace(campaign, thresholds)
    if thresholds is not None:
        clear(dunned_customers(DunningCampaign.id == campaign.id, ~_reaches_any()))
    look_where(DunningCampaign.id == campaign.id)


def _replace(campaign: DunningCampaign, wanted: Mapping[str, int]) -> None:
    """The thresholds by currency: those that stay are changed in place, as their currency may be there once only."""
    there = {row.currency: row for row in campaign.thresholds}
    for currency, cents in wanted.items():
        if currency in there:
            there[currency].amount_cents = cents
    new = {currency: cents for currency, cents in wanted.items() if currency not in there}
    campaign.thresholds = [
        *(row for row in campaign.thresholds if row.currency in wanted),
        *(DunningThreshold(organization_id=campaign.organization_id, currency=one, amount_cents=new[one])
          for one in new),
    ]


def _reaches_any() -> ColumnElement[bool]:
    """Whether what the customer of a query has overdue reaches a threshold of its campaign in any currency."""
    balance = select(func.sum(Invoice.total_amount_cents)).where(
        Invoice.customer_id == Customer.id, Invoice.payment_overdue, Invoice.self_billed.is_(False),
        Invoice.currency == DunningThreshold.currency,
    ).correlate(Customer, DunningThreshold).scalar_subquery()
    reached = DunningThreshold.amount_cents <= balance
    return exists().where(DunningThreshold.dunning_campaign_id == DunningCampaign.id, reached)
