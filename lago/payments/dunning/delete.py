"""The end of a dunning campaign (05 §2.6)."""

from sqlalchemy import update

from lago.core import clock
from lago.core.db import db, lock
from lago.customers.models import Customer
from lago.organizations.models import BillingEntity
from lago.payments.dunning.clear import clear
from lago.payments.dunning.look import dunned_customers, look_where
from lago.payments.models import DunningCampaign


def delete_campaign(campaign: DunningCampaign) -> None:
    """Detaches it everywhere. Whom it applied to begins anew, by the campaign of its billing entity if it was its own;
    payment requests that it has made keep its name."""
    lock(f"dunning campaign {campaign.id}")
    clear(dunned_customers(DunningCampaign.id == campaign.id))
    own = (Customer.organization_id == campaign.organization_id, Customer.applied_dunning_campaign_id == campaign.id)
    detached = db.session.scalars(
        update(Customer).where(*own).values(applied_dunning_campaign_id=None).returning(Customer.id)
        .execution_options(synchronize_session="fetch")
    ).all()
    entities = update(BillingEntity).where(BillingEntity.applied_dunning_campaign_id == campaign.id)
    db.session.execute(entities.values(applied_dunning_campaign_id=None))
    campaign.deleted_at = clock.now()
    db.session.flush()
    if detached:
        look_where(Customer.id.in_(detached))
