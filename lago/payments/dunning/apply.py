"""Which campaign applies to whom (05 §2.6). Everything that changes it begins anew with those whom it concerns."""

from sqlalchemy import select

from lago.core.db import db, lock
from lago.customers.models import Customer
from lago.organizations.models import BillingEntity
from lago.payments.dunning.clear import clear
from lago.payments.dunning.look import look_again, look_where
from lago.payments.models import DunningCampaign


def apply_to_entity(entity: BillingEntity, campaign: DunningCampaign | None) -> None:
    """Makes it the campaign of the customers of the billing entity that have none of their own; None: no campaign."""
    lock(f"dunning of {entity.id}")
    db.session.refresh(entity, ["applied_dunning_campaign_id"])
    if entity.applied_dunning_campaign_id == (campaign and campaign.id):
        return
    entity.applied_dunning_campaign_id = campaign and campaign.id
    db.session.flush()
    own = Customer.applied_dunning_campaign_id
    clear(select(Customer.id).where(Customer.billing_entity_id == entity.id, own.is_(None)))
    look_where(Customer.billing_entity_id == entity.id, own.is_(None))


def apply_to_customer(customer: Customer, campaign: DunningCampaign | None, *, excluded: bool = False) -> None:
    """Makes it the customer's own campaign; None: that of its billing entity applies. `excluded`: none does, whatever
    is chosen."""
    lock(customer.id)
    db.session.refresh(customer, ["applied_dunning_campaign_id", "exclude_from_dunning_campaign"])
    wanted = (campaign and campaign.id, excluded)
    if wanted == (customer.applied_dunning_campaign_id, customer.exclude_from_dunning_campaign):
        return
    customer.applied_dunning_campaign_id, customer.exclude_from_dunning_campaign = wanted
    db.session.flush()
    clear(select(Customer.id).where(Customer.id == customer.id))
    look_again([customer.id])
