"""The subscriptions that are one to the customer, from plan to plan (03 §7.1)."""

import uuid

from sqlalchemy import Select, select

from lago.subscriptions.models import Subscription


def lineage_ids(subscription: Subscription) -> Select[uuid.UUID]:
    """The ids of all that the subscription was and is: of the same external id and anchor, but canceled ones."""
    return select(Subscription.id).where(
        Subscription.customer_id == subscription.customer_id,
        Subscription.external_id == subscription.external_id,
        Subscription.subscription_at == subscription.subscription_at,
        Subscription.status != "canceled",
    )
