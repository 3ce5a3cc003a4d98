"""Finding subscriptions by what they are called, for the search over everything."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Row, select

from lago.catalog.models import Plan
from lago.core.search import begins_with, has_words, in_order, one_after_another
from lago.subscriptions.models import Subscription

COLUMNS = (
    Subscription.id, Subscription.name, Subscription.external_id, Subscription.status, Plan.name.label("plan_name"),
)
NAMED_BY = (Subscription.external_id, Subscription.name)


def search_subscriptions(organization_id: uuid.UUID, wanted: str, most: int) -> Sequence[Row]:
    """Up to `most`, of any status: those whose external id or name begins with `wanted`, each in its order, then those
    with its words anywhere."""
    own = select(*COLUMNS).join(Plan, Plan.id == Subscription.plan_id)
    own = own.where(Subscription.organization_id == organization_id)
    ways = [own.where(begins_with(one, wanted)).order_by(in_order(one)).limit(most) for one in NAMED_BY]
    words = has_words(NAMED_BY, wanted)
    ways += [] if words is None else [own.where(words).limit(most)]
    return one_after_another(ways)[:most]
