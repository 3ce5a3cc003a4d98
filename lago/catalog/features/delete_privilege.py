"""The end of a privilege (03 §1.7)."""

from lago.catalog.features.announce_to_plans import announce_to_plans
from lago.catalog.features.queries import lock_feature
from lago.catalog.models import Feature
from lago.core import clock
from lago.core.db import db
from lago.core.errors import NotFound
from lago.core.outbox import announce


def delete_privilege(feature: Feature, code: str) -> None:
    """Takes a privilege from the feature, and its values from all plans and subscriptions. Raises NotFound."""
    lock_feature(feature)
    privilege = next((row for row in feature.privileges if row.code == code), None)
    if privilege is None:
        raise NotFound("privilege")
    privilege.deleted_at = clock.now()
    db.session.flush()
    db.session.expire(feature, ["privileges"])
    announce("feature.updated", feature)
    announce_to_plans(feature)
